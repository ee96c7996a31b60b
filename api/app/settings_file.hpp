// Reads a configuration file: a flat YAML map of names to a scalar or a sequence of scalars, and nothing else.
#pragma once

#include <string>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir::app {

struct FileSetting {
  std::string name;
  std::vector<std::string> values;  // of a scalar: one
  int line = 0;
};

/// Refuses with `invalid_document` (detail begins with the path, and the line where there is one): a file that cannot
/// be read or is larger than 1 MiB or 1,000 names, a name that stands twice, anchors, aliases, tags, nested maps,
/// missing values, more than one document.
Result<std::vector<FileSetting>> read_settings_file(const std::string& path);

}  // namespace weir::app
