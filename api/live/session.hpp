// One connection's subscriptions: what its client asks for, and what it is told. It keeps no queue of changes, only its
// place in each topic; so a reader that is slow, or does not read at all, holds no memory (reliability R20).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/auth/roles.hpp"
#include "api/live/hub.hpp"

namespace weir::live {

struct SessionLimits {
  std::size_t subscriptions_max = 64;
  std::size_t replies_bytes_max = 64u << 10;  // beyond, no more is read of the client until they are sent
  Clock::Steady heartbeat = std::chrono::seconds{5};
  Clock::Steady recheck = std::chrono::seconds{5};
  // Not once brought up to date for so long: told all at once; for twice as long: closed.
  Clock::Steady behind_max = std::chrono::seconds{10};
};

/// Who the client is, now and when it shows another token. Called on the connection's I/O thread; must not block.
struct Access {
  auth::Credential credential;
  /// The same credential as it stands now. Errors: invalid_token (expired, revoked), forbidden.
  std::function<Result<auth::Credential>()> recheck;
  /// Another token's, with its own recheck. Error: invalid_token.
  std::function<Result<Access>(std::string_view token)> renew;
};

/// All calls from the connection's I/O thread (web_socket.hpp).
class Session final : public net::WebSocketHandler {
 public:
  /// `hub` must outlive it.
  Session(Hub& hub, Access access, SessionLimits limits = {});
  ~Session() override;

  void opened(std::shared_ptr<net::WebSocket> socket) override;
  void receive(std::string_view text) override;
  bool ready() const override { return reply_bytes_ <= limits_.replies_bytes_max; }
  void take_pending(std::size_t bytes_max, std::vector<net::WebSocketMessage>& into) override;
  void tick() override;
  void draining() override;
  void closed(const net::WebSocketClose& how) override;

 private:
  struct Subscribed {
    Hub::Subscription subscription;
    Place place;
    Clock::Steady told_at{};  // something, a heartbeat too
  };
  using Subscriptions = std::map<Ref, Subscribed>;

  void answer(const Subscribe& subscribe);
  void answer(const Unsubscribe& unsubscribe);
  void answer(const Renew& renew);
  void answer(const Ping& ping);
  Result<void> enter(const Subscribe& subscribe);
  void reply(std::string message);
  void refuse(std::optional<Ref> ref, const Error& error);
  struct Taking {
    std::size_t bytes_left;
    std::vector<net::WebSocketMessage>& into;
    const std::size_t begin;  // where what is taken now begins
  };
  bool add(Taking& taking, net::WebSocketMessage message);
  bool take_replies(Taking& taking);
  bool take_views(Taking& taking);
  net::WebSocketMessage message_of(Ref ref, const Told& told) const;
  bool behind() const;
  void recheck_credential();
  void look_whether_slow(Clock::Steady now);
  void send_heartbeats(Clock::Steady now);
  void end(Subscriptions::iterator at);
  void leave_all();

  Hub& hub_;
  const Clock& clock_;
  const SessionLimits limits_;
  Access access_;
  std::shared_ptr<net::WebSocket> socket_;
  Subscriptions subscriptions_;
  Ref next_ref_ = 0;  // whose turn it is
  std::deque<std::string> replies_;
  std::size_t reply_bytes_ = 0;
  std::optional<net::WebSocketMessage> held_;  // was taken from its topic and did not fit any more
  Clock::Steady up_to_date_at_{};              // when nothing was left to tell
  bool slow_ = false;                          // was told all at once since
  Clock::Steady rechecked_at_{};
};

}  // namespace weir::live
