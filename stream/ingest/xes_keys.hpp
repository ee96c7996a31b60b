// The keys of XES by which fields of an event are read and written.
#pragma once

#include <algorithm>
#include <string_view>

namespace weir::ingest::xes {

inline constexpr std::string_view name_key = "concept:name";
inline constexpr std::string_view time_key = "time:timestamp";
inline constexpr std::string_view start_key = "start_timestamp";
inline constexpr std::string_view resource_key = "org:resource";
inline constexpr std::string_view lifecycle_key = "lifecycle:transition";
inline constexpr std::string_view instance_key = "concept:instance";
inline constexpr std::string_view id_key = "identity:id";
inline constexpr std::string_view source_key = "weir:source";

/// Attributes of ours that are named like a field, or begin like this, are written behind this.
inline constexpr std::string_view escape = "weir:attribute:";

constexpr bool is_field(std::string_view key) {
  constexpr std::string_view keys[] = {name_key,      time_key,     start_key, resource_key,
                                       lifecycle_key, instance_key, id_key,    source_key};
  return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

}  // namespace weir::ingest::xes
