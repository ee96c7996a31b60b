// `weir doctor`: what is wrong, and the next step.
#include <cstdio>

#include "api/app/commands.hpp"
#include "api/app/doctor.hpp"

namespace weir::app {
namespace {

const char* word_of(Severity severity) {
  if (severity == Severity::good) return "ok     ";
  return severity == Severity::warning ? "WARNING" : "FAILURE";
}

}  // namespace

int doctor(const Settings& settings) {
  const SystemClock clock;
  int exit_code = 0;
  for (const Finding& finding : examine(settings, weir_environment(), clock)) {
    std::printf("%s %s: %s\n", word_of(finding.severity), finding.subject.c_str(), finding.what.c_str());
    if (!finding.next_step.empty()) std::printf("        -> %s\n", finding.next_step.c_str());
    if (finding.severity == Severity::failure) exit_code = 1;
  }
  return exit_code;
}

}  // namespace weir::app
