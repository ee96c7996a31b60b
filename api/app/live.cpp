#include "api/app/live.hpp"

#include <utility>

#include "api/app/routes/routes.hpp"
#include "api/app/uploads.hpp"
#include "api/live/session.hpp"
#include "api/query/cursor.hpp"

namespace weir::app {
namespace {

std::optional<std::size_t> quota_of(const Settings& settings) {
  if (settings.quota_websockets == 0) return std::nullopt;
  return settings.quota_websockets;
}

/// The call that would ask the same.
net::RequestHead head_of(const live::Question& question) {
  net::RequestHead head;
  const std::string channel{live::name_of(question.channel)};
  head.segments = {"v1", "processes", question.process, channel};
  head.query = question.parameters;
  if (question.channel == live::Channel::alerts) {  // of all processes, unless one is asked for
    head.segments = {"v1", channel};
    head.query.push_back({"process", question.process});
  }
  return head;
}

live::HubParts parts_of(Node& node, Uploads& uploads) {
  live::Stream stream{node.changes(), node.engine().shards(),
                      [&node](std::uint32_t shard) { return node.shown(shard); }, node.engine().operators()};
  return {node.clock(), std::move(stream),
          [&node](const live::Question& question, std::string_view place) {
            const std::string asked = query::question_of(question.workspace, head_of(question));
            return query::seal_cursor(node.secrets().cursor, asked, place);
          },
          [&node, &uploads](const std::string& workspace, std::size_t limit) {
            return first_uploads(node, uploads, workspace, limit);
          },
          node.metrics()};
}

live::Access access_of(auth::Access& access, auth::Credential credential) {
  live::Access live;
  live.recheck = [&access, credential] { return access.renew(credential); };
  live.renew = [&access](std::string_view token) -> Result<live::Access> {
    auto known = access.by_token(token);
    if (!known) return known.error();
    return access_of(access, std::move(*known));
  };
  live.credential = std::move(credential);
  return live;
}

/// A session and its place, which is free again when the connection is gone.
struct Visitor {
  auth::Places::Place place;
  live::Session session;
};

}  // namespace

Live::Live(Node& node, Uploads& uploads)
    : node_(node), places_(node.settings().websockets_max, quota_of(node.settings())), hub_(parts_of(node, uploads)) {}

Result<std::shared_ptr<net::WebSocketHandler>> Live::welcome(auth::Credential credential) {
  auto place = places_.take(credential.workspace);
  if (!place) return place.error();
  live::Access access = access_of(node_.people().access(), std::move(credential));
  const std::shared_ptr<Visitor> visitor{new Visitor{std::move(*place), {hub_, std::move(access)}}};
  return std::shared_ptr<net::WebSocketHandler>{visitor, &visitor->session};
}

}  // namespace weir::app
