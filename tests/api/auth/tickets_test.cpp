#include "api/auth/tickets.hpp"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/manual_clock.hpp"

namespace weir::auth {
namespace {

using namespace std::chrono_literals;

Credential of(const std::string& workspace) { return {workspace, Role::viewer, "0011223344556677"}; }

TEST(Tickets, OpenOnceForWhomTheyWereIssuedTo) {
  const ManualClock clock;
  Tickets tickets(clock);
  const auto ticket = tickets.issue(of("acme"));
  ASSERT_TRUE(ticket);
  EXPECT_EQ(*tickets.redeem(*ticket), of("acme"));
  EXPECT_EQ(tickets.redeem(*ticket).error().code, Code::invalid_token);
  EXPECT_EQ(tickets.open(), 0U);
}

TEST(Tickets, RunOut) {
  ManualClock clock;
  Tickets tickets(clock, {.lifetime = 30s});
  const auto first = tickets.issue(of("acme"));
  clock.advance(20s);
  const auto second = tickets.issue(of("acme"));
  clock.advance(10s);
  EXPECT_FALSE(tickets.redeem(*first));
  EXPECT_EQ(tickets.open(), 1U);
  clock.advance(9s);
  EXPECT_TRUE(tickets.redeem(*second));
}

TEST(Tickets, AreAllDifferentAndCannotBeGuessed) {
  const ManualClock clock;
  Tickets tickets(clock);
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const auto ticket = tickets.issue(of("acme"));
    ASSERT_TRUE(ticket);
    EXPECT_EQ(ticket->size(), 43U) << "256 bits";
    seen.insert(*ticket);
  }
  EXPECT_EQ(seen.size(), 1'000U);
  for (const std::string& wrong :
       {std::string(), std::string("x"), std::string(43, 'A'), std::string(1'000'000, 'A')}) {
    EXPECT_EQ(tickets.redeem(wrong).error().code, Code::invalid_token);
  }
}

TEST(Tickets, AreBoundedInAllAndForEachWorkspace) {
  ManualClock clock;
  Tickets tickets(clock, {.lifetime = 30s, .tickets_max = 3, .of_workspace_max = 2});
  EXPECT_TRUE(tickets.issue(of("a")));
  EXPECT_TRUE(tickets.issue(of("a")));
  EXPECT_EQ(tickets.issue(of("a")).error().code, Code::quota_exceeded);
  const auto of_b = tickets.issue(of("b"));
  EXPECT_TRUE(of_b);
  EXPECT_EQ(tickets.issue(of("c")).error().code, Code::overloaded);
  EXPECT_TRUE(tickets.redeem(*of_b));
  EXPECT_TRUE(tickets.issue(of("c"))) << "a ticket that was used makes room";
  clock.advance(30s);
  EXPECT_TRUE(tickets.issue(of("a"))) << "and so does one that ran out";
}

}  // namespace
}  // namespace weir::auth
