// One world from one seed: a machine with its disk, the process on it, those who write to it, and what goes wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/simulation/audit.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/disk.hpp"

namespace weir::simulation {

struct Verdict {
  std::optional<std::string> difference;  // none: all held
  Hash128 trace;
  std::uint64_t records = 0;  // in the log at the end
  std::uint64_t restarts = 0;
  std::uint64_t faults = 0;  // kills, losses of power, failed writes, jumps of the wall clock; clean stops are none
  std::uint64_t audits = 0;
};

/// In each world, at least.
inline constexpr std::uint64_t faults_min = 20;

/// Runs the world of the seed to its end. The same seed gives the same verdict and trace. Thread-safe.
Verdict simulate(std::uint64_t seed, bool print_trace = false, Sabotage sabotage = Sabotage::none);

}  // namespace weir::simulation
