// Answers: their common forms, and what has to be done before one goes out.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "api/app/workers.hpp"
#include "api/net/handler.hpp"
#include "schemas/base/error.hpp"
#include "schemas/codec/json_writer.hpp"

namespace weir::app {

net::Response json_answer(std::string body, unsigned status = 200);

/// A problem document for what is refused for so long (429): Retry-After says it.
net::Response refused_for(Code code, std::chrono::seconds wait, std::string_view trace_id);

/// A problem document with more members, which `write` adds.
net::Response with_members(net::Response problem, const std::function<void(JsonWriter&)>& write);

/// A Respond that hands each answer to `before`, on a worker, and then to `respond` as `before` left it.
net::Respond after_work(net::Respond respond, const std::string& trace_id, Workers& workers,
                        std::function<void(net::Response&)> before);

}  // namespace weir::app
