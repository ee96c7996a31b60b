// What is wrong with a node, and what to do about it. A check is a function that adds findings; a new one joins the
// list in doctor.cpp, in the order in which a person would look.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "api/app/settings.hpp"
#include "schemas/base/clock.hpp"

namespace weir::app {

enum class Severity : std::uint8_t {
  good,
  warning,  // works, and will not for long, or not as well as it could
  failure,  // does not work
};

struct Finding {
  Severity severity = Severity::good;
  std::string subject;    // "disk"
  std::string what;       // one sentence
  std::string next_step;  // empty where nothing is to be done
};
using Findings = std::vector<Finding>;

/// How a check tells what it finds.
struct Telling {
  Findings& findings;

  void good(const std::string& subject, std::string what) const {
    findings.push_back({Severity::good, subject, std::move(what), {}});
  }
  void warn(const std::string& subject, std::string what, std::string next_step) const {
    findings.push_back({Severity::warning, subject, std::move(what), std::move(next_step)});
  }
  void fail(const std::string& subject, std::string what, std::string next_step) const {
    findings.push_back({Severity::failure, subject, std::move(what), std::move(next_step)});
  }
};

/// Looks at everything that the settings name; `environment` holds the variables of the server. Also while a server
/// holds the folder: what is stored is read from a copy. Takes as long as reading the log and the states, if they are
/// to be looked at thoroughly.
Findings examine(const Settings& settings, const Environment& environment, const Clock& clock);

}  // namespace weir::app
