// How the command line declares a file.
#pragma once

#include "api/app/settings.hpp"
#include "stream/ingest/file_reader.hpp"

namespace weir::app {

/// Times without a zone are UTC unless --zone says otherwise. Error: unknown_zone.
Result<ingest::FileOptions> file_options(const Settings& settings);

}  // namespace weir::app
