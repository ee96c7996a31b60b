// Calendars and SLA policies in one file, YAML or JSON:
//   calendars: {NAME: CALENDAR…}
//   policies: {NAME: POLICY…}
#pragma once

#include <string>
#include <vector>

#include "stream/sla/judge.hpp"

namespace weir::app {

struct NamedJudge {
  std::string name;  // of the policy
  sla::Judge judge;
};

struct SlaFile {
  std::vector<NamedJudge> judges;   // in the order of the file
  std::vector<std::string> faults;  // all of them, a line each; the judges count if there are none
};

/// Error: invalid_document, for a file that is no document at all.
Result<SlaFile> read_sla_file(const std::string& path);

}  // namespace weir::app
