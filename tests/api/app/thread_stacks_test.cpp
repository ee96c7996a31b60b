#include "api/app/thread_stacks.hpp"

#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/temp_folder.hpp"

namespace weir::app {
namespace {

TEST(ThreadStacks, TellWhereEveryThreadIsAndDisturbNone) {
  prepare_thread_stacks();
  const tests::TempFolder folder;
  std::atomic<bool> over = false;
  std::atomic<pid_t> looping = 0, sleeping = 0;
  std::thread loops([&] {
    looping = ::gettid();
    while (!over) {
    }
  });
  std::thread sleeps([&] {
    sleeping = ::gettid();
    while (!over) std::this_thread::sleep_for(std::chrono::milliseconds{50});
  });
  while (looping == 0 || sleeping == 0) std::this_thread::yield();
  const int file = ::open(folder.at("stacks").c_str(), O_WRONLY | O_CREAT, 0600);
  write_thread_stacks(file);
  ::close(file);
  over = true;
  loops.join();
  sleeps.join();

  std::ifstream in(folder.at("stacks"));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  for (const pid_t thread : {::gettid(), looping.load(), sleeping.load()}) {
    const auto at = text.find("thread " + std::to_string(thread) + " ");
    ASSERT_NE(at, std::string::npos) << text;
    EXPECT_EQ(text.substr(text.find('\n', at) + 1, 2).find("th"), std::string::npos) << "no frames\n" << text;
  }
  EXPECT_NE(text.find("[0x"), std::string::npos);
}

}  // namespace
}  // namespace weir::app
