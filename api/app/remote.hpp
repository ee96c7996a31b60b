// What `weir ingest` and `weir export` have in common: a running server at the other end.
#pragma once

#include <string>

#include "api/app/settings.hpp"
#include "api/net/client.hpp"

namespace weir::app {

/// The server of the settings. Errors: bad_request, not_found.
Result<net::Client> connect(const Settings& settings);

/// What a server's problem document says, for people.
Error error_of(const net::ClientAnswer& answer);

}  // namespace weir::app
