#include "api/metrics/process.hpp"

#include <ctime>
#include <map>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace weir::metrics {
namespace {

class Recorded final : public Samples {
 public:
  void counter(Literal name, Literal, double value, Labels) override { values[name.text()] = value; }
  void gauge(Literal name, Literal, double value, Labels) override { values[name.text()] = value; }
  std::map<std::string, double> values;
};

std::map<std::string, double> collect() {
  Recorded recorded;
  collect_process(recorded);
  return recorded.values;
}

TEST(Process, SeesMemoryThatIsTaken) {
  const auto before = collect()["process_resident_memory_bytes"];
  const std::vector<char> taken(64 << 20, 'x');
  const auto after = collect()["process_resident_memory_bytes"];
  EXPECT_GE(after - before, 60 << 20) << taken.size();
}

TEST(Process, CountsDescriptors) {
  const auto before = collect()["process_open_fds"];
  EXPECT_GE(before, 3);
  const int opened = ::open("/dev/null", O_RDONLY);
  EXPECT_EQ(collect()["process_open_fds"], before + 1);
  ::close(opened);
  EXPECT_EQ(collect()["process_open_fds"], before);
  EXPECT_GT(collect()["process_max_fds"], before);
}

TEST(Process, CpuTimeGrowsWithWork) {
  const auto before = collect()["process_cpu_seconds_total"];
  const auto begin = std::clock();
  while (std::clock() - begin < CLOCKS_PER_SEC / 20) {
  }
  EXPECT_GE(collect()["process_cpu_seconds_total"] - before, 0.04);
}

TEST(Process, StartedAMomentAgo) {
  const auto now = static_cast<double>(std::time(nullptr));
  const auto started = collect()["process_start_time_seconds"];
  EXPECT_LE(started, now + 2);
  EXPECT_GE(started, now - 600);
  EXPECT_GE(collect()["process_threads"], 1);
}

}  // namespace
}  // namespace weir::metrics
