// A client as the contract describes it (asyncapi.json): it knows nothing but the messages that it was sent, applies
// deltas by the one rule, and holds the stream to its promises.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/live/session.hpp"

namespace weir::live {

/// An answer as a client may hold it: lists by the keys that the contract names, all else as it came.
class HeldAnswer {
 public:
  explicit HeldAnswer(Channel channel) : channel_(channel) {}

  void take_whole(std::string_view answer);
  void apply(std::string_view delta);
  /// All of it but `as_of`, in one order: two answers are the same if these are.
  std::string text() const;

 private:
  using Entries = std::map<std::vector<std::string>, std::string>;
  Channel channel_;
  std::map<std::string, std::string> plain_;  // by path
  std::map<std::string, Entries> lists_;      // by path
};

/// The connection, as a session sees it.
class TestSocket final : public net::WebSocket {
 public:
  void wake() override { woken = true; }
  void close(net::WebSocketClose how) override {
    if (!closed) closed = std::move(how);
  }
  std::atomic<bool> woken{false};
  std::optional<net::WebSocketClose> closed;
};

Access access_of(auth::Role role, std::string workspace = "w");

/// One connection with any number of subscriptions.
class LiveClient {
 public:
  explicit LiveClient(Hub& hub, Access access = access_of(auth::Role::admin), SessionLimits limits = {});

  void send(const std::string& text) { session_->receive(text); }
  /// Takes what is pending, as a socket would that can write so much. The messages, oldest first; checked and applied.
  std::vector<std::string> read(std::size_t bytes_max = std::size_t{1} << 20);
  /// Reads until nothing comes.
  std::vector<std::string> read_all(std::size_t bytes_max = std::size_t{1} << 20);

  void subscribe(Ref ref, Channel channel, const std::string& rest);
  /// Ends the connection, and begins another one to `hub` that resumes what this one had.
  void reconnect(Hub& hub);
  void disconnect() { session_.reset(); }

  struct Held {
    Channel channel;
    std::string rest;  // of the subscribe message
    std::string epoch;
    std::uint64_t seq = 0;
    bool begun = false;     // had an answer to its subscribe
    bool resuming = false;  // asked to
    bool ended = false;     // snapshot_required
    HeldAnswer answer;
  };
  std::map<Ref, Held>& held() { return held_; }
  Session& session() { return *session_; }
  TestSocket& socket() { return *socket_; }
  int recovered = 0, snapshots = 0, deltas = 0, conflated = 0;

 private:
  void take(const std::string& message);

  const Access access_;
  const SessionLimits limits_;
  std::shared_ptr<TestSocket> socket_;
  std::unique_ptr<Session> session_;
  std::map<Ref, Held> held_;
};

}  // namespace weir::live
