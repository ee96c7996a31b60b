// crash_at N KIND REPORT FOLDERS COMMAND…: runs COMMAND and kills it right before the Nth system call of a kind that
// changes something under one of FOLDERS (separated by colons). KIND is a pattern (glob) for `NAME PATH`. All threads
// and children count together, which `strace -e inject=` cannot do: that counts for each thread and each call by
// itself, so that no N would reach every call. Kinds, because threads take turns: the Nth of all calls is another one
// each time. N = 0 kills never.
//
// REPORT gets a line for each of these calls, `NAME PATH`. SIGTERM is passed on. Ends as COMMAND did; with 200 if it
// was killed here, with 201 if it cannot be watched.
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fnmatch.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/limits.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int killed_here = 200;
constexpr int cannot_watch = 201;

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

std::string text_at(pid_t thread, std::uint64_t address) {
  const std::string path = "/proc/" + std::to_string(thread) + "/mem";
  const int memory = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::string text;
  char byte = 0;
  while (text.size() < PATH_MAX && pread(memory, &byte, 1, static_cast<off_t>(address + text.size())) == 1 &&
         byte != '\0') {
    text.push_back(byte);
  }
  close(memory);
  return text;
}

std::string path_of(pid_t thread, const Call& call, const std::uint64_t* arguments) {
  const std::string process = "/proc/" + std::to_string(thread);
  const auto open_file = [&](std::uint64_t file) { return link_target(process + "/fd/" + std::to_string(file)); };
  if (call.by == By::file) return open_file(arguments[0]);
  const std::string path = text_at(thread, arguments[call.by == By::path ? 0 : 1]);
  if (path.starts_with('/')) return path;
  const bool is_here = call.by == By::path || static_cast<int>(arguments[0]) == AT_FDCWD;
  return (is_here ? link_target(process + "/cwd") : open_file(arguments[0])) + '/' + path;
}

/// Opening a file for reading changes nothing.
bool changes_nothing(const Call& call, const std::uint64_t* arguments) {
  if (std::string_view{call.name}.substr(0, 4) != "open") return false;
  const std::uint64_t flags = arguments[call.by == By::path ? 1 : 2];
  return (flags & (O_CREAT | O_TRUNC)) == 0;
}

class Watch {
 public:
  Watch(pid_t child, unsigned long last, const char* kind, std::FILE* report, std::vector<std::string> folders)
      : child_(child), last_(last), kind_(kind), report_(report), folders_(std::move(folders)) {}

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
      if (!is_ours(path)) return false;
      const std::string line = std::string{call.name} + ' ' + path;
      std::fprintf(report_, "%s\n", line.c_str());
      return fnmatch(kind_, line.c_str(), 0) == 0 && ++count_ == last_;
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
  const unsigned long last_;
  const char* const kind_;
  std::FILE* const report_;
  const std::vector<std::string> folders_;
  unsigned long count_ = 0;
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

int main(int count, char** words) {
  if (count < 6) {
    std::fprintf(stderr, "usage: crash_at N KIND REPORT FOLDER[:FOLDER] COMMAND…\n");
    return 2;
  }
  std::FILE* const report = std::fopen(words[3], "we");
  int ready[2];
  if (report == nullptr || pipe2(ready, O_CLOEXEC) != 0) return cannot_watch;
  const pid_t child = fork();
  if (child == 0) become(words + 5, ready[0]);
  watched = child;
  std::signal(SIGTERM, pass_on);
  constexpr long options =
      PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACESECCOMP;
  if (ptrace(PTRACE_SEIZE, child, nullptr, options) != 0 || write(ready[1], "x", 1) != 1) {
    std::perror("crash_at");
    kill(child, SIGKILL);
    return cannot_watch;
  }
  const int ended = Watch{child, std::strtoul(words[1], nullptr, 10), words[2], report, split(words[4])}.run();
  std::fclose(report);
  return ended;
}
