#include "api/app/disk_guard.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_folder.hpp"

namespace weir::app {
namespace {

constexpr std::uint64_t bytes = 1 << 20;

struct Disk {
  tests::TempFolder folder;
  const std::filesystem::path reserve = folder.path() / "reserve";
  double share = 0.5;
  DiskGuard guard{reserve, bytes, [this]() -> Result<double> { return share; }};

  bool look_at(double now) {
    share = now;
    return guard.look();
  }
};

TEST(DiskGuard, KeepsBlocksInReserveWhileThereIsRoom) {
  Disk disk;
  EXPECT_TRUE(disk.look_at(0.14));
  EXPECT_FALSE(std::filesystem::exists(disk.reserve));
  EXPECT_TRUE(disk.look_at(0.5));
  struct stat file{};
  ASSERT_EQ(::stat(disk.reserve.c_str(), &file), 0);
  EXPECT_EQ(file.st_size, static_cast<off_t>(bytes));
  EXPECT_GE(file.st_blocks * 512, static_cast<off_t>(bytes));
}

TEST(DiskGuard, RefusesUploadsBeforeEventsAndTakesEventsAgainLater) {
  Disk disk;
  const auto allowed = [&](double share) {
    EXPECT_TRUE(disk.look_at(share));
    return std::pair{disk.guard.room_for_uploads().ok(), disk.guard.room_for_events().ok()};
  };
  EXPECT_EQ(allowed(0.16), std::pair(true, true));
  EXPECT_EQ(allowed(0.14), std::pair(false, true));
  EXPECT_EQ(allowed(0.09), std::pair(false, true));
  EXPECT_EQ(allowed(0.07), std::pair(false, false));
  EXPECT_EQ(allowed(0.11), std::pair(false, false));
  EXPECT_EQ(allowed(0.12), std::pair(false, true));
  EXPECT_EQ(disk.guard.room_for_uploads().error().code, Code::storage_full);
}

TEST(DiskGuard, GivesTheReserveUpOnceAndAsksForAStop) {
  Disk disk;
  EXPECT_TRUE(disk.look_at(0.5));
  EXPECT_FALSE(disk.look_at(0.02));
  EXPECT_FALSE(std::filesystem::exists(disk.reserve));
  EXPECT_TRUE(disk.look_at(0.02));  // the process that starts again answers queries
  EXPECT_FALSE(disk.guard.room_for_events());
  EXPECT_TRUE(disk.look_at(0.5));
  EXPECT_TRUE(std::filesystem::exists(disk.reserve));
}

}  // namespace
}  // namespace weir::app
