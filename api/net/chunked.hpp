// Undoes the chunked transfer coding (RFC 9112, 7.1), strictly. Trailers are read and dropped: nothing that comes
// after a body may change what was decided before it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "schemas/base/result.hpp"

namespace weir::net {

class ChunkedDecoder {
 public:
  struct Step {
    std::size_t consumed = 0;
    std::string_view data;  // within the input; may be empty
  };

  /// Extensions and trailers of the whole body may take `overhead_bytes` together.
  explicit ChunkedDecoder(std::size_t overhead_bytes) : overhead_left_(overhead_bytes) {}

  /// Decodes the front of `input` up to and including one run of data. Consumes all input unless it returned data or
  /// came to the end of the body. `bad_framing`, or `header_too_large` for the overhead.
  Result<Step> decode(std::string_view input);
  /// The empty line after the last chunk was consumed; what follows is another message.
  bool done() const { return state_ == State::done; }

 private:
  enum class State : std::uint8_t {
    size,
    extension,
    size_newline,
    data,
    data_return,
    data_newline,
    trailer_begin,
    trailer,
    trailer_newline,
    last_newline,
    done
  };

  Result<void> take(char c);
  Result<void> take_size(char c);
  Result<void> take_overhead(char c, State after_return);
  Result<void> expect(char c, char expected, State next);

  State state_ = State::size;
  unsigned digits_ = 0;
  std::uint64_t left_ = 0;
  std::size_t overhead_left_;
};

}  // namespace weir::net
