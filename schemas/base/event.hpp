// The event: the one thing that everything in Weir is made of (design, "The event").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/time.hpp"

namespace weir {

/// Limits of the fields, in bytes unless said otherwise.
inline constexpr std::size_t process_bytes_max = 64;
inline constexpr std::size_t name_bytes_max = 256;  // case_id, activity, resource
inline constexpr std::size_t id_bytes_max = 128;    // id, instance
inline constexpr std::size_t source_bytes_max = 512;
inline constexpr std::size_t lifecycle_bytes_max = 64;
inline constexpr std::size_t attributes_max = 64;  // keys
inline constexpr std::size_t attribute_bytes_max = 16 * 1024;

/// One attribute. `json` is its value as canonical JSON text (`"text"`, `12.50`, `true`, `null`): numbers keep the
/// digits that the producer sent, so that 2^53+1 and -0 stay what they were.
struct Attribute {
  std::string name;
  std::string json;

  friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// A validated event. Strings are UTF-8 and within the limits above; `attributes` are sorted by name, names unique.
struct Event {
  std::string process = "default";
  std::string case_id;
  std::string activity;
  Time timestamp{};
  std::optional<Time> start;  // not later than timestamp; an event with both is one instance with a duration
  std::string id;             // never empty once ingest has identified the event
  std::string source;
  std::string lifecycle = "complete";  // in lower case where it is `start` or `complete`
  std::string instance;                // empty: none
  std::string resource;                // empty: none
  std::vector<Attribute> attributes;
  std::uint64_t sequence = 0;  // order among equal timestamps; not part of the content
  std::string upload;          // the upload that brought it; empty: a producer. Not part of the content

  friend bool operator==(const Event&, const Event&) = default;

  Time began() const { return start.value_or(timestamp); }
};

/// `[a-z0-9_-]{1,64}`: the form of a process name and of a workspace name.
bool is_plain_name(std::string_view name);

}  // namespace weir
