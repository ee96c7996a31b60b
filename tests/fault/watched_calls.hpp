// A command whose system calls that change files are seen before they happen: of all of its threads and children, one
// at a time, which `strace` cannot do. Needs ptrace and seccomp.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <sys/types.h>

namespace weir::fault {

inline constexpr int killed_here = 200;  // exit codes
inline constexpr int cannot_watch = 201;

/// A call that is about to happen, of one that may create, change, make durable or remove a file or a name of one.
struct WatchedCall {
  pid_t thread;
  const char* name;
  std::string path;  // of the file, as it is called now, or as the call names it
  const std::uint64_t* arguments;
};

/// The bytes, or the text up to its end, at an address of the thread's memory.
std::string bytes_at(pid_t thread, std::uint64_t address, std::size_t size);
std::string text_at(pid_t thread, std::uint64_t address);
/// The path at an address, as the thread means it: below an open folder, or AT_FDCWD.
std::string path_at(pid_t thread, std::uint64_t folder, std::uint64_t address);

/// Runs the command, and asks before each such call under one of `folders` (separated by colons); true kills it there.
/// SIGTERM is passed on. -> how the command ended, or one of the codes above
int run_watched(char** command, const std::string& folders,
                const std::function<bool(const WatchedCall&)>& is_killed_before);

}  // namespace weir::fault
