// POST /v1/hooks/{hook}: what a provider tells, known by its signature alone, answered when it is durable. The
// documents themselves are among the others (documents.cpp).
#include "api/app/answering.hpp"
#include "api/app/hook_desk.hpp"
#include "api/app/routes/routes.hpp"
#include "api/app/routes/taking.hpp"
#include "api/net/problem.hpp"
#include "schemas/crypto/base64.hpp"
#include "stream/hooks/mapping.hpp"
#include "stream/ingest/identity.hpp"
#include "stream/log/partitioner.hpp"

namespace weir::app {
namespace {

constexpr std::size_t kept_body_bytes_max = std::size_t{256} << 10;  // of a body that cannot be read

struct HookMeters {
  explicit HookMeters(metrics::Registry& registry)
      : intake(registry),
        taken(counter(registry, {{"verdict", "taken"}})),
        repeated(counter(registry, {{"verdict", "repeated"}})),
        ignored(counter(registry, {{"verdict", "ignored"}})),
        unreadable(counter(registry, {{"verdict", "unreadable"}})),
        challenges(counter(registry, {{"verdict", "challenge"}})),
        not_signed(counter(registry, {{"verdict", "not_signed"}})),
        bad_signature(counter(registry, {{"verdict", "bad_signature"}})),
        stale(counter(registry, {{"verdict", "stale"}})) {}

  static metrics::Counter counter(metrics::Registry& registry, metrics::Labels labels) {
    return registry.counter("weir_hook_deliveries_total", "Deliveries to hooks, by what was made of them.", labels);
  }
  const metrics::Counter& of(hooks::Verdict verdict) const {
    if (verdict == hooks::Verdict::stale) return stale;
    return verdict == hooks::Verdict::not_signed ? not_signed : bad_signature;
  }

  IntakeMeters intake;
  metrics::Counter taken, repeated, ignored, unreadable, challenges, not_signed, bad_signature, stale;
};

struct Means : std::enable_shared_from_this<Means> {
  Means(Node& its_node, HookDesk& its_desk) : node(its_node), desk(its_desk), meters(its_node.metrics()) {}

  Node& node;
  HookDesk& desk;
  HookMeters meters;
};

/// A delivery on its way: what it views lives as long as it does.
struct Arrived {
  Call call;
  documents::Place place;
  std::shared_ptr<const hooks::Hook> hook;
  std::vector<HeaderView> headers = {};
  hooks::Delivery delivery = {};

