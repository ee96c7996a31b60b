#include "api/app/patience.hpp"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.hpp"

namespace weir::app {
namespace {

class PatienceTest : public ::testing::Test {
 protected:
  /// Appends; returns what the log will call.
  log::Appended wait() {
    log::Appended answer;
    EXPECT_TRUE(patience_.limit(
        [&](log::Appended limited) -> Result<void> {
          answer = std::move(limited);
          return {};
        },
        tell_));
    return answer;
  }

  ManualClock clock_;
  Patience patience_{clock_, std::chrono::seconds{10}};
  std::vector<std::string> told_;
  const log::Appended tell_ = [this](const Result<log::Position>& position) {
    told_.push_back(position ? "position" : std::string{name_of(position.error().code)});
  };
};

TEST_F(PatienceTest, AnAnswerInTimeIsHandedOn) {
  const auto appended = wait();
  clock_.advance(std::chrono::seconds{9});
  patience_.expire();
  appended(log::Position{});
  clock_.advance(std::chrono::seconds{9});
  patience_.expire();
  EXPECT_EQ(told_, (std::vector<std::string>{"position"}));
}

TEST_F(PatienceTest, WhoWaitsTooLongIsToldSoOnce) {
  const auto early = wait();
  clock_.advance(std::chrono::seconds{6});
  const auto late = wait();
  clock_.advance(std::chrono::seconds{6});
  patience_.expire();
  EXPECT_EQ(told_, (std::vector<std::string>{"log_unreachable"}));
  early(log::Position{});  // it was kept after all; the caller will send it again
  late(Error{Code::draining, ""});
  EXPECT_EQ(told_, (std::vector<std::string>{"log_unreachable", "draining"}));
}

TEST_F(PatienceTest, WhatTheLogRefusesAtOnceIsNotToldAgain) {
  const auto refuse = [](const log::Appended&) -> Result<void> { return Error{Code::overloaded, ""}; };
  EXPECT_EQ(patience_.limit(refuse, tell_).error().code, Code::overloaded);
  clock_.advance(std::chrono::seconds{20});
  patience_.expire();
  EXPECT_TRUE(told_.empty());
}

}  // namespace
}  // namespace weir::app
