// The bytes that a connection received and nobody took yet. Small while a connection idles, wide while a body comes.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

namespace weir::net {

class InputBuffer {
 public:
  static constexpr std::size_t small_bytes = 4 * 1024;
  static constexpr std::size_t wide_bytes = 64 * 1024;

  std::string_view view() const { return {bytes_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void consume(std::size_t bytes) { begin_ += bytes; }

  /// Room for at least one byte more, in a buffer of `capacity` bytes or, where the content asks for it, more.
  /// Invalidates views.
  void make_room(std::size_t capacity) {
    const std::size_t content = end_ - begin_;
    while (capacity <= content) capacity *= 2;
    if (capacity == capacity_) {
      if (begin_ > 0 && content > 0) std::memmove(bytes_.get(), bytes_.get() + begin_, content);
    } else {
      auto moved = std::make_unique_for_overwrite<char[]>(capacity);
      if (content > 0) std::memcpy(moved.get(), bytes_.get() + begin_, content);
      bytes_ = std::move(moved);
      capacity_ = capacity;
    }
    begin_ = 0;
    end_ = content;
  }
  char* room() { return bytes_.get() + end_; }
  std::size_t room_bytes() const { return capacity_ - end_; }
  void received(std::size_t bytes) { end_ += bytes; }

  /// Moves as much as fits to `into`; the buffer itself goes when it is empty.
  std::size_t move_to(void* into, std::size_t bytes_max) {
    const std::size_t bytes = std::min(bytes_max, end_ - begin_);
    if (bytes > 0) std::memcpy(into, bytes_.get() + begin_, bytes);
    consume(bytes);
    if (empty()) *this = {};
    return bytes;
  }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace weir::net
