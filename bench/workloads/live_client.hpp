// One WebSocket client of the live contract (schemas/definitions/asyncapi.json) on a socket that never blocks, and what
// it checks of everything it is told: that nothing is missing, doubled or out of order.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::bench {

/// What all clients of one run share.
struct Subscription {
  std::uint16_t port = 0;
  std::string token;
  std::string channel = "map";
  std::string process;
  std::string counter = "\"count\":";  // stands in data, before how many events are included
};

class LiveClient {
 public:
  /// `number` chooses the address on the loopback that it comes from: a server bounds the connections of one.
  LiveClient(const Subscription& subscription, unsigned number);
  ~LiveClient();
  LiveClient(const LiveClient&) = delete;
  LiveClient& operator=(const LiveClient&) = delete;

  int descriptor() const { return socket_; }
  /// Connects and, once open, subscribes; from where it stood, if it was connected before.
  void connect();
  /// Breaks the connection off, without a word.
  void reset();

  /// Takes all that can be read. True if what is told has changed. Throws what is wrong with what it was told.
  bool read();

  bool told() const { return told_; }               // since connect()
  bool waits_to_connect() const { return !sent_; }  // the socket has to become writable
  std::uint64_t count() const { return count_; }
  std::uint64_t messages() const { return messages_; }
  std::uint64_t recovered() const { return recovered_; }
  std::uint64_t snapshots() const { return snapshots_; }

  /// The socket can be written: sends the handshake. The subscription follows its answer, as RFC 6455 (4.1) wants it.
  void greet();

 private:
  void take_handshake();
  void subscribe();
  bool take_frames();
  void take_message(std::string_view message);
  void take_count(std::string_view message);
  void send(std::string_view bytes);

  const Subscription& subscription_;
  const unsigned number_;
  int socket_ = -1;
  std::string received_;
  bool sent_ = false;  // the handshake
  bool open_ = false;
  bool told_ = false;
  std::string epoch_;
  std::uint64_t seq_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t snapshots_ = 0;
  std::uint64_t recovered_ = 0;
};

}  // namespace weir::bench
