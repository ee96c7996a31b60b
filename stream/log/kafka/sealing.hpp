// Inside stream/log/kafka only: how our own records are told from those of other producers. A record of ours carries
// one header, `weir`: its kind and a seal over its value, with a key of its own for each topic, partition and kind, so
// that a record copied to another place or under another kind is no longer sealed. What carries no such header is an
// event as anybody may write it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/crypto/seal.hpp"
#include "stream/log/log.hpp"

namespace weir::log::kafka {

inline constexpr const char* seal_header = "weir";

/// Kind and seal, as the header's value.
using Mark = std::array<char, 1 + std::tuple_size_v<crypto::Seal>>;

/// Of one partition. Thread-safe.
class Sealer {
 public:
  Sealer(const crypto::Key& key, const std::string& topic, std::uint32_t partition);

  Mark mark(const Record& record) const;
  /// What a record with this header is: its kind, or `unsealed` if the header is not one of ours.
  Kind kind_of(std::string_view mark, std::string_view value) const;

 private:
  std::array<crypto::SealKey, std::size_t{1} + static_cast<std::size_t>(last_kind)> keys_;  // by kind
};

}  // namespace weir::log::kafka
