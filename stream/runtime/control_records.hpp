// What the log carries besides events: the records by which the clock, uploads and people change a partition's state.
// Each is the payload of a log record of the kind of the same name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/hash.hpp"
#include "schemas/base/result.hpp"

namespace weir::runtime {

/// When a case of a process is complete, how long it is kept then, and in which zone its days are told. Control
/// document of `PUT /v1/processes/{p}`.
struct ProcessSettings {
  std::vector<std::string> end_activities;
  std::optional<std::int64_t> inactivity_micros;
  std::string zone = "UTC";
  std::optional<std::int64_t> retain_micros = {};  // of a complete case; none: for ever
  bool archives = false;                           // what was kept so long is archived; else it is removed

  bool declares_completion() const { return !end_activities.empty() || inactivity_micros.has_value(); }
  friend bool operator==(const ProcessSettings&, const ProcessSettings&) = default;
};

struct Tick {
  std::int64_t time = 0;  // µs, wall clock of the partition's owner
};

/// The end of an upload, or its abort or withdrawal: then what it alone brought goes again.
struct UploadMark {
  std::string process;
  std::string upload;
  std::optional<std::int64_t> began = {};  // µs, wall clock; of an end: what was due before is told to nobody
};

/// Once log blocks are redacted, `case_id` is empty and the keyed hash alone keeps the case away.
struct Erasure {
  std::string process;
  Hash128 fingerprint;
  std::string case_id;
};

struct SettingsChange {
  std::string process;
  ProcessSettings settings;
};

/// Takes the dead letter of that offset through the task again.
struct Replay {
  std::uint64_t offset = 0;
};

std::string encode(const Tick& tick);
std::string encode(const UploadMark& mark);
std::string encode(const Erasure& erasure);
std::string encode(const SettingsChange& change);
std::string encode(const Replay& replay);
std::string encode(const ProcessSettings& settings);

// Errors: state_format.
Result<Tick> decode_tick(std::string_view bytes);
Result<UploadMark> decode_upload_mark(std::string_view bytes);
Result<Erasure> decode_erasure(std::string_view bytes);
Result<SettingsChange> decode_settings_change(std::string_view bytes);
Result<Replay> decode_replay(std::string_view bytes);
Result<ProcessSettings> decode_settings(std::string_view bytes);

}  // namespace weir::runtime
