// What one client, one request and all of them together may take of the server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir::net {

struct WebSocketLimits {
  std::size_t message_bytes = 64 * 1024;        // of a message received; beyond: 1009
  std::size_t write_bytes = 64 * 1024;          // of pending messages asked for at once, for one write
  unsigned control_frames = 10;                 // received a second; beyond: 1008, as for
  std::size_t received_bytes = 1 << 20;         // received a second
  std::chrono::milliseconds ping_time{20'000};  // between two pings
  std::chrono::milliseconds pong_time{20'000};  // for its answer, else the connection is cut
  std::chrono::milliseconds close_time{5'000};  // from our close frame to the client's
  std::chrono::milliseconds drain_time{5'000};  // over which the connections are closed when the server stops
};

struct Limits {
  std::size_t target_bytes = 8 * 1024;
  std::size_t header_bytes = 8 * 1024;  // all fields of a head; also extensions and trailers of a chunked body
  std::size_t fields = 100;
  std::size_t drained_bytes = 64 * 1024;  // of a body that nobody wants, before the connection is closed instead
  unsigned pipelined_requests = 100;      // in a row without waiting; the last is answered with `Connection: close`

  std::chrono::milliseconds head_time{5'000};        // first to last byte of a head; also the TLS handshake
  std::chrono::milliseconds idle_time{60'000};       // between requests
  std::chrono::milliseconds transfer_grace{10'000};  // the longest silence within a body, or of an answer's reader
  std::uint64_t bytes_per_second = 1024;             // of both, beyond that
  std::chrono::milliseconds linger_time{2'000};      // for a client to read its last answer before the socket is closed

  std::size_t connections = 10'000;
  std::size_t connections_per_address = 1'000;
  std::uint64_t buffered_body_bytes = 256 * 1024 * 1024;  // of all requests in flight; beyond a fair share: 503

  WebSocketLimits web_socket;
};

}  // namespace weir::net
