// What a task stores besides processes: how far it is, what it refused, and which sweeps it has not finished.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/hash.hpp"
#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "state/store/store.hpp"
#include "stream/log/log.hpp"

namespace weir::runtime {

/// The version of a shard's state as a whole: it grows with every change that an earlier version cannot read.
inline constexpr std::uint32_t state_format = 1;

/// A record that was refused; it can be replayed.
struct DeadLetter {
  std::uint64_t offset = 0;
  Time appended{};
  Code code = Code::internal;
  std::string detail;
  std::string bytes;  // the record as it came
  log::Kind kind = log::Kind::event;
};
std::string encode(const DeadLetter& letter);
Result<DeadLetter> decode_dead_letter(std::string_view bytes);

/// The last event of an erased case that came after its erasure: its bytes are still in the log. The value under
/// Scope::erasure() in a shard's state; empty while nothing came.
struct SentAgain {
  std::uint64_t offset = 0;
  Time appended{};
};
std::string encode(const SentAgain& sent);
Result<SentAgain> decode_sent_again(std::string_view bytes);

/// The value under Scope::upload(); nothing is there while the upload goes on.
struct StoredFate {
  bool withdrawn = false;                  // else it has ended
  std::optional<std::int64_t> began = {};  // µs; versions that did not tell anybody anything did not write it
};
std::string encode(const StoredFate& fate);
Result<StoredFate> decode_fate(std::string_view bytes);

/// Where a task stands in one workspace's partition.
struct Progress {
  std::uint64_t next_offset = 0;
  bool has_last = false;          // where other producers write: the last record taken is known
  std::uint64_t last_offset = 0;  // of it
  Hash128 last_content;           // hash128 of its value
  std::int64_t clock = 0;         // time of the last tick, µs
  std::uint64_t dead_letters = 0;
};
std::string encode(const Progress& progress);
Result<Progress> decode_progress(std::string_view bytes);
/// As a shard's state has it; the beginning, where it took nothing of the workspace. Errors: state_format and those of
/// the store.
Result<Progress> read_progress(const store::Reader& state, const std::string& workspace);

/// Goes over the cases of a process: to take back an upload, or (no upload) to judge them by new settings. Or over
/// those of any process that have alerts which go on.
struct Sweep {
  std::string process;       // empty: over alerts
  std::uint64_t offset = 0;  // of the record that asked for it
  std::string upload;
  std::string cursor;  // case ids, or alerts, up to and including this one are done
  bool begun = false;

  bool is_of_alerts() const { return process.empty(); }
};
std::string encode(const Sweep& sweep);
Result<Sweep> decode_sweep(std::string_view bytes);

}  // namespace weir::runtime
