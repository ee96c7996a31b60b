// Dead letters: what tasks refused, with its reason, to be looked at and tried again.
#include <charconv>

#include "api/app/answering.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "schemas/codec/timestamp.hpp"
#include "state/format/keys.hpp"
#include "stream/asking/elsewhere.hpp"
#include "stream/runtime/control_records.hpp"
#include "stream/runtime/task.hpp"

namespace weir::app {
namespace {

/// Where a dead letter lies; as text its id: `3-1712`.
struct Place {
  std::uint32_t shard = 0;
  std::uint64_t offset = 0;
};

std::string id_of(const Place& place) { return std::to_string(place.shard) + '-' + std::to_string(place.offset); }

std::optional<Place> place_of(std::string_view id) {
  Place place;
  const char* const end = id.data() + id.size();
  const auto shard = std::from_chars(id.data(), end, place.shard);
  if (shard.ec != std::errc{} || shard.ptr == end || *shard.ptr != '-') return std::nullopt;
  const auto offset = std::from_chars(shard.ptr + 1, end, place.offset);
  if (offset.ec != std::errc{} || offset.ptr != end || id_of(place) != id) return std::nullopt;
  return place;
}

void write_letter(JsonWriter& json, const Place& place, const runtime::DeadLetter& letter) {
  json.begin_object().member("id", id_of(place)).member("appended", to_rfc3339(letter.appended));
  json.member("code", name_of(letter.code));
  json.member("detail", letter.detail.empty() ? title_of(letter.code) : std::string_view{letter.detail});
  json.member("record", letter.bytes).end_object();
}

/// Shard by shard, oldest first. Returns where the next page begins.
Result<std::optional<Place>> write_letters(JsonWriter& json, const feed::Snapshots& snapshots,
                                           const std::string& workspace, Place from, std::size_t limit) {
  const format::Scope scope{workspace};
  const std::string prefix = scope.dead_letters();
  std::optional<Place> next;
  Result<void> decoded;
  for (; from.shard < snapshots.size() && !next; ++from.shard, from.offset = 0) {
    const auto whole = asking::whole(snapshots[from.shard], workspace);
    if (!whole) return whole.error();
    const auto scanned =
        (*whole)->scan(scope.dead_letter(from.offset), store::end_of_prefix(prefix),
                       [&](std::string_view key, std::string_view value) {
                         const Place place{from.shard, format::read_big_endian(format::behind(key, prefix))};
                         if (limit == 0) {
                           next = place;
                           return false;
                         }
                         const auto letter = runtime::decode_dead_letter(value);
                         if (!letter) {
                           decoded = letter.error();
                           return false;
                         }
                         write_letter(json, place, *letter);
                         --limit;
                         return true;
                       });
    if (!scanned) return scanned.error();
    if (!decoded) return decoded.error();
  }
  return next;
}

Result<Answer> prepare_list(Node& node, const Call& call, query::Parameters& parameters) {
  const auto page = take_page(node, call, parameters);
  if (!page) return page.error();
  return Answer{[&node, page = *page, workspace = call.credential.workspace]() -> Result<net::Response> {
    const auto snapshots = node.snapshots();
    if (!snapshots) return snapshots.error();
    std::string body;
    JsonWriter json(body);
    json.begin_object().member("as_of", as_of_now(node)).key("dead_letters").begin_array();
    const auto next = write_letters(json, *snapshots, workspace, place_of(page.place).value_or(Place{}), page.limit);
    if (!next) return next.error();
    json.end_array().key("next");
    if (*next) {
      json.value(next_cursor(node, page, id_of(**next)));
    } else {
      json.value(nullptr);
    }
    json.end_object();
    net::Response response = json_answer(std::move(body));
    tell_currency(response, node.currency(*snapshots));
    return response;
  }};
}

void replay(Node& node, Call call) {
  const std::string& workspace = call.credential.workspace;
  const auto place = place_of(call.names.front());
  if (!place || place->shard >= node.engine().shards()) return call.respond({Code::not_found, ""});
  const auto snapshot = node.snapshot(place->shard);
  if (!snapshot) return call.respond(snapshot.error());
  const auto whole = asking::whole(*snapshot, workspace);
  if (!whole) return call.respond(whole.error());
  const auto stored = (*whole)->get(format::Scope{workspace}.dead_letter(place->offset));
  if (!stored) return call.respond(stored.error());
  if (!*stored) return call.respond({Code::not_found, ""});
  const log::Record record{log::Kind::replay, runtime::encode(runtime::Replay{place->offset})};
  const auto queued =
      node.append(workspace, {{place->shard, record}}, [respond = call.respond](Result<log::Position> position) {
        if (!position) return respond(position.error());
        std::string body;
        JsonWriter(body).begin_object().member("position", log::to_token(*position)).end_object();
        respond(json_answer(std::move(body), 202));
      });
  if (!queued) call.respond(queued.error());
}

}  // namespace

std::vector<Route> dead_letter_routes(Node& node) {
  using enum auth::Permission;
  Route post;
  post.method = net::Method::post;
  post.pattern = "/v1/dead-letters/{id}/replay";
  post.permission = replay_dead_letters;
  post.where = Where::readers;  // the letter may lie on another node
  post.action = "dead_letter.replay";
  post.handle = [&node](Call call) { replay(node, std::move(call)); };
  return {std::move(post),
          query_route(
              node, "/v1/dead-letters", read_dead_letters,
              [&node](const Call& call, query::Parameters& parameters) { return prepare_list(node, call, parameters); },
              false)};
}

}  // namespace weir::app
