// A client that sends exactly the bytes it is told to, right or wrong, over a blocking socket with time limits.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace weir::net::test {

struct Answer {
  unsigned status = 0;                         // 0: none came
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& lower_case_name) const;
  /// The `code` of a problem document.
  std::string code() const;
};

class RawClient {
 public:
  /// `receive_buffer_bytes`: 0 leaves the kernel's choice.
  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient(RawClient&& other) noexcept;

  /// False when the server closed before all was sent.
  bool send(std::string_view bytes);
  /// Nothing more will be sent.
  void finish_sending();
  /// One whole answer; interim (1xx) answers too. `to_head`: no body follows whatever the length says.
  Answer receive(bool to_head = false);
  /// The next `bytes`; fewer when the server closes or is silent for five seconds before.
  std::string take(std::size_t bytes);
  /// True when the server closes within five seconds, nothing coming before.
  bool is_closed();
  /// True when there is nothing to be read for so long.
  bool is_silent(int wait_ms);

 private:
  bool fill(int wait_ms = 5000);
  bool read_body(Answer& answer);
  bool read_chunks(Answer& answer);
  std::string take_line();

  int socket_ = -1;
  std::string received_;
};

/// A request with a Host: `line` is "GET /x", `fields` end in CRLF each.
std::string request(std::string_view line, std::string_view fields = "", std::string_view body = "");

}  // namespace weir::net::test
