#include "api/app/thread_stacks.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <execinfo.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace weir::app {
namespace {

constexpr int frames_max = 48;
std::atomic<int> answers_to{-1};
std::atomic<pid_t> asked{0};

int asking_signal() { return SIGRTMIN + 1; }

void write_text(int to, const std::string& text) {
  [[maybe_unused]] const ssize_t written = ::write(to, text.data(), text.size());
}

/// In the thread that was asked: nothing that allocates or locks.
void answer(int) {
  if (asked != ::gettid()) return;
  void* frames[frames_max];
  ::backtrace_symbols_fd(frames, ::backtrace(frames, frames_max), answers_to);
  asked = 0;
}

std::string first_line_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

void ask(pid_t thread, const std::filesystem::path& about, int to) {
  write_text(to, "thread " + std::to_string(thread) + " " + first_line_of(about / "comm") + "\n");
  asked = thread;
  ::syscall(SYS_tgkill, ::getpid(), thread, asking_signal());
  for (int i = 0; i < 100 && asked == thread; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  if (asked.exchange(0) == thread) write_text(to, "  in the kernel: " + first_line_of(about / "wchan") + "\n");
}

}  // namespace

void prepare_thread_stacks() {
  void* frame[1];
  ::backtrace(frame, 1);  // loads what a handler must not load
  struct sigaction action = {};
  action.sa_handler = answer;
  action.sa_flags = SA_RESTART;
  ::sigaction(asking_signal(), &action, nullptr);
}

void write_thread_stacks(int to) {
  answers_to = to;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", failed)) {
    ask(static_cast<pid_t>(std::stol(entry.path().filename())), entry.path(), to);
  }
}

}  // namespace weir::app
