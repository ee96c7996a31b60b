// The attributes of one XES event, trace or global, and what an Event makes of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/event.hpp"

namespace weir::ingest {

enum class XesType : std::uint8_t { string, date, integer, real, boolean, id, list };

/// The type of an attribute's element, nothing if it is no such element.
std::optional<XesType> xes_type_of(std::string_view element);
/// Does the value belong to the type? (XML Schema's lexical forms; any readable time is a date.)
bool is_valid(XesType type, std::string_view value);

struct XesAttribute {
  std::string key;  // with the keys of its parents before it: `parent:child`
  std::string value;
  XesType type = XesType::string;
  bool has_children = false;

  /// As canonical JSON; a list without members is null. A value that does not belong to its type is a string.
  std::string json() const;
};

/// Reuses its memory from one event to the next. Bounded: what exceeds the limits of an event is counted, not kept.
class XesAttributes {
 public:
  void clear() {
    used_ = 0;
    bytes_ = 0;
    overflown_ = false;
  }
  /// Returns where it stands, for set_parent; `none` if there is no room.
  std::size_t add(std::string_view key, std::string_view value, XesType type);
  void set_parent(std::size_t at) {
    if (at != none) entries_[at].has_children = true;
  }
  /// The first of that key, nullptr if there is none.
  const XesAttribute* find(std::string_view key) const;
  const XesAttribute* begin() const { return entries_.data(); }
  const XesAttribute* end() const { return entries_.data() + used_; }
  std::size_t size() const { return used_; }
  std::size_t bytes() const { return bytes_; }
  bool overflown() const { return overflown_; }

  static constexpr std::size_t none = ~std::size_t{0};

 private:
  std::vector<XesAttribute> entries_;
  std::size_t used_ = 0;
  std::size_t bytes_ = 0;
  bool overflown_ = false;
};

/// The names of a classifier's `keys`: separated by spaces, in apostrophes where they hold spaces.
std::vector<std::string> classifier_keys(std::string_view keys);

}  // namespace weir::ingest
