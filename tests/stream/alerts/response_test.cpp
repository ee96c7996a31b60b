// What people do about alerts, and declare of them, bears on what is told and listed, and on nothing else.
#include "stream/alerts/response.hpp"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::alerts {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

Time at(int minute) { return Time{std::chrono::hours{24 * 20'000} + minutes{minute}}; }
std::string text(Time time) { return std::to_string(std::chrono::duration_cast<minutes>(time - at(0)).count()); }

/// A workspace's declarations, and what was done about the alerts of one case.
class ResponseTest : public testing::Test {
 protected:
  void declare(documents::Kind kind, std::string name, int since, std::optional<std::string> body) {
    documents_.insert({kind, std::move(name), {at(since), std::move(body), {}}});
  }
  void silence(std::string name, int since, int until, const std::string& matchers, std::optional<int> from = {}) {
    const auto time = [](int minute) {
      const auto day = std::chrono::sys_days{std::chrono::days{20'000}};  // 2024-10-04
      EXPECT_EQ(std::chrono::year_month_day{day}, (std::chrono::year{2024} / 10 / 4));
      char written[32];
      std::snprintf(written, sizeof written, "\"2024-10-04T%02d:%02d:00Z\"", minute / 60, minute % 60);
      return std::string{written};
    };
    declare(documents::Kind::silence, std::move(name), since,
            R"({"matchers": )" + matchers + R"(, "ends_at": )" + time(until) +
                (from ? R"(, "starts_at": )" + time(*from) : "") + "}");
  }
  void done(Deed deed, int minute, std::string alert = "sla/p/m/1") {
    commands_.take({deed, "support", "c", std::move(alert), "user:ann", "", at(minute)}, at(minute));
  }
  /// A warning and a breach, told to `ops`.
  static Alert missed(int warned, int breached, std::optional<int> ended = {}, std::string escalation = "") {
    Alert alert;
    alert.name = {Source::sla, "p", "m", 1};
    alert.began = at(0);
    alert.notices.push_back({Step::warned, "percent:50#1", at(warned), at(warned), {"ops"}, {}});
    alert.notices.push_back({Step::breached, {}, at(breached), at(breached), {"ops"}, {}});
    if (ended) alert.notices.push_back({Step::ended, {}, at(*ended), at(*ended), {"ops"}, {}});
    alert.escalation = std::move(escalation);
    alert.escalates_from = at(breached);
    return alert;
  }
  /// Only what can be known at the time, as a judge would give it.
  Alert respond_to(Alert alert, int now) {
    std::erase_if(alert.notices, [&](const Notice& one) { return one.told_at > at(now); });
    std::vector<Alert> alerts{std::move(alert)};
    const auto playbook = Playbook::read(documents_, at(now), calendars_);
    next_ = respond(playbook.get(), {"w", "support", "c"}, commands_, at(now), alerts);
    return alerts.front();
  }
  /// `STEP@MINUTE`, `!` where it is held, `>MINUTE` until when it was.
  static std::vector<std::string> told(const Alert& alert) {
    std::vector<std::string> found;
    for (const Notice& one : alert.notices) {
      std::string written = std::string{name_of(one.step)} + '@' + text(one.told_at);
      if (one.held_until) written += (one.is_held ? "!" : ">") + text(*one.held_until);
      found.push_back(std::move(written));
    }
    return found;
  }

  documents::Documents documents_;
  sla::CalendarPool calendars_;
  Commands commands_;
  std::optional<Time> next_;
};

TEST_F(ResponseTest, WhoAcknowledgesHasItUntilItIsOver) {
  done(Deed::acknowledge, 12);
  done(Deed::acknowledge, 13);  // it is the same person's, or another's who takes it over: told once
  const Alert up = respond_to(missed(5, 10), 20);
  EXPECT_THAT(told(up), ElementsAre("warning@5", "breached@10", "acknowledged@12"));
  EXPECT_TRUE(up.is_acknowledged);
  EXPECT_THAT(up.notices[2].receivers, ElementsAre("ops"));
  EXPECT_EQ(up.notices[2].by, "user:ann");
  const Alert over = respond_to(missed(5, 10, 15), 20);
  EXPECT_THAT(told(over), ElementsAre("warning@5", "breached@10", "acknowledged@12", "ended@15"));
  EXPECT_FALSE(over.is_acknowledged);
}

TEST_F(ResponseTest, AnAcknowledgedWarningIsNoAcknowledgedBreach) {
  done(Deed::acknowledge, 6);
  EXPECT_TRUE(respond_to(missed(5, 10), 9).is_acknowledged);
  EXPECT_FALSE(respond_to(missed(5, 10), 10).is_acknowledged);
}

TEST_F(ResponseTest, WhatIsNotUpCannotBeTakenOn) {
  done(Deed::acknowledge, 4);
  done(Deed::resolve, 4);
  done(Deed::acknowledge, 16);
  EXPECT_THAT(told(respond_to(missed(5, 10, 15), 20)), ElementsAre("warning@5", "breached@10", "ended@15"));
}

TEST_F(ResponseTest, WhatIsResolvedIsOverUntilSomethingNewHappens) {
  done(Deed::resolve, 7);
  const Alert resolved = respond_to(missed(5, 10, 15), 8);
  EXPECT_THAT(told(resolved), ElementsAre("warning@5", "ended@7"));
  EXPECT_TRUE(resolved.is_over());
  EXPECT_THAT(told(respond_to(missed(5, 10, 15), 20)), ElementsAre("warning@5", "ended@7", "breached@10", "ended@15"));
  done(Deed::resolve, 12);
  EXPECT_THAT(told(respond_to(missed(5, 10, 15), 20)), ElementsAre("warning@5", "ended@7", "breached@10", "ended@12"));
}

TEST_F(ResponseTest, AResolveBeatsWhatIsAcknowledgedAtTheSameTime) {
  done(Deed::acknowledge, 12);
  done(Deed::resolve, 12);
  const Alert alert = respond_to(missed(5, 10), 20);
  EXPECT_TRUE(alert.is_over());
  EXPECT_FALSE(alert.is_acknowledged);
}

TEST_F(ResponseTest, ABreachIsEscalatedUntilSomebodyTakesItOn) {
  declare(documents::Kind::escalation, "p1", 0,
          R"({"steps": [{"notify": ["desk"], "after": "10m"}, {"notify": ["lead"], "after": "1h"}], "repeat": 1})");
  EXPECT_THAT(told(respond_to(missed(5, 10, {}, "p1"), 15)), ElementsAre("warning@5", "breached@10", "escalated@10"));
  EXPECT_EQ(next_, at(20));
  done(Deed::acknowledge, 19);
  const Alert taken = respond_to(missed(5, 10, 40, "p1"), 200);
  EXPECT_THAT(told(taken), ElementsAre("warning@5", "breached@10", "escalated@10", "acknowledged@19", "ended@40"));
  EXPECT_THAT(taken.notices[3].receivers, ElementsAre("ops", "desk"));
  EXPECT_THAT(taken.notices.back().receivers, ElementsAre("ops", "desk"));
}

TEST_F(ResponseTest, WhoTakesOnABreachAsItHappensHasItThoughTheyHadTheWarning) {
  declare(documents::Kind::escalation, "p1", 0,
          R"({"steps": [{"notify": ["desk"], "after": "10m"}, {"notify": ["lead"], "after": "1h"}]})");
  done(Deed::acknowledge, 6);
  done(Deed::acknowledge, 10);
  EXPECT_THAT(told(respond_to(missed(5, 10, {}, "p1"), 100)),
              ElementsAre("warning@5", "acknowledged@6", "breached@10", "acknowledged@10"));
}

TEST_F(ResponseTest, TheEscalationIsTheOneThatHeldWhenItBegan) {
  declare(documents::Kind::escalation, "p1", 0, R"({"steps": [{"notify": ["desk"], "after": "10m"}]})");
  declare(documents::Kind::escalation, "p1", 15, {});
  EXPECT_THAT(told(respond_to(missed(5, 10, {}, "p1"), 100)), ElementsAre("warning@5", "breached@10", "escalated@10"));
  EXPECT_THAT(told(respond_to(missed(5, 15, {}, "p1"), 100)), ElementsAre("warning@5", "breached@15"));
}

constexpr std::string_view of_metric = R"([{"label": "metric", "value": "m"}])";

TEST_F(ResponseTest, WhatIsSilencedIsToldWhenTheSilenceIsOver) {
  silence("s", 6, 30, std::string{of_metric});
  const Alert silenced = respond_to(missed(5, 10), 20);
  EXPECT_THAT(told(silenced), ElementsAre("warning@5!30", "breached@10!30"));
  EXPECT_EQ(silenced.silenced_until, at(30));
  EXPECT_EQ(next_, at(30));
  const Alert after = respond_to(missed(5, 10), 30);
  EXPECT_THAT(told(after), ElementsAre("warning@5", "breached@10>30"));
  EXPECT_EQ(after.silenced_until, std::nullopt);
}

TEST_F(ResponseTest, WhatEndsWhileItIsSilencedIsNeverTold) {
  silence("s", 6, 30, std::string{of_metric});
  EXPECT_THAT(told(respond_to(missed(5, 10, 20), 40)), ElementsAre("warning@5!30", "breached@10!30", "ended@20>30"));
}

TEST_F(ResponseTest, SilencesThatTouchAreOne) {
  silence("s", 6, 30, std::string{of_metric});
  silence("t", 7, 50, std::string{of_metric}, 30);
  EXPECT_THAT(told(respond_to(missed(5, 10), 20)), ElementsAre("warning@5!50", "breached@10!50"));
  EXPECT_THAT(told(respond_to(missed(5, 10, 45), 60)), ElementsAre("warning@5!50", "breached@10!50", "ended@45>50"));
}

TEST_F(ResponseTest, AWithdrawnSilenceEndsThere) {
  silence("s", 6, 30, std::string{of_metric});
  declare(documents::Kind::silence, "s", 20, {});
  EXPECT_THAT(told(respond_to(missed(5, 10), 19)), ElementsAre("warning@5!30", "breached@10!30"));
  EXPECT_THAT(told(respond_to(missed(5, 10), 20)), ElementsAre("warning@5", "breached@10>20"));
}

TEST_F(ResponseTest, ASilenceMeansOnlyWhatAllOfItsMatchersTake) {
  silence("s", 0, 60,
          R"([{"label": "metric", "op": "=~", "value": "m|n"}, {"label": "severity", "op": "!=", "value": "critical"},
                          {"label": "process", "op": "!~", "value": "sup"}])");
  EXPECT_THAT(told(respond_to(missed(5, 10), 20)), ElementsAre("warning@5!60", "breached@10"));
  silence("t", 0, 60, R"([{"label": "case", "value": "d"}])");
  EXPECT_THAT(told(respond_to(missed(5, 10), 20)), ElementsAre("warning@5!60", "breached@10"));
}

/// The ledger tells nobody of what is held, and tells it later as if it had happened only then.
TEST_F(ResponseTest, NobodyIsToldOfWhatIsHeld) {
  silence("s", 0, 30, std::string{of_metric});
  const Subject subject{"w", "support", "c"};
  EXPECT_THAT(next_announcements(subject, {}, std::vector{respond_to(missed(5, 10), 20)}, Time::min()), IsEmpty());
  const auto next = next_announcements(subject, {}, std::vector{respond_to(missed(5, 10), 30)}, Time::min());
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next.front().telling.notice, "sla/p/m/1/warning/percent:50#1");
  EXPECT_EQ(next.front().progress.due, at(30));
}

TEST_F(ResponseTest, WhoWasNotToldHearsNothingOfAnAcknowledgement) {
  done(Deed::acknowledge, 6);
  const Subject subject{"w", "support", "c"};
  Alert alert = respond_to(missed(5, 10), 8);
  alert.notices.front().is_held = true;
  EXPECT_THAT(next_announcements(subject, {}, std::vector{alert}, Time::min()), IsEmpty());
}

/// Whatever was declared and done, when: notices ascend, an end is followed only by news, and what is known at a time
/// is what was known of it later (but for what is held).
TEST_F(ResponseTest, RandomHistoriesAreInOrderAndStandByWhatTheySaid) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    std::mt19937_64 random{seed};
    const auto minute = [&](int least, int most) {
      return least + static_cast<int>(random() % static_cast<std::uint64_t>(most - least + 1));
    };
    documents_ = {};
    commands_ = {};
    declare(documents::Kind::escalation, "p1", minute(0, 10),
            R"({"steps": [{"notify": ["desk"], "after": "7m"}, {"notify": ["lead"], "after": "5m"}], "repeat": 2)" +
                std::string{random() % 2 == 0 ? R"(, "ack_timeout": "9m"})" : "}"});
    const int warned = minute(1, 20), breached = minute(warned, 40);
    const std::optional<int> ended = random() % 2 == 0 ? std::optional{minute(breached, 90)} : std::nullopt;
    std::vector<int> times;
    for (std::size_t i = random() % 6; i > 0; --i) times.push_back(minute(0, 90));
    std::sort(times.begin(), times.end());
    for (const int time : times) done(random() % 3 == 0 ? Deed::resolve : Deed::acknowledge, time);
    for (std::size_t i = random() % 3; i > 0; --i) {
      const int from = minute(0, 60);
      silence("s" + std::to_string(i), from, from + minute(1, 30), std::string{of_metric});
    }
    const Alert last = respond_to(missed(warned, breached, ended, "p1"), 100);
    for (std::size_t i = 1; i < last.notices.size(); ++i) {
      const Notice &before = last.notices[i - 1], &one = last.notices[i];
      ASSERT_LE(before.told_at, one.told_at) << seed;
      ASSERT_TRUE(before.step != Step::ended || one.is_news()) << seed;
    }
    // As it is seen on the way: commands that come later are not known yet.
    const Commands all = commands_;
    for (int now = warned; now < 100; now += minute(1, 9)) {
      commands_ = {};
      for (const Done& one : all.all()) {
        if (one.at <= at(now)) commands_.take({one.deed, "support", "c", one.alert, one.by, "", one.at}, one.at);
      }
      const Alert then = respond_to(missed(warned, breached, ended, "p1"), now);
      std::vector<std::string> known, later;
      for (const Notice& one : then.notices) known.push_back(one.text() + text(one.told_at));
      for (const Notice& one : last.notices) {
        if (one.told_at <= at(now)) later.push_back(one.text() + text(one.told_at));
      }
      ASSERT_EQ(known, later) << seed << " at " << now;
    }
  }
}

}  // namespace
}  // namespace weir::alerts
