// What nodes of a group ask each other. No part of the contract: a body that no node of the cluster made is refused.
#include "api/app/asked.hpp"
#include "api/app/owners.hpp"
#include "api/app/routes/routes.hpp"

namespace weir::app {

std::vector<Route> asking_routes(Node& node) {
  if (node.asked() == nullptr) return {};
  Route ask;
  ask.method = net::Method::post;
  ask.pattern = asking_path;
  ask.where = Where::io;  // until it is known who asks
  ask.keep_answer = false;
  ask.handle = [&node](Call call) { node.asked()->answer(call.request.body, std::move(call.respond)); };
  return {std::move(ask)};
}

}  // namespace weir::app
