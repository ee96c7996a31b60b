// A file that somebody wrote by hand, read as a whole.
#pragma once

#include <string>

#include "schemas/base/result.hpp"

namespace weir::app {

/// Error: invalid_document (its detail begins with the path), of what cannot be read or is larger than 1 MiB.
Result<std::string> read_small_file(const std::string& path);

}  // namespace weir::app
