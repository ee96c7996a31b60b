#include "api/live/session.hpp"

#include <algorithm>

#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/timestamp.hpp"

namespace weir::live {
namespace {

/// `{"ref":1,"type":"delta",`: what of a shared message is a session's own.
std::string beginning(Ref ref, std::string_view type) {
  std::string text = "{\"ref\":";
  return text.append(std::to_string(ref)).append(",\"type\":\"").append(type).append("\",");
}

std::string plain_message(std::optional<Ref> ref, std::string_view type) {
  std::string text;
  JsonWriter json{text};
  json.begin_object();
  if (ref) json.member("ref", *ref);
  json.member("type", type).end_object();
  return text;
}

std::string error_message(std::optional<Ref> ref, const Error& error) {
  std::string text;
  JsonWriter json{text};
  json.begin_object();
  if (ref) json.member("ref", *ref);
  json.member("type", "error").member("code", name_of(error.code));
  json.member("detail", error.detail.empty() ? title_of(error.code) : std::string_view{error.detail}).end_object();
  return text;
}

auth::Permission permission_of(Channel channel) {
  return channel == Channel::uploads ? auth::Permission::use_uploads : auth::Permission::read_views;
}

}  // namespace

Session::Session(Hub& hub, Access access, SessionLimits limits)
    : hub_(hub), clock_(hub.clock()), limits_(limits), access_(std::move(access)) {
  hub_.session_metrics().sessions.add(1);
}

Session::~Session() {
  leave_all();
  hub_.session_metrics().sessions.add(-1);
}

void Session::opened(std::shared_ptr<net::WebSocket> socket) {
  socket_ = std::move(socket);
  up_to_date_at_ = rechecked_at_ = clock_.steady();
}

void Session::closed(const net::WebSocketClose&) {
  leave_all();
  socket_.reset();
}

void Session::leave_all() {
  hub_.session_metrics().subscriptions.add(-static_cast<double>(subscriptions_.size()));
  subscriptions_.clear();
}

void Session::end(Subscriptions::iterator at) {
  subscriptions_.erase(at);
  hub_.session_metrics().subscriptions.add(-1);
}

// ---- what the client asks -------------------------------------------------------------------------------------------

void Session::receive(std::string_view text) {
  const auto read = read_request(text);
  if (const auto* wrong = std::get_if<Misunderstood>(&read)) return refuse(wrong->ref, wrong->error);
  std::visit([this](const auto& request) { answer(request); }, std::get<Request>(read));
}

void Session::answer(const Subscribe& subscribe) {
  if (const auto entered = enter(subscribe); !entered) return refuse(subscribe.ref, entered.error());
  socket_->wake();
}

Result<void> Session::enter(const Subscribe& subscribe) {
  if (subscriptions_.contains(subscribe.ref)) return Error{Code::duplicate_ref, ""};
  if (subscriptions_.size() >= limits_.subscriptions_max) return Error{Code::live_limit, "of this connection"};
  if (const auto allowed = auth::authorise(access_.credential, permission_of(subscribe.channel)); !allowed) {
    return allowed;
  }
  auto question = question_of(access_.credential.workspace, subscribe);
  if (!question) return question.error();
  auto subscription = hub_.subscribe(std::move(*question), socket_);
  if (!subscription) return subscription.error();
  Place place;
  place.resume = subscribe.resume;
  subscriptions_.emplace(subscribe.ref, Subscribed{std::move(*subscription), std::move(place), clock_.steady()});
  hub_.session_metrics().subscriptions.add(1);
  return {};
}

void Session::answer(const Unsubscribe& unsubscribe) {
  const auto known = subscriptions_.find(unsubscribe.ref);
  if (known == subscriptions_.end())
    return refuse(unsubscribe.ref, {Code::not_found, "no subscription has this `ref`"});
  end(known);
  reply(plain_message(unsubscribe.ref, "unsubscribed"));
}

void Session::answer(const Renew& renew) {
  auto renewed = access_.renew(renew.token);
  if (!renewed) return refuse(std::nullopt, renewed.error());
  if (renewed->credential.workspace != access_.credential.workspace) {
    return refuse(std::nullopt, {Code::forbidden, "the token is another workspace's"});
  }
  access_ = std::move(*renewed);
  rechecked_at_ = clock_.steady();
  reply(plain_message(std::nullopt, "renewed"));
}

void Session::answer(const Ping&) { reply(plain_message(std::nullopt, "pong")); }

void Session::reply(std::string message) {
  reply_bytes_ += message.size();
  replies_.push_back(std::move(message));
  socket_->wake();
}

void Session::refuse(std::optional<Ref> ref, const Error& error) { reply(error_message(ref, error)); }

// ---- what the client is told ----------------------------------------------------------------------------------------

void Session::take_pending(std::size_t bytes_max, std::vector<net::WebSocketMessage>& into) {
  const bool was_ready = ready();
  Taking taking{bytes_max, into, into.size()};
  if (take_replies(taking) && take_views(taking)) {
    up_to_date_at_ = clock_.steady();
    slow_ = false;
  }
  hub_.session_metrics().messages.add(static_cast<double>(into.size() - taking.begin));
  if (!was_ready && ready()) socket_->wake();
}

/// False: the message has to wait for the next call.
bool Session::add(Taking& taking, net::WebSocketMessage message) {
  const std::size_t bytes = message.size_bytes();
  if (taking.into.size() > taking.begin && bytes > taking.bytes_left) {
    held_ = std::move(message);
    return false;
  }
  taking.bytes_left -= std::min(bytes, taking.bytes_left);
  taking.into.push_back(std::move(message));
  return true;
}

bool Session::take_replies(Taking& taking) {
  if (held_ && !add(taking, *std::exchange(held_, std::nullopt))) return false;
  while (!replies_.empty()) {
    reply_bytes_ -= replies_.front().size();
    std::string message = std::move(replies_.front());
    replies_.pop_front();
    if (!add(taking, {std::move(message)})) return false;
  }
  return true;
}

/// One subscription after the other, beginning with the one whose turn it is.
bool Session::take_views(Taking& taking) {
  auto at = subscriptions_.lower_bound(next_ref_);
  for (std::size_t left = subscriptions_.size(); left > 0; --left) {
    if (at == subscriptions_.end()) at = subscriptions_.begin();
    next_ref_ = at->first;
    bool stands = true;
    while (const auto told = stands ? at->second.subscription.topic().next(at->second.place) : std::nullopt) {
      at->second.told_at = clock_.steady();
      stands = told->kind != Told::Kind::snapshot_required && told->kind != Told::Kind::failed;
      if (!add(taking, message_of(at->first, *told))) {
        if (!stands) end(at);
        return false;
      }
    }
    const auto ended = at++;
    if (!stands) end(ended);
  }
  return true;
}

net::WebSocketMessage Session::message_of(Ref ref, const Told& told) const {
  const SessionMetrics& metrics = hub_.session_metrics();
  switch (told.kind) {
    case Told::Kind::snapshot:
    case Told::Kind::recovered:
      return {beginning(ref, "snapshot"), told.shared};
    case Told::Kind::delta:
      if (told.conflated) metrics.conflated.add();
      return {beginning(ref, "delta"), told.shared};
    case Told::Kind::snapshot_required:
      metrics.snapshots_required.add();
      return {plain_message(ref, "snapshot_required")};
    case Told::Kind::failed:
      return {error_message(ref, told.error)};
  }
  return {};
}

// ---- once a second --------------------------------------------------------------------------------------------------

void Session::tick() {
  const Clock::Steady now = clock_.steady();
  look_whether_slow(now);
  send_heartbeats(now);
  if (now - rechecked_at_ >= limits_.recheck) {
    rechecked_at_ = now;
    recheck_credential();
  }
}

bool Session::behind() const {
  return held_ || !replies_.empty() || std::any_of(subscriptions_.begin(), subscriptions_.end(), [](const auto& one) {
           return one.second.subscription.topic().has_next(one.second.place);
         });
}

void Session::look_whether_slow(Clock::Steady now) {
  if (!behind()) {
    up_to_date_at_ = now;
    slow_ = false;
  } else if (now - up_to_date_at_ >= 2 * limits_.behind_max) {
    hub_.session_metrics().slow_consumers.add();
    socket_->close({net::close_code::try_again, std::string{name_of(Code::slow_consumer)}});
  } else if (now - up_to_date_at_ >= limits_.behind_max && !slow_) {
    slow_ = true;
    for (auto& [ref, one] : subscriptions_) one.place.conflate = true;
  }
}

void Session::send_heartbeats(Clock::Steady now) {
  for (auto& [ref, one] : subscriptions_) {
    const Topic& topic = one.subscription.topic();
    if (one.place.begins || now - one.told_at < limits_.heartbeat || topic.has_next(one.place)) continue;
    one.told_at = now;
    std::string text;
    JsonWriter json{text};
    json.begin_object().member("ref", ref).member("type", "heartbeat").member("seq", one.place.seq);
    json.member("as_of", to_rfc3339(topic.as_of())).end_object();
    reply(std::move(text));
  }
}

void Session::recheck_credential() {
  const auto credential = access_.recheck();
  Result<void> allowed;
  if (credential) {
    access_.credential = *credential;
    for (const auto& [ref, one] : subscriptions_) {
      const auto one_allowed = auth::authorise(*credential, permission_of(one.subscription.topic().question().channel));
      if (!one_allowed) allowed = one_allowed;
    }
  } else {
    allowed = credential.error();
  }
  if (allowed) return;
  const Code code = allowed.error().code;
  socket_->close({code == Code::forbidden ? net::close_code::forbidden : net::close_code::token_expired,
                  std::string{name_of(code)}});
}

void Session::draining() { reply(plain_message(std::nullopt, "drain")); }

}  // namespace weir::live
