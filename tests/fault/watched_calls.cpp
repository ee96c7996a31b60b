#include "tests/fault/watched_calls.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/limits.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weir::fault {
namespace {

/// How a call says what it changes.
enum class By : std::uint8_t { file, path, folder_and_path };

struct Call {
  long number;
  const char* name;
  By by;
};

// What may create, change, make durable or remove a file or a name of one.
constexpr Call calls[] = {
    {SYS_write, "write", By::file},
    {SYS_writev, "writev", By::file},
    {SYS_pwrite64, "pwrite64", By::file},
    {SYS_pwritev, "pwritev", By::file},
    {SYS_copy_file_range, "copy_file_range", By::file},
    {SYS_fsync, "fsync", By::file},
    {SYS_fdatasync, "fdatasync", By::file},
    {SYS_sync_file_range, "sync_file_range", By::file},
    {SYS_ftruncate, "ftruncate", By::file},
    {SYS_fallocate, "fallocate", By::file},
    {SYS_fchmod, "fchmod", By::file},
    {SYS_truncate, "truncate", By::path},
    {SYS_openat, "openat", By::folder_and_path},
    {SYS_mkdirat, "mkdirat", By::folder_and_path},
    {SYS_unlinkat, "unlinkat", By::folder_and_path},
    {SYS_renameat, "renameat", By::folder_and_path},
    {SYS_renameat2, "renameat2", By::folder_and_path},
    {SYS_linkat, "linkat", By::folder_and_path},
    {SYS_fchmodat, "fchmodat", By::folder_and_path},
#ifdef SYS_open
    {SYS_open, "open", By::path},
    {SYS_creat, "creat", By::path},
    {SYS_mkdir, "mkdir", By::path},
    {SYS_rmdir, "rmdir", By::path},
    {SYS_unlink, "unlink", By::path},
    {SYS_rename, "rename", By::path},
    {SYS_link, "link", By::path},
    {SYS_chmod, "chmod", By::path},
#endif
};

volatile pid_t watched = 0;

void pass_on(int signal) {
  if (watched > 0) kill(watched, signal);
}

/// The kernel tells the tracer of the listed calls alone: the others cost nothing.
bool ask_for_calls() {
  std::vector<sock_filter> program{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const Call& call : calls) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call.number), 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

std::string link_target(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t size = readlink(path.c_str(), target, sizeof target);
  const std::string found(target, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return found.substr(0, found.find(" (deleted)"));
}

std::string open_file(pid_t thread, std::uint64_t file) {
  return link_target("/proc/" + std::to_string(thread) + "/fd/" + std::to_string(file));
}

std::string path_of(pid_t thread, const Call& call, const std::uint64_t* arguments) {
  switch (call.by) {
    case By::file:
      return open_file(thread, arguments[0]);
    case By::path:
      return path_at(thread, static_cast<std::uint64_t>(AT_FDCWD), arguments[0]);
    case By::folder_and_path:
      return path_at(thread, arguments[0], arguments[1]);
  }
  return {};
}

/// Opening a file for reading changes nothing.
bool changes_nothing(const Call& call, const std::uint64_t* arguments) {
  if (std::string_view{call.name}.substr(0, 4) != "open") return false;
  const std::uint64_t flags = arguments[call.by == By::path ? 1 : 2];
  return (flags & (O_CREAT | O_TRUNC)) == 0;
}

class Watch {
 public:
  Watch(pid_t child, std::vector<std::string> folders, const std::function<bool(const WatchedCall&)>& is_killed_before)
      : child_(child), folders_(std::move(folders)), is_killed_before_(is_killed_before) {}

  /// Until the command ended. -> how this program ends
  int run() {
    for (;;) {
      int status = 0;
      const pid_t thread = waitpid(-1, &status, __WALL);
      if (thread < 0 && errno == EINTR) continue;
      if (thread < 0) return cannot_watch;
      if (WIFSTOPPED(status)) {
        go_on(thread, status);
      } else if (thread == child_) {
        if (killed_) return killed_here;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      }
    }
  }

 private:
  void go_on(pid_t thread, int status) {
    const int event = status >> 16;
    const int signal = WSTOPSIG(status);
    if (event == PTRACE_EVENT_SECCOMP && is_the_last(thread)) {
      killed_ = true;
      kill(child_, SIGKILL);
      return;
    }
    const bool is_stopped = event == PTRACE_EVENT_STOP && signal != SIGTRAP;
    const bool is_signal = event == 0;
    ptrace(is_stopped ? PTRACE_LISTEN : PTRACE_CONT, thread, nullptr, is_signal ? signal : 0);
  }

  bool is_the_last(pid_t thread) {
    __ptrace_syscall_info info{};
    if (killed_ || ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0) return false;
    for (const Call& call : calls) {
      if (call.number != static_cast<long>(info.seccomp.nr)) continue;
      if (changes_nothing(call, info.seccomp.args)) return false;
      const std::string path = path_of(thread, call, info.seccomp.args);
      return is_ours(path) && is_killed_before_({thread, call.name, path, info.seccomp.args});
    }
    return false;
  }

  bool is_ours(const std::string& path) const {
    for (const std::string& folder : folders_) {
      if (path.starts_with(folder)) return true;
    }
    return false;
  }

  const pid_t child_;
  const std::vector<std::string> folders_;
  const std::function<bool(const WatchedCall&)>& is_killed_before_;
  bool killed_ = false;
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find(':', from), text.size());
    parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

/// Waits until it is watched.
[[noreturn]] void become(char** command, int ready) {
  char byte = 0;
  if (read(ready, &byte, 1) == 1 && ask_for_calls()) execvp(command[0], command);
  _exit(cannot_watch);
}

}  // namespace

std::string bytes_at(pid_t thread, std::uint64_t address, std::size_t size) {
  const std::string path = "/proc/" + std::to_string(thread) + "/mem";
  const int memory = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::string bytes(size, '\0');
  const ssize_t got = pread(memory, bytes.data(), size, static_cast<off_t>(address));
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  close(memory);
  return bytes;
}

std::string text_at(pid_t thread, std::uint64_t address) {
  constexpr std::size_t piece = 64;  // never over the end of a page that may be the last
  std::string text;
  while (text.size() < PATH_MAX && text.find('\0') == std::string::npos) {
    const std::string more = bytes_at(thread, address + text.size(), piece - (address + text.size()) % piece);
    if (more.empty()) break;
    text += more;
  }
  return text.substr(0, text.find('\0'));
}

std::string path_at(pid_t thread, std::uint64_t folder, std::uint64_t address) {
  std::string path = text_at(thread, address);
  if (path.starts_with('/')) return path;
  const bool is_here = static_cast<int>(folder) == AT_FDCWD;
  return (is_here ? link_target("/proc/" + std::to_string(thread) + "/cwd") : open_file(thread, folder)) + '/' + path;
}

int run_watched(char** command, const std::string& folders,
                const std::function<bool(const WatchedCall&)>& is_killed_before) {
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0) return cannot_watch;
  const pid_t child = fork();
  if (child == 0) become(command, ready[0]);
  watched = child;
  std::signal(SIGTERM, pass_on);
  constexpr long options =
      PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACESECCOMP;
  if (ptrace(PTRACE_SEIZE, child, nullptr, options) != 0 || write(ready[1], "x", 1) != 1) {
    std::perror("cannot watch");
    kill(child, SIGKILL);
    return cannot_watch;
  }
  return Watch{child, split(folders), is_killed_before}.run();
}

}  // namespace weir::fault
