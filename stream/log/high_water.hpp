// The high water: where each partition ended, kept apart from the log's own files and fsynced at most once a second, so
// that a lost tail of the log (a deleted or cut write-ahead log opens without complaint) is noticed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "schemas/base/hash.hpp"
#include "schemas/base/result.hpp"

namespace weir::log {

struct HighWater {
  struct Mark {
    std::uint64_t end = 0;
    Hash128 chain;

    friend bool operator==(const Mark&, const Mark&) = default;
  };
  std::map<std::pair<std::string, std::uint32_t>, Mark> marks;  // by workspace and partition

  friend bool operator==(const HighWater&, const HighWater&) = default;
};

std::string encode(const HighWater& high_water);
/// Error: log_damaged.
Result<HighWater> decode_high_water(std::string_view bytes);

/// Where the high water is kept.
class HighWaterKeeper {
 public:
  virtual ~HighWaterKeeper() = default;
  /// What was saved last, or nothing. Errors: storage_failed, log_damaged.
  virtual Result<std::optional<HighWater>> load() = 0;
  /// Durable on return, replacing what was there as a whole. Error: storage_failed.
  virtual Result<void> save(const HighWater& high_water) = 0;
};

/// In a file, replaced by rename.
class HighWaterFile final : public HighWaterKeeper {
 public:
  explicit HighWaterFile(std::string path) : path_(std::move(path)) {}
  Result<std::optional<HighWater>> load() override;
  Result<void> save(const HighWater& high_water) override;

 private:
  std::string path_;
};

/// In memory, for tests and the simulator.
class HighWaterMemory final : public HighWaterKeeper {
 public:
  Result<std::optional<HighWater>> load() override { return kept_; }
  Result<void> save(const HighWater& high_water) override {
    kept_ = high_water;
    return {};
  }

 private:
  std::optional<HighWater> kept_;
};

}  // namespace weir::log
