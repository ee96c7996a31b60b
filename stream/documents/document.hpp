// Control documents: what people declare of a workspace (policies, calendars, targets …), in versions that never change
// (design 2.7). Which versions there are is a set, whatever order they arrive in: so every partition, and every node,
// has the same history of a document without agreeing on numbers.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/hash.hpp"
#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"

namespace weir::documents {

/// Numbers are stored: add at the end, never reuse.
enum class Kind : std::uint8_t {
  sla_policy = 1,
  calendar = 2,
  target = 3,
  hook = 4,
  rule = 5,
  silence = 6,
  escalation = 7,
  threshold = 8,
};

/// As in paths: `sla-policies`, `calendars`, `targets`, `hooks`, `rules`, `silences`, `escalations`,
/// `thresholds`.
std::string_view name_of(Kind kind);

/// A document holds from `effective_at` until the next version does.
struct Version {
  Time effective_at;
  std::optional<std::string> body;  // JSON, as it was accepted; none: from here on there is no such document
  std::string sealed = {};          // the whole of it, where `body` has marks in the place of secrets (vault.hpp)

  /// Tells versions of one document apart; also its entity tag.
  Hash128 digest() const;
  friend bool operator==(const Version&, const Version&) = default;
};

/// The record by which a version comes to a partition, and how it is stored there.
struct Change {
  Kind kind = Kind::sla_policy;
  std::string name;  // is_plain_name
  Version version;
};

std::string encode(const Change& change);
/// Error: state_format.
Result<Change> decode_change(std::string_view bytes);

}  // namespace weir::documents
