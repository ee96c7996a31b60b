// The server of `weir serve` and `weir demo`.
#pragma once

#include <functional>
#include <memory>

#include "api/app/demo.hpp"

namespace weir::app {

/// What posts by itself while the server runs.
using MakeDemo = std::function<Result<std::unique_ptr<Demo>>(Node& node)>;

/// Opens the node, puts the server in front of it, and waits for SIGTERM or SIGINT. Returns the exit code. `make_demo`
/// may be empty.
int run_server(const Settings& settings, const MakeDemo& make_demo);

}  // namespace weir::app
