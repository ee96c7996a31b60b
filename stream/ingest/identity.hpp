// What makes an event that event: who says it (source), by which id, and what it says (content).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schemas/base/event.hpp"
#include "schemas/base/hash.hpp"

namespace weir::ingest {

/// The source of posts and uploads that may not or do not choose one. The same for every upload of a process, so that
/// overlapping exports and a resent body count once.
inline constexpr std::string_view default_source = "weir:default";

/// Of all that the event says: process, case, activity, times, lifecycle, instance, resource, attributes. Not of its
/// identity (id, source), nor of what depends on who brought it (sequence, upload). Two events with one identity and
/// different content are an id_conflict. The encoding under the hash is length-prefixed, so no two events share it.
Hash128 content_hash(const Event& event);

/// As content_hash, but without the attributes: an export may have more columns than the one before.
Hash128 row_hash(const Event& event);

/// The id of a row that has none: of its row_hash and of `nth`, it being the n-th row like it in its file.
std::string row_id(const Event& row, std::uint64_t nth);
/// The id of a posted event that has none.
std::string content_id(const Event& event);

/// Of (source, id): with process and case, the identity of an event.
Hash128 identity_hash(std::string_view source, std::string_view id);

/// Gives a posted event what the producer left out: `source` the default, `id` the hex of its content_hash.
void identify(Event& event);

/// How often each row of a file was seen. One file, one thread. Memory per distinct row: one slot of 8 bytes (56 bits
/// of the row's hash and a count to 255) in one of 256 tables that are 57 to 85 % full and grow one by one, so 9 to 14
/// bytes and never two copies of all; rows that occur more than 255 times cost an entry of a map. Of 20 million
/// distinct rows, two are taken for one with a probability of 10^-5.
class Occurrences {
 public:
  Occurrences();

  /// Counts the row and says the how many-th of its kind it is, from 1. O(1) amortised.
  std::uint64_t add(const Hash128& row);
  /// Memory in use.
  std::size_t bytes() const;

 private:
  struct Table {
    std::vector<std::uint64_t> slots;  // fingerprint << 8 | count; 0: free
    std::size_t used = 0;
  };

  static std::uint64_t* find(std::vector<std::uint64_t>& slots, std::uint64_t fingerprint);
  static void grow(Table& table);

  std::vector<Table> tables_;
  std::unordered_map<Hash128, std::uint64_t> beyond_;  // counts that a slot cannot hold
};

/// Gives a row of a file its identity: `source` the default, and if it has no id of its own, the hex of the hash of its
/// row_hash and of n, it being the n-th row like it. The same row of a longer export therefore has the same id.
void identify_row(Event& event, Occurrences& seen);

}  // namespace weir::ingest
