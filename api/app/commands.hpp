// The commands of the program. Each returns its exit code: 0 done, 1 failed.
#pragma once

#include <string_view>

#include "api/app/settings.hpp"
#include "schemas/base/error.hpp"

namespace weir::app {

/// Runs until SIGTERM or SIGINT.
int serve(const Settings& settings);
/// The same, with a company or a file to look at.
int demo(const Settings& settings);
int print_token(const Settings& settings);
/// The people in the directory of a data folder.
int keep_users(const Settings& settings);
/// Uploads a file to a running server and waits until it is read.
int ingest_file(const Settings& settings);
int export_process(const Settings& settings);
/// A checkpoint of a data folder, of which a server may hold it.
int back_up(const Settings& settings);
/// A data folder of a checkpoint.
int restore(const Settings& settings);
/// Tells what is wrong with a node; 1 when something does not work.
int doctor(const Settings& settings);
/// Lists, verifies or restores checkpoints.
int checkpoints(const Settings& settings);

/// Tells on stderr what failed; returns 1.
int failed(std::string_view command, const Error& error);

}  // namespace weir::app
