// A trace: the ordered events of one case, as the engine holds them.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "schemas/base/event.hpp"
#include "schemas/base/hash.hpp"
#include "stream/dataflow/names.hpp"

namespace weir::dataflow {

enum class Lifecycle : std::uint8_t { start = 0, complete = 1, other = 2 };

Lifecycle lifecycle_of(std::string_view text);

/// Who brought an event, and the row it had there. No upload (no_name): a producer.
struct Bringer {
  NameId upload = no_name;
  std::uint64_t sequence = 0;
  friend bool operator==(const Bringer&, const Bringer&) = default;
};

/// Nearly always one.
using Bringers = boost::container::small_vector<Bringer, 1>;

/// What only lists, exports and rare decisions need of an event; kept packed.
struct Detail {
  std::string id;
  std::string instance;
  std::string lifecycle;  // set for Lifecycle::other alone
  std::vector<Attribute> attributes;
};

/// One event of a trace. Names are numbers of the process's Names.
struct Entry {
  std::int64_t began = 0;      // µs: `start`, or the timestamp
  std::int64_t ended = 0;      // µs: the timestamp
  std::uint64_t sequence = 0;  // least of its bringers
  NameId activity = no_name;
  NameId resource = no_name;
  NameId source = no_name;
  Lifecycle lifecycle = Lifecycle::complete;
  bool has_start = false;
  Hash128 identity;           // of (source, id)
  std::uint64_t content = 0;  // fingerprint of the content
  Bringers bringers;
  std::string detail;  // pack(Detail)

  std::size_t bytes() const { return sizeof(Entry) + (bringers.size() - 1) * sizeof(Bringer) + detail.capacity(); }
};

std::string pack(const Detail& detail);
Detail unpack_detail(std::string_view packed);
/// The id alone, without unpacking the rest. Valid as long as `packed`.
std::string_view id_of(std::string_view packed);
/// What stands behind the id, of which with_id() makes the whole again. Valid as long as `packed`.
std::string_view without_id(std::string_view packed);
std::string with_id(std::string_view id, std::string_view rest);

/// The order within a case: (began, ended, sequence, start first, source, id) (design, "The event").
/// Both entries' names are numbers of `names`.
std::strong_ordering compare(const Entry& a, const Entry& b, const Names& names);

/// A copy with what compare() looks at, and no more.
Entry place_of(const Entry& entry);

/// The event again, as it was accepted. `process`, `case_id` and `upload` are left empty.
Event to_event(const Entry& entry, const Names& names);

}  // namespace weir::dataflow
