// What of a demo outlives its process: enough to tell the same story again from its beginning, and how far it was told.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"

namespace weir::app {

struct SpeedChange {
  Time at;
  std::uint64_t speed_percent = 100;

  friend bool operator==(const SpeedChange&, const SpeedChange&) = default;
};

struct DemoRecord {
  std::string file;  // replayed; empty: the company
  std::uint64_t file_bytes = 0;
  std::uint64_t seed = 0;
  Time origin{};                    // the company's first moment; of a file, the moment that its last event falls on
  std::vector<SpeedChange> speeds;  // since then, ascending; never empty
  std::uint64_t posted = 0;         // so many events at least are durable
  Duration played{};                // for how long, times the speed

  /// Whether both tell the same story, however far.
  bool same_story(const DemoRecord& other) const {
    return file == other.file && file_bytes == other.file_bytes && seed == other.seed;
  }
  friend bool operator==(const DemoRecord&, const DemoRecord&) = default;
};

std::string encode(const DemoRecord& record);
/// Error: state_format.
Result<DemoRecord> decode_demo_record(std::string_view bytes);

}  // namespace weir::app
