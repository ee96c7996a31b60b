// simulate --seeds N [--from FIRST] [--threads T]: the worlds of N seeds; exit code 1 if any of them broke its word.
// simulate --seed N [--trace]: one of them, every step printed.
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>

#include "tests/simulation/simulation.hpp"

namespace weir::simulation {
namespace {

struct Arguments {
  std::uint64_t from = 1;
  std::uint64_t seeds = 2'000;
  std::optional<std::uint64_t> seed;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool trace = false;
};

thread_local std::uint64_t running = 0;

/// A check of the product ended the program: say in which world.
void say_seed(int) {
  char text[96];
  const int length = std::snprintf(text, sizeof text, "a check failed; replay: simulate --seed %llu --trace\n",
                                   static_cast<unsigned long long>(running));
  if (length > 0 && write(STDERR_FILENO, text, static_cast<std::size_t>(length)) < 0) _exit(2);
  std::signal(SIGABRT, SIG_DFL);
  std::raise(SIGABRT);
}

std::optional<Arguments> parse(int count, char** words) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--trace") {
      arguments.trace = true;
      continue;
    }
    std::uint64_t number = 0;
    if (++i == count) return std::nullopt;
    const char* end = words[i] + std::strlen(words[i]);
    if (const auto read = std::from_chars(words[i], end, number); read.ec != std::errc{} || read.ptr != end) {
      return std::nullopt;
    }
    if (word == "--seeds") {
      arguments.seeds = number;
    } else if (word == "--from") {
      arguments.from = number;
    } else if (word == "--seed") {
      arguments.seed = number;
    } else if (word == "--threads" && number > 0) {
      arguments.threads = static_cast<unsigned>(number);
    } else {
      return std::nullopt;
    }
  }
  return arguments;
}

class Totals {
 public:
  void add(std::uint64_t seed, const Verdict& verdict) {
    const std::lock_guard lock{mutex_};
    records_ += verdict.records;
    restarts_ += verdict.restarts;
    faults_ += verdict.faults;
    fewest_faults_ = std::min(fewest_faults_, verdict.faults);
    audits_ += verdict.audits;
    if (!verdict.difference) return;
    ++failed_;
    std::printf("seed %llu: %s\n  replay: build/release/simulate --seed %llu --trace\n",
                static_cast<unsigned long long>(seed), verdict.difference->c_str(),
                static_cast<unsigned long long>(seed));
    std::fflush(stdout);
  }
  int print(std::uint64_t seeds) const {
    std::printf("%llu histories: %llu records, %llu restarts, %llu faults (%llu at least in each), %llu audits; %llu failed\n",
                static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(records_),
                static_cast<unsigned long long>(restarts_), static_cast<unsigned long long>(faults_),
                static_cast<unsigned long long>(fewest_faults_), static_cast<unsigned long long>(audits_),
                static_cast<unsigned long long>(failed_));
    return failed_ == 0 ? 0 : 1;
  }

 private:
  std::mutex mutex_;
  std::uint64_t records_ = 0, restarts_ = 0, faults_ = 0, audits_ = 0, failed_ = 0;
  std::uint64_t fewest_faults_ = ~std::uint64_t{0};
};

int run_one(std::uint64_t seed, bool trace) {
  running = seed;
  const Verdict verdict = simulate(seed, trace);
  Totals totals;
  totals.add(seed, verdict);
  std::printf("trace %s\n", to_hex(verdict.trace).c_str());
  return totals.print(1);
}

int run_many(const Arguments& arguments) {
  Totals totals;
  std::atomic<std::uint64_t> next{arguments.from};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < arguments.threads; ++i) {
    threads.emplace_back([&] {
      for (std::uint64_t seed = next++; seed < arguments.from + arguments.seeds; seed = next++) {
        running = seed;
        totals.add(seed, simulate(seed));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return totals.print(arguments.seeds);
}

}  // namespace
}  // namespace weir::simulation

int main(int count, char** words) {
  using namespace weir::simulation;
  std::signal(SIGABRT, say_seed);
  const auto arguments = parse(count, words);
  if (!arguments) {
    std::fprintf(stderr, "usage: simulate --seeds N [--from FIRST] [--threads T] | --seed N [--trace]\n");
    return 2;
  }
  return arguments->seed ? run_one(*arguments->seed, arguments->trace) : run_many(*arguments);
}
