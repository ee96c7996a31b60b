// Reading a document that somebody wrote by hand (settings of a process, a calendar, a policy): every fault in it is
// told at once, each with its place.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "schemas/codec/json_reader.hpp"

namespace weir {

/// Something in a document that is not as it has to be.
struct DocumentFault {
  std::string pointer;  // JSON pointer (RFC 6901); to the parent where the name is not ours
  std::string detail;

  friend bool operator==(const DocumentFault&, const DocumentFault&) = default;
};

using DocumentFaults = std::vector<DocumentFault>;

/// A value of the document and its place. Valid during the call that it is given to. Every reader below answers
/// nothing, and notes a fault, where the value is not what it asks for.
class DocumentNode {
 public:
  using Read = std::function<void(const DocumentNode&)>;

  DocumentNode(JsonValue value, std::string pointer, DocumentFaults& faults)
      : value_(value), pointer_(std::move(pointer)), faults_(faults) {}

  const JsonValue& value() const { return value_; }
  bool is_null() const { return value_.is(JsonKind::null); }
  /// What is wrong, as a predicate: "must be …".
  void fault(std::string detail) const { faults_.push_back({pointer_, std::move(detail)}); }

  /// How many faults the whole document has so far: who reads a part of it learns whether that part had any.
  std::size_t faults() const { return faults_.size(); }

  /// Hands each member to the reader of its name, in the order of the document. A name that has none is a fault of the
  /// object, as is one that stands twice.
  void object(std::initializer_list<std::pair<std::string_view, Read>> readers) const;
  /// Hands each member to `read` with its name, which the author chose.
  void each_member(std::size_t members_max,
                   const std::function<void(const std::string& name, const DocumentNode&)>& read) const;
  void each_item(std::size_t items_max, const Read& read) const;
  /// The first member of that name, on which it depends how the others are read. Nothing, and no fault, without it.
  std::optional<DocumentNode> member(std::string_view name) const;
  /// 1 to `bytes_max` bytes.
  std::optional<std::string> text(std::size_t bytes_max) const;
  /// A name as processes and documents have it: 1 to 64 of a-z, 0-9, _ and -.
  std::optional<std::string> plain_name() const;
  /// Appends the name. False: it has a fault, such as that it stands there already.
  bool add_plain_name(std::vector<std::string>& names) const;
  std::optional<std::int64_t> whole(std::int64_t least, std::int64_t most) const;
  std::optional<bool> boolean() const;
  /// Numbers with units in falling order: `90s`, `1h30m`, `2d`; w, d (24 h), h, m, s, ms. Not negative, at most a
  /// century.
  std::optional<Duration> duration() const;
  /// One of the words.
  template <class Value>
  std::optional<Value> choice(std::initializer_list<std::pair<std::string_view, Value>> words) const {
    const auto given = value_.is(JsonKind::string) ? std::optional{plain_text()} : std::nullopt;
    std::string all;
    for (const auto& [word, meant] : words) {
      if (given == word) return meant;
      all += all.empty() ? "" : ", ";
      all += word;
    }
    fault("must be one of " + all);
    return {};
  }

 private:
  std::string plain_text() const;
  DocumentNode below(const JsonValue& value, std::string_view name) const;
  bool is_object() const;

  const JsonValue value_;
  const std::string pointer_;
  DocumentFaults& faults_;
};

/// All faults that `read` finds; what it read counts if there are none. Errors: those of JsonParser::parse, when there
/// is no document to find faults in.
Result<DocumentFaults> read_document(std::string_view body, const DocumentNode::Read& read);

/// As DocumentNode::duration(); nothing if the text is none.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace weir
