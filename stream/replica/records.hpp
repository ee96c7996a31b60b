// The records by which the views of a shard travel, on the shard's partition of the views topic. A generation is one
// opening of the shard by a node; its number is the offset behind the node's claim, so that the topic itself orders
// generations and no clock does. A generation is its rows, its head behind the first whole view, then batches of rows
// that changed, each ended by a mark. Values are absolute; a row that went is a record without a value.
//
//   claim   c address                 version
//   row     r generation key          as the owner's store has it
//   mark    e generation              version, number of the batch, its rows, lag
//   head    h generation              version, rows of the view, lag, address
//
// Generations are big-endian: those of a partition lie in the order of their numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/result.hpp"

namespace weir::replica {

/// Grows with every change that an earlier version cannot read; such a generation is not shown there.
inline constexpr std::uint8_t views_format = 1;

enum class RecordKind : char { claim = 'c', row = 'r', mark = 'e', head = 'h' };

/// A record's key taken apart; `rest` is a view into it.
struct RecordKey {
  RecordKind kind = RecordKind::row;
  std::uint64_t generation = 0;  // from 1; of a claim none: the record's offset tells it
  std::string_view rest;         // a row's key, a claim's address
};

std::string claim_key(std::string_view address);
std::string row_key(std::uint64_t generation, std::string_view row);
std::string mark_key(std::uint64_t generation);
std::string head_key(std::uint64_t generation);
/// Nothing: not a record of views.
std::optional<RecordKey> parse_key(std::string_view key);

/// Ends a batch.
struct Mark {
  std::uint64_t batch = 0;  // 1, 2, … behind the head
  std::uint64_t rows = 0;   // records of the batch before it
  std::uint64_t lag = 0;    // records of the log that the shard's views did not include, all workspaces

  friend bool operator==(const Mark&, const Mark&) = default;
};

/// Ends the first whole view of a generation.
struct Head {
  std::uint64_t rows = 0;
  std::uint64_t lag = 0;
  std::string address;  // where the owner answers its fellow nodes

  friend bool operator==(const Head&, const Head&) = default;
};

std::string encode_claim();
std::string encode(const Mark& mark);
std::string encode(const Head& head);
// Error: state_format.
Result<Mark> decode_mark(std::string_view bytes);
Result<Head> decode_head(std::string_view bytes);

}  // namespace weir::replica
