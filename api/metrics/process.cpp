#include "api/metrics/process.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

namespace weir::metrics {
namespace {

// Of proc_pid_stat(5), counted from 0 behind the name of the program, which may hold anything.
constexpr std::size_t threads_field = 17;
constexpr std::size_t start_field = 19;

struct Stat {
  std::uint64_t threads = 0;
  std::uint64_t started_ticks = 0;  // since boot
};

std::optional<Stat> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  const std::vector<std::string> fields(std::istream_iterator<std::string>(rest), {});
  if (fields.size() <= start_field) return std::nullopt;
  return Stat{std::stoull(fields[threads_field]), std::stoull(fields[start_field])};
}

std::optional<std::uint64_t> read_boot_time_s() {
  std::ifstream file("/proc/stat");
  std::string word;
  std::uint64_t seconds = 0;
  for (std::string line; std::getline(file, line);) {
    if (std::istringstream(line) >> word >> seconds && word == "btime") return seconds;
  }
  return std::nullopt;
}

// Pages: all, then resident.
std::optional<std::pair<double, double>> read_memory_bytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0;
  double resident = 0;
  if (!(file >> all >> resident)) return std::nullopt;
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  return std::pair(all * page, resident * page);
}

std::optional<double> count_descriptors() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return std::nullopt;
  double count = -3;  // ".", ".." and the one that reads
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

void collect_process(Samples& samples) {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    samples.counter("process_cpu_seconds_total", "User and system CPU time.",
                    seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
  }
  if (const auto memory = read_memory_bytes()) {
    samples.gauge("process_virtual_memory_bytes", "Virtual memory.", memory->first);
    samples.gauge("process_resident_memory_bytes", "Resident memory.", memory->second);
  }
  if (const auto open = count_descriptors()) samples.gauge("process_open_fds", "Open file descriptors.", *open);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    samples.gauge("process_max_fds", "The most file descriptors that may be open.",
                  static_cast<double>(limit.rlim_cur));
  }
  const auto stat = read_stat();
  if (!stat) return;
  samples.gauge("process_threads", "Threads.", static_cast<double>(stat->threads));
  if (const auto boot_s = read_boot_time_s()) {
    const auto ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
    samples.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.",
                  static_cast<double>(*boot_s) + static_cast<double>(stat->started_ticks) / ticks_per_second);
  }
}

}  // namespace weir::metrics
