// `weir doctor`: what is wrong, and the next step.
#include <algorithm>
#include <cstdio>

#include "api/app/commands.hpp"
#include "api/app/doctor.hpp"

namespace weir::app {
namespace {

const char* word_of(Severity severity) {
  if (severity == Severity::good) return "ok     ";
  return severity == Severity::warning ? "WARNING" : "FAILURE";
}

/// Of the finding's kind: `state of shard 3` is told about in doctor-state.md.
std::string runbook_of(const Finding& finding) {
  std::string kind = finding.subject.substr(0, finding.subject.find(" of "));
  std::replace(kind.begin(), kind.end(), ' ', '-');
  return "deploy/runbooks/doctor-" + kind + ".md";
}

}  // namespace

int doctor(const Settings& settings) {
  const SystemClock clock;
  int exit_code = 0;
  for (const Finding& finding : examine(settings, weir_environment(), clock)) {
    std::printf("%s %s: %s\n", word_of(finding.severity), finding.subject.c_str(), finding.what.c_str());
    if (!finding.next_step.empty()) {
      std::printf("        -> %s\n           %s\n", finding.next_step.c_str(), runbook_of(finding).c_str());
    }
    if (finding.severity == Severity::failure) exit_code = 1;
  }
  return exit_code;
}

}  // namespace weir::app