  net::Response answer(const ingest::Intake& intake, const log::Position& position, unsigned status) const;
};

std::string url_of(const hooks::Hook& hook, const net::RequestHead& head) {
  const std::string origin = !hook.public_url.empty()
                                 ? hook.public_url
                                 : (head.secure ? "https://" : "http://") + std::string(head.header("host"));
  return origin + head.target;
}

/// In words that the provider understands: some show their sender what they are told, and want their own form.
net::Response Arrived::answer(const ingest::Intake& intake, const log::Position& position, unsigned status) const {
  net::Response response = verdicts(intake, position, status);
  switch (hook->signing.provider) {
    case hooks::Provider::twilio:
      response.status = 200;
      response.content_type = "text/xml";
      response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";
      break;
    case hooks::Provider::teams: {
      std::string body;
      JsonWriter{body}.begin_object().member("type", "message").member("text", hook->reply).end_object();
      response = json_answer(std::move(body), 200);
      break;
    }
    default:
      break;
  }
  return response;
}

/// A record that no task takes for an event: it becomes a dead letter, with its bytes and the reason.
log::Addressed dead_letter(Node& node, const documents::Place& place, const std::string& process,
                           std::string_view bytes) {
  const std::uint32_t partition = log::partition_of(process, place.name, node.log().partitions());
  return {partition, {log::Kind::event, std::string(bytes)}};
}

/// A body that is not even JSON, as something that is.
std::string kept_body(const documents::Place& place, const Error& why, std::string_view body) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("hook", place.name).member("why", name_of(why.code)).member("bytes", body.size());
  json.member("body_base64", crypto::to_base64(body.substr(0, kept_body_bytes_max))).end_object();
  return out;
}

/// What names an event before its case is asked; and of a provider that does not sign its ids the body itself.
Hash128 identity_of(const Arrived& arrived, const Event& event) {
  return hash128(arrived.place.workspace + '\0' + event.process + '\0' + event.case_id + '\0' +
                 to_hex(ingest::identity_hash(event.source, event.id)));
}

std::optional<Hash128> body_mark(const Arrived& arrived) {
  if (arrived.hook->signing.provider != hooks::Provider::github) return std::nullopt;
  return hash128("body " + arrived.place.workspace + '\0' + arrived.place.name + '\0' +
                 to_hex(hash128(arrived.delivery.body)));
}

/// Takes out the events that came before, and says what to remember when the others are durable.
std::vector<Hash128> drop_repeats(const Means& means, const Arrived& arrived, std::vector<DecodedEvent>& events,
                                  std::uint64_t& repeats) {
  std::vector<Hash128> identities;
  for (const DecodedEvent& one : events) {
    // One without an id of the provider's is named by what it says.
    if (one.event && !one.event->id.empty()) identities.push_back(identity_of(arrived, *one.event));
  }
  const auto mark = body_mark(arrived);
  const bool all = mark && means.desk.seen({*mark}).front();
  const std::vector<bool> seen = means.desk.seen(identities);
  std::vector<DecodedEvent> fresh;
  std::vector<Hash128> marks;
  std::size_t at = 0;
  for (DecodedEvent& one : events) {
    const bool is_named = one.event && !one.event->id.empty();
    const bool is_known = all || (is_named && seen[at]);
    if (is_named) marks.push_back(identities[at++]);
    if (is_known && one.event) {
      ++repeats;
    } else {
      fresh.push_back(std::move(one));
    }
  }
  events = std::move(fresh);
  if (mark) marks.push_back(*mark);
  return marks;
}

/// Appends what was taken in, and answers. What was rejected is kept as dead letters: to send it again would change
/// nothing, so the provider is told that it was taken.
void settle(const Means& means, const std::shared_ptr<Arrived>& arrived, ingest::Intake intake,
            std::vector<Hash128> marks) {
  const HookMeters& meters = means.meters;
  meters.intake.duplicates.add(static_cast<double>(intake.duplicates));
  if (intake.records.empty()) {
    (intake.duplicates > 0 ? meters.repeated : meters.ignored).add();
    return arrived->call.respond(arrived->answer(intake, {}, 200));
  }
  append(means.node, meters.intake, arrived->place.workspace, std::move(intake),
         [&means, arrived, marks = std::move(marks)](const ingest::Intake& taken, Result<log::Position> position) {
           if (!position) return arrived->call.respond(position.error());
           means.desk.remember(marks);
           (taken.accepted > 0 ? means.meters.taken : means.meters.unreadable).add();
           arrived->call.respond(arrived->answer(taken, *position, 202));
         });
}

void keep_unreadable(const Means& means, const std::shared_ptr<Arrived>& arrived, const Error& why) {
  ingest::Intake intake;
  intake.rejected.push_back({0, why});
  intake.records.push_back(dead_letter(means.node, arrived->place, arrived->hook->process,
                                       kept_body(arrived->place, why, arrived->delivery.body)));
  settle(means, arrived, std::move(intake), {});
}

void take(const Means& means, const std::shared_ptr<Arrived>& arrived, const JsonValue& body) {
  const hooks::Mapped mapped =
      hooks::map_events(*arrived->hook, "hooks/" + arrived->place.name, body, arrived->delivery);
  auto events = decode_events(BodyFormat::json, mapped.events, {.now = arrived->delivery.now});
  if (!events) return keep_unreadable(means, arrived, events.error());
  if (const auto wait = over_quota(means.node, arrived->place.workspace, *events)) {
    return arrived->call.respond(refused_for(Code::quota_exceeded, *wait, arrived->call.head().trace_id));
  }
  std::uint64_t repeats = 0;
  auto marks = drop_repeats(means, *arrived, *events, repeats);
  std::vector<std::string_view> bytes;
  for (const DecodedEvent& one : *events) bytes.push_back(one.bytes);
  ingest::Intake intake = ingest::take_in(*std::move(events), means.node.log().partitions());
  intake.duplicates += repeats;
  for (const ingest::Rejection& one : intake.rejected) {
    intake.records.push_back(dead_letter(means.node, arrived->place, arrived->hook->process, bytes[one.index]));
  }
  if (mapped.is_cut) {
    const Error why{Code::body_too_large, "a delivery may tell of 1,000 events"};
    intake.rejected.push_back({mapped.count, why});
    intake.records.push_back(dead_letter(means.node, arrived->place, arrived->hook->process,
                                         kept_body(arrived->place, why, arrived->delivery.body)));
  }
  settle(means, arrived, std::move(intake), std::move(marks));
}

/// What Slack asks of a new address, once.
std::optional<std::string> challenge_in(const hooks::Hook& hook, const JsonValue& body) {
  if (hook.signing.provider != hooks::Provider::slack || !body.is(JsonKind::object)) return std::nullopt;
  std::string scratch;
  const auto type = body.find("type"), challenge = body.find("challenge");
  const bool is_one = type && type->is(JsonKind::string) && type->text(scratch) == "url_verification" && challenge &&
                      challenge->is(JsonKind::string);
  return is_one ? std::optional{std::string(challenge->text(scratch))} : std::nullopt;
}

net::Response plain_answer(std::string text) {
  net::Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  response.body = std::move(text);
  return response;
}

void refuse(const Means& means, const Arrived& arrived, hooks::Verdict verdict) {
  means.meters.of(verdict).add();
  arrived.call.respond({Code::invalid_token, ""});
}

/// A signature that says nothing of the body counts for one body.
bool is_once_only(const Means& means, const Arrived& arrived) {
  const std::string token = hooks::once_only(arrived.hook->signing, arrived.delivery);
  if (token.empty()) return true;
  const Hash128 named = hash128(arrived.place.workspace + '\0' + arrived.place.name + '\0' + token);
  switch (means.desk.use(named, hash128(arrived.delivery.body), arrived.hook->signing.tolerance)) {
    case hooks::OnceOnly::Use::fits:
      return true;
    case hooks::OnceOnly::Use::other:
      refuse(means, arrived, hooks::Verdict::bad_signature);
      return false;
    case hooks::OnceOnly::Use::full:
      arrived.call.respond({Code::overloaded, ""});
      return false;
  }
  return false;
}

void take_verified(const Means& means, const std::shared_ptr<Arrived>& arrived) {
  if (!is_once_only(means, *arrived)) return;
  const auto text = hooks::body_as_json(arrived->delivery);
  if (!text) return keep_unreadable(means, arrived, text.error());
  thread_local JsonParser parser;  // its buffers are kept
  const auto body = parser.parse(*text);
  if (!body) return keep_unreadable(means, arrived, body.error());
  if (auto challenge = challenge_in(*arrived->hook, *body)) {
    means.meters.challenges.add();
    return arrived->call.respond(plain_answer(*std::move(challenge)));
  }
  take(means, arrived, *body);
}

/// `keys`: of providers that publish theirs. May fetch them, and goes on then.
void judge(const Means& means, const std::shared_ptr<Arrived>& arrived, const HookKeys::Keys& keys) {
  const hooks::Verdict verdict = hooks::verify(arrived->hook->signing, arrived->delivery, keys.get());
  if (verdict == hooks::Verdict::verified) return take_verified(means, arrived);
  if (verdict != hooks::Verdict::needs_keys) return refuse(means, *arrived, verdict);
  // The answer may come when the routes are gone.
  const auto go_on = [held = means.shared_from_this(), arrived](const HookKeys::Keys& fetched) {
    if (held->node.draining()) return arrived->call.respond({Code::draining, ""});
    if (fetched == nullptr) return arrived->call.respond({Code::overloaded, "the provider's keys cannot be fetched"});
    held->node.intake().post([held, arrived, fetched] {
      const auto again = hooks::verify(arrived->hook->signing, arrived->delivery, fetched.get());
      again == hooks::Verdict::verified ? take_verified(*held, arrived) : refuse(*held, *arrived, again);
    });
  };
  if (!means.desk.keys().fetch(arrived->hook->signing.bot.metadata, go_on)) {
    keys == nullptr ? arrived->call.respond({Code::overloaded, "the provider's keys cannot be fetched"})
                    : refuse(means, *arrived, verdict);
  }
}

/// The hook that the call is for; answers itself where there is none.
std::shared_ptr<Arrived> arrival(const Means& means, Call call) {
  auto place = means.desk.addresses().place_of(call.names.front());
  if (!place) return call.respond(place.error()), nullptr;
  auto hook = means.desk.find(*place);
  if (!hook) return call.respond(hook.error()), nullptr;
  return std::make_shared<Arrived>(Arrived{std::move(call), *std::move(place), *std::move(hook)});
}

void deliver(const Means& means, Call call) {
  means.meters.intake.bytes.add(static_cast<double>(call.request.body.size()));
  const auto arrived = arrival(means, std::move(call));
  if (arrived == nullptr) return;
  const net::Request& request = arrived->call.request;
  for (const net::Header& header : request.head.headers) arrived->headers.push_back({header.name, header.value});
  arrived->delivery = {arrived->headers, request.body, url_of(*arrived->hook, request.head), means.node.clock().now()};
  const bool is_bot = arrived->hook->signing.provider == hooks::Provider::bot_connector;
  judge(means, arrived, is_bot ? means.desk.keys().find(arrived->hook->signing.bot.metadata) : nullptr);
}

/// Meta asks by a GET whether the address is ours.
void answer_challenge(const Means& means, Call call) {
  const auto arrived = arrival(means, std::move(call));
  if (arrived == nullptr) return;
  const net::RequestHead& head = arrived->call.head();
  const std::string& token = arrived->hook->verify_token;
  const bool is_meta = head.parameter("hub.mode") == "subscribe" && !token.empty() &&
                       crypto::constant_time_equal(token, head.parameter("hub.verify_token").value_or(""));
  if (!is_meta) return refuse(means, *arrived, hooks::Verdict::bad_signature);
  means.meters.challenges.add();
  arrived->call.respond(plain_answer(std::string(head.parameter("hub.challenge").value_or(""))));
}

}  // namespace

std::vector<Route> hook_routes(Node& node, HookDesk& desk) {
  const auto means = std::make_shared<const Means>(node, desk);
  Route post;
  post.method = net::Method::post;
  post.pattern = "/v1/hooks/{hook}";
  post.where = Where::intake;
  post.body_bytes_max = node.settings().body_bytes_max;
  post.keep_answer = false;
  post.workspace_of = [means](const std::vector<std::string>& names) -> Result<std::string> {
    auto place = means->desk.addresses().place_of(names.front());
    if (!place) return place.error();
    return std::move(place->workspace);
  };
  post.check = [&node](const net::RequestHead&) { return node.disk().room_for_events(); };
  post.handle = [means](Call call) { deliver(*means, std::move(call)); };
  Route addressed = post;
  addressed.pattern = "/v1/hooks/{workspace.hook.mac}";
  Route challenge = addressed;
  challenge.method = net::Method::get;
  challenge.check = {};
  challenge.handle = [means](Call call) { answer_challenge(*means, std::move(call)); };
  return {std::move(post), std::move(addressed), std::move(challenge)};
}

}  // namespace weir::app
