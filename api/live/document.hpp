// The answer of a query in the form in which it is compared and sent on: by member and by entry, each with the sequence
// number of its last change. From it come whole answers, and what changed since any number: one delta for one change,
// for many that a slow reader missed, or for those of a cut connection.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/codec/json_reader.hpp"

namespace weir::live {

/// A list whose entries have keys.
struct ListShape {
  std::string_view parent;         // the member that holds it; empty: the answer itself
  std::string_view name;           // "edges"
  std::string_view key;            // the entries' member that is their key: "from"
  std::string_view second_key;     // the rest of it, if it has two parts: "to"
  bool in_answered_order = false;  // else ascending by key
};

/// What of an answer is keyed; all else is compared member by member.
struct Shape {
  std::vector<ListShape> lists;
};

/// An entry of a list, by its key. `second` is empty where the key has one part.
struct EntryKey {
  std::size_t list = 0;  // index in the shape
  std::string first;
  std::string second;

  friend auto operator<=>(const EntryKey&, const EntryKey&) = default;
};

/// Not thread-safe. Memory: the answer, and some 100 bytes an entry.
class Document {
 public:
  /// `shape` must outlive the document. At most `gone_max` removed keys are remembered, for since().
  explicit Document(const Shape& shape, std::size_t gone_max = 4'096);

  /// Takes a whole answer. True, with all that differs marked `seq`, if something does beside `as_of`. Error:
  /// malformed_json or schema, if the answer has not the shape; then nothing is taken. O(answer).
  Result<bool> replace(std::string_view answer, std::uint64_t seq);
  /// Takes a part of an answer, in the same form: of the lists the entries `looked_at` alone, where those that do not
  /// stand in it are gone. Members that it lacks stay. Lists in answered order are not to be looked at in part.
  Result<bool> update(std::string_view part, const std::vector<EntryKey>& looked_at, std::uint64_t seq);

  /// The whole answer as JSON. O(answer).
  std::string whole() const;
  /// What changed after `seq`, as JSON (asyncapi.json, Delta); nothing if what went since is not remembered any more.
  std::optional<std::string> since(std::uint64_t seq) const;

  std::size_t size_bytes() const { return bytes_; }

 private:
  using Key = std::pair<std::string, std::string>;
  struct Entry {
    std::string text;
    std::uint64_t changed = 0;
    std::size_t place = 0;  // in the answered order
  };
  struct Member {
    std::string name;
    std::string text;                 // of a plain value
    std::optional<std::size_t> list;  // index of the list that stands here
    std::vector<Member> members;      // of an object that holds lists
    std::uint64_t changed = 0;
  };
  struct Gone {
    std::uint64_t seq;
    EntryKey key;
  };
  struct Taken;

  Result<void> take_members(const JsonValue& object, std::string_view parent, Taken& taken) const;
  Result<void> take_list(const JsonValue& array, std::size_t list, Taken& taken) const;
  bool keep_members(const std::vector<Member>& from, std::vector<Member>& to, std::uint64_t seq);
  bool put(std::size_t list, const Key& key, Entry&& entry, std::uint64_t seq);
  bool remove(const EntryKey& key, std::uint64_t seq);
  void write_whole(const std::vector<Member>& members, std::string& out) const;
  bool write_since(const std::vector<Member>& members, std::uint64_t seq, std::string& out) const;
  bool write_list_since(std::size_t list, std::uint64_t seq, std::string& out) const;

  const Shape& shape_;
  const std::size_t gone_max_;
  std::vector<Member> members_;
  std::vector<std::map<Key, Entry>> lists_;  // as in the shape
  std::deque<Gone> gone_;                    // oldest first
  std::uint64_t forgotten_ = 0;              // what went up to this number may not be remembered
  std::size_t bytes_ = 0;
};

}  // namespace weir::live
