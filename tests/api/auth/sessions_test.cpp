#include "api/auth/sessions.hpp"

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::auth {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class SessionsTest : public testing::Test {
 protected:
  void open() {
    sessions_.reset();
    sessions_ = Sessions::open(store_, clock_, {.idle = hours(24), .lifetime = hours(72), .per_user = 3}).value();
  }
  void SetUp() override { open(); }
  Sessions::Begun begin(const std::string& user = "ann") { return sessions_->begin(user, "g1", "acme").value(); }
  bool is_in(const Sessions::Begun& begun) { return sessions_->find(begun.secret).has_value(); }
  static bool all(const Session&) { return true; }

  memory::MemoryStore store_;
  ManualClock clock_;
  std::unique_ptr<Sessions> sessions_;
};

TEST_F(SessionsTest, IsFoundByItsSecretAndById) {
  const auto begun = begin();
  EXPECT_EQ(sessions_->find(begun.secret), begun.session);
  EXPECT_EQ(sessions_->find_id(begun.session.id), begun.session);
  EXPECT_EQ(begun.session.workspace, "acme");
  EXPECT_FALSE(sessions_->find(begun.session.id));
  EXPECT_FALSE(sessions_->find(""));
  EXPECT_FALSE(sessions_->find(begun.secret + "A"));
  EXPECT_NE(begin().secret, begun.secret);
}

TEST_F(SessionsTest, TheSecretIsNotInTheStore) {
  const auto begun = begin();
  ASSERT_TRUE(store_.scan({}, {}, [&](auto key, auto value) {
    EXPECT_EQ(std::string(key).find(begun.secret), std::string::npos);
    EXPECT_EQ(std::string(value).find(begun.secret), std::string::npos);
    return true;
  }));
}

TEST_F(SessionsTest, OutlivesTheServer) {
  const auto begun = begin();
  ASSERT_TRUE(sessions_->move(begun.session.id, "other").value());
  open();
  ASSERT_TRUE(is_in(begun));
  EXPECT_EQ(sessions_->find(begun.secret)->workspace, "other");
}

TEST_F(SessionsTest, IsOverWhenNotUsedOrTooOld) {
  const auto idle = begin();
  clock_.advance(hours(24) - minutes(1));
  EXPECT_TRUE(is_in(idle));
  clock_.advance(hours(24) - minutes(1));
  EXPECT_TRUE(is_in(idle));  // it was used in between
  clock_.advance(hours(24) - minutes(1));
  EXPECT_TRUE(is_in(idle));
  clock_.advance(minutes(3));
  EXPECT_FALSE(is_in(idle));  // 72 hours old
  const auto other = begin();
  clock_.advance(hours(24));
  EXPECT_FALSE(is_in(other));
}

TEST_F(SessionsTest, UseIsKeptByFlush) {
  const auto begun = begin();
  clock_.advance(hours(20));
  ASSERT_TRUE(is_in(begun));
  ASSERT_TRUE(sessions_->flush(all));
  clock_.advance(hours(20));
  open();
  EXPECT_TRUE(is_in(begun));
}

TEST_F(SessionsTest, EndIsForGood) {
  const auto begun = begin();
  ASSERT_TRUE(sessions_->end(begun.session.id));
  EXPECT_FALSE(is_in(begun));
  EXPECT_FALSE(sessions_->move(begun.session.id, "other").value());
  ASSERT_TRUE(sessions_->end(begun.session.id));
  open();
  EXPECT_FALSE(is_in(begun));
}

TEST_F(SessionsTest, TheOldestOfTheSameUserMakesRoom) {
  const auto others = begin("bob");
  std::vector<Sessions::Begun> own;
  for (int i = 0; i < 5; ++i) {
    own.push_back(begin());
    clock_.advance(minutes(1));
  }
  const auto check = [&] {
    EXPECT_TRUE(is_in(others));
    for (std::size_t i = 0; i < own.size(); ++i) EXPECT_EQ(is_in(own[i]), i >= 2) << i;
    EXPECT_EQ(sessions_->count(), 4u);
  };
  check();
  open();
  check();
}

TEST_F(SessionsTest, FlushRemovesWhatIsOverFromTheStore) {
  begin("ann");
  const auto bob = begin("bob");
  ASSERT_TRUE(sessions_->flush([](const Session& session) { return session.user != "ann"; }));
  EXPECT_EQ(sessions_->count(), 1u);
  EXPECT_TRUE(is_in(bob));
  clock_.advance(hours(24));
  ASSERT_TRUE(sessions_->flush(all));
  std::size_t rows = 0;
  ASSERT_TRUE(store_.scan({}, {}, [&](auto, auto) { return ++rows, true; }));
  EXPECT_EQ(rows, 0u);
}

}  // namespace
}  // namespace weir::auth
