// What a disk that fills up still allows (reliability R16): below 15 % free no upload, below 8 % no event until there
// are 12 % again, and below 3 % the reserve file goes, so that the process can end and start again in good order.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "schemas/base/result.hpp"

namespace weir::app {

class DiskGuard {
 public:
  static constexpr std::uint64_t reserve_bytes = std::uint64_t{256} << 20;
  /// Free share of the disk, 0 to 1.
  using FreeShare = std::function<Result<double>()>;

  DiskGuard(std::filesystem::path reserve, std::uint64_t bytes, FreeShare free_share)
      : reserve_(std::move(reserve)), bytes_(bytes), ask_(std::move(free_share)) {}

  /// Looks at the disk, once a second, one thread at a time; makes the reserve file where it is not there and the disk
  /// has room. False: the disk is all but full and the reserve was given up; the process has to stop and start again.
  bool look();

  // Nothing, or `storage_full`. Any thread.
  Result<void> room_for_events() const;
  Result<void> room_for_uploads() const;
  double free_share() const { return free_share_; }

 private:
  void make_reserve();

  const std::filesystem::path reserve_;
  const std::uint64_t bytes_;
  const FreeShare ask_;
  std::atomic<double> free_share_{1.0};
  std::atomic<bool> events_refused_{false};
};

}  // namespace weir::app
