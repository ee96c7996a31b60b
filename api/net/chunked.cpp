#include "api/net/chunked.hpp"

#include <algorithm>

#include "api/net/characters.hpp"

namespace weir::net {
namespace {

constexpr unsigned size_digits_max = 16;

Error bad_chunk() { return {Code::bad_framing, "The body is not in the chunked form of RFC 9112."}; }

}  // namespace

Result<ChunkedDecoder::Step> ChunkedDecoder::decode(std::string_view input) {
  Step step;
  while (step.consumed < input.size() && !done()) {
    if (state_ == State::data) {
      const auto run = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - step.consumed));
      step.data = input.substr(step.consumed, run);
      step.consumed += run;
      left_ -= run;
      if (left_ == 0) state_ = State::data_return;
      return step;
    }
    if (auto taken = take(input[step.consumed]); !taken) return taken.error();
    ++step.consumed;
  }
  return step;
}

Result<void> ChunkedDecoder::take(char c) {
  switch (state_) {
    case State::size:
      return take_size(c);
    case State::extension:
      return take_overhead(c, State::size_newline);
    case State::size_newline:
      digits_ = 0;
      return expect(c, '\n', left_ == 0 ? State::trailer_begin : State::data);
    case State::data_return:
      return expect(c, '\r', State::data_newline);
    case State::data_newline:
      return expect(c, '\n', State::size);
    case State::trailer_begin:
      if (c == '\r') return expect(c, '\r', State::last_newline);
      state_ = State::trailer;
      return take_overhead(c, State::trailer_newline);
    case State::trailer:
      return take_overhead(c, State::trailer_newline);
    case State::trailer_newline:
      return expect(c, '\n', State::trailer_begin);
    case State::last_newline:
      return expect(c, '\n', State::done);
    case State::data:
    case State::done:
      break;
  }
  WEIR_CHECK(false, "decode() takes no control byte in this state");
  return bad_chunk();
}

Result<void> ChunkedDecoder::take_size(char c) {
  const int digit = hex_value(c);
  if (digit >= 0) {
    if (digits_ == size_digits_max) return bad_chunk();
    left_ = (digits_ == 0 ? 0 : left_ << 4) + static_cast<std::uint64_t>(digit);
    ++digits_;
    return {};
  }
  if (digits_ == 0) return bad_chunk();
  if (c == ';') {
    state_ = State::extension;
    return {};
  }
  return expect(c, '\r', State::size_newline);
}

Result<void> ChunkedDecoder::take_overhead(char c, State after_return) {
  if (c == '\r') {
    state_ = after_return;
    return {};
  }
  if (is_control(c) && c != '\t') return bad_chunk();
  if (overhead_left_ == 0) return Error{Code::header_too_large, "Chunk extensions and trailers are too large."};
  --overhead_left_;
  return {};
}

Result<void> ChunkedDecoder::expect(char c, char expected, State next) {
  if (c != expected) return bad_chunk();
  state_ = next;
  return {};
}

}  // namespace weir::net
