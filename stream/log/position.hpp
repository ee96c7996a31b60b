// A position: how far a workspace's log has to be processed so that something appended is included. Given to producers
// as an opaque token; a query with `after=TOKEN` waits for it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir::log {

struct Position {
  struct Part {
    std::uint32_t partition = 0;
    std::uint64_t next = 0;  // the offset behind the last record

    friend bool operator==(const Part&, const Part&) = default;
  };
  std::vector<Part> parts;  // by partition, each once

  /// Includes the part too: the greater offset counts. O(parts).
  void include(const Part& part);
  void include(const Position& other);

  friend bool operator==(const Position&, const Position&) = default;
};

/// The token, of characters that need no escaping in a URL: `3-17.5-9`; `0` for a position that nothing has to wait
/// for.
std::string to_token(const Position& position);
/// Error: bad_query, for anything that to_token() did not write.
Result<Position> parse_token(std::string_view token);

}  // namespace weir::log
