// What `weir doctor` sees in the stores of a copied data folder.
#pragma once

#include <filesystem>

#include "api/app/doctor.hpp"

namespace weir::app {

/// Log, states, and whether they belong together. `thorough`: every block of the log, every table, every law that views
/// obey. Only reads.
void check_copy(const std::filesystem::path& copy, bool thorough, Findings& findings);

}  // namespace weir::app
