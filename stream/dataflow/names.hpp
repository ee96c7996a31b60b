// The names of one process (activities, resources, sources, uploads) as small numbers, counted, so that a name leaves
// with its last use.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "schemas/base/hash.hpp"

namespace weir::dataflow {

/// Local to one Names; 0 is "no name". Not the same in two shards.
using NameId = std::uint32_t;
inline constexpr NameId no_name = 0;

class Names {
 public:
  struct Entry {
    std::string text;
    std::int64_t uses = 0;
    Hash128 hash;  // of the text, reduced for variant ids (variant_hash.hpp)
  };

  Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// The number of the name, made if new (with no uses yet): the least that is free. The empty name is no_name. O(1), or
  /// O(log numbers that are free).
  NameId intern(std::string_view text);
  /// The number of the name, or no_name when it is unknown.
  NameId find(std::string_view text) const;
  /// Uses change by `uses`. A name without uses is forgotten by take_changed().
  void count(NameId id, std::int64_t uses);
  /// What `entry` told, at restore, by ascending numbers. False, and nothing is changed: it cannot have been told (a
  /// number out of bounds or order, a name without text or uses, or one known under another number).
  [[nodiscard]] bool put_back(std::uint64_t id, std::string text, std::int64_t uses);
  static constexpr std::uint64_t numbers_max = std::uint64_t{1} << 26;

  std::string_view text(NameId id) const { return entries_[id].text; }
  const Entry& entry(NameId id) const { return entries_[id]; }
  const Hash128& hash(NameId id) const { return entries_[id].hash; }
  /// One more than the largest number in use.
  std::size_t end() const { return entries_.size(); }
  /// How many names are in use.
  std::size_t size() const { return numbers_.size(); }

  /// Numbers whose uses changed since the last call, each once. Those left without uses are forgotten: text(id) is
  /// empty and the number may serve another name. To be called when no change of a case is pending (numbers are in
  /// steps).
  std::vector<NameId> take_changed();

 private:
  void mark(NameId id);
  void make_free(NameId id);

  std::deque<Entry> entries_;  // by number; stable addresses for the keys of numbers_
  boost::unordered_flat_map<std::string_view, NameId> numbers_;
  std::vector<NameId> free_;  // a heap, the least number on top: a restart forgets in which order they became free
  std::vector<NameId> changed_;
  std::vector<bool> marked_;
};

}  // namespace weir::dataflow
