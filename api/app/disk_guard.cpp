#include "api/app/disk_guard.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace weir::app {
namespace {

constexpr double share_for_uploads = 0.15;
constexpr double share_for_events = 0.08;
constexpr double share_for_events_again = 0.12;
constexpr double share_to_stop = 0.03;

}  // namespace

bool DiskGuard::look() {
  const auto asked = ask_();
  if (!asked) return true;
  const double share = *asked;
  free_share_ = share;
  if (share < share_for_events) events_refused_ = true;
  if (share >= share_for_events_again) events_refused_ = false;
  std::error_code failed;
  if (share >= share_for_uploads) {
    if (!std::filesystem::exists(reserve_, failed)) make_reserve();
    return true;
  }
  // Without a reserve there is nothing to gain by stopping: queries go on.
  return share >= share_to_stop || !std::filesystem::remove(reserve_, failed);
}

/// Its blocks are taken at once; where the file system cannot do that, there is no reserve.
void DiskGuard::make_reserve() {
  const int file = ::open(reserve_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return;
  const bool taken = ::fallocate(file, 0, 0, static_cast<off_t>(bytes_)) == 0;
  ::close(file);
  std::error_code failed;
  if (!taken) std::filesystem::remove(reserve_, failed);
}

Result<void> DiskGuard::room_for_events() const {
  if (events_refused_) return Error{Code::storage_full, ""};
  return {};
}

Result<void> DiskGuard::room_for_uploads() const {
  if (free_share_ < share_for_uploads) return Error{Code::storage_full, ""};
  return {};
}

}  // namespace weir::app
