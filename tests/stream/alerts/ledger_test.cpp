#include "stream/alerts/ledger.hpp"

#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::alerts {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view promised = R"({
  "notify": ["ops"],
  "metrics": {"resolution": {"start": {"path": "activity", "op": "eq", "value": "opened"},
                             "stop": {"path": "activity", "op": "eq", "value": "solved"}, "reopening": "resume"}},
  "targets": [{"name": "gold", "when": {"path": "case.attr.tier", "op": "eq", "value": "gold"},
               "notify": ["ops", "lead"], "promises": {"resolution": "10m"}, "warnings": [{"percent": 50}]},
              {"name": "others", "promises": {"resolution": "10m"}, "warnings": [{"percent": 50}]}]})";

Time at(int minute) { return Time{std::chrono::hours{24 * 20'000} + minutes{minute}}; }

Event event(int minute, std::string activity, bool is_gold = false) {
  Event made;
  made.case_id = "c";
  made.activity = std::move(activity);
  made.timestamp = at(minute);
  if (is_gold) made.attributes = {{"tier", "\"gold\""}};
  return made;
}

sla::Judge judge_of(std::string_view text) {
  std::optional<sla::Policy> policy;
  const auto faults = read_document(text, [&](const DocumentNode& node) { policy = sla::read_policy(node); });
  EXPECT_TRUE(faults && faults->empty());
  return sla::Judge{sla::for_all_time(*policy), {}};
}

/// A case, its ledger, and who tells what it says.
class LedgerTest : public testing::Test {
 protected:
  std::vector<Alert> alerts(int now) const {
    std::vector<Alert> found;
    for (const sla::Verdict& verdict : judge_.verdicts(events_, at(now))) {
      add_alerts("p", judge_.timeline(), verdict, found);
    }
    return found;
  }
  std::vector<Announcement> next(int now, Time quiet_until = Time::min()) const {
    return next_announcements(subject_, ledger_, alerts(now), quiet_until);
  }
  static effects::Effect effect(const Announcement& one) { return *effects::decode_effect(one.effect); }

  Delivery begun(const Announcement& one, std::uint32_t attempt = 1) {
    Delivery delivery;
    delivery.telling = one.telling;
    delivery.attempt = attempt;
    delivery.sender = {++drawn_, 0};
    delivery.progress = one.progress;
    if (attempt == 1) delivery.effect = one.effect;
    return delivery;
  }
  Delivery ended(const Announcement& one, effects::Outcome outcome, std::uint32_t attempt = 1) {
    Delivery delivery = begun(one, attempt);
    delivery.event = Delivery::Event::ended;
    delivery.outcome = outcome;
    delivery.progress.attempts = attempt;
    delivery.effect.clear();
    return delivery;
  }
  /// -> the titles of what was told, in order.
  std::vector<std::string> tell_all(int now, Time quiet_until = Time::min()) {
    std::vector<std::string> titles;
    for (auto waiting = next(now, quiet_until); !waiting.empty(); waiting = next(now, quiet_until)) {
      const Announcement& one = waiting.front();
      titles.push_back(one.telling.target + ": " + effect(one).title);
      EXPECT_TRUE(ledger_.take(begun(one), offset_++));
      EXPECT_TRUE(ledger_.take(ended(one, effects::Outcome::delivered), offset_++));
    }
    return titles;
  }

  const Subject subject_{"w", "support", "c"};
  sla::Judge judge_ = judge_of(promised);
  std::vector<Event> events_;
  Ledger ledger_;
  std::uint64_t drawn_ = 0;
  std::uint64_t offset_ = 0;
};

TEST_F(LedgerTest, EachThingIsToldOnceAndInItsOrder) {
  events_ = {event(0, "opened")};
  EXPECT_THAT(tell_all(4), IsEmpty());
  EXPECT_THAT(tell_all(5), ElementsAre("ops: support c: resolution is about to be breached"));
  EXPECT_THAT(tell_all(6), IsEmpty());
  EXPECT_THAT(tell_all(10), ElementsAre("ops: support c: resolution is breached"));
  events_.push_back(event(12, "solved"));
  EXPECT_THAT(tell_all(13), ElementsAre("ops: support c: resolution was met late"));
  EXPECT_THAT(tell_all(99), IsEmpty());
}

TEST_F(LedgerTest, WhatNobodyCouldTellIsToldInItsOrderLater) {
  events_ = {event(0, "opened"), event(12, "solved")};
  EXPECT_THAT(tell_all(60),
              ElementsAre("ops: support c: resolution is about to be breached",
                          "ops: support c: resolution is breached", "ops: support c: resolution was met late"));
}

TEST_F(LedgerTest, ReceiversKeepOneIncidentWithAllThatIsToldOfIt) {
  events_ = {event(0, "opened")};
  const auto warned = effect(next(5).front());
  tell_all(5);
  const auto breached = effect(next(10).front());
  EXPECT_EQ(warned.key, breached.key);
  EXPECT_NE(warned.id, breached.id);
  EXPECT_EQ(breached.severity, effects::Severity::critical);
  EXPECT_EQ(breached.action, effects::Action::trigger);
  EXPECT_EQ(breached.type, "sla.breached");
  EXPECT_EQ(effects::fault_of(breached), "");
  tell_all(10);
  events_.push_back(event(12, "solved"));
  const auto over = effect(next(12).front());
  EXPECT_EQ(over.key, warned.key);
  EXPECT_EQ(over.action, effects::Action::resolve);
}

TEST_F(LedgerTest, ALateEventIsFollowedByACorrectionThatNamesWhatWasTold) {
  events_ = {event(0, "opened")};
  const auto first = [&] {
    tell_all(5);
    return effect(next(10).front());
  }();
  tell_all(10);
  events_.push_back(event(4, "solved"));
  const auto corrections = next(11);
  ASSERT_THAT(corrections, SizeIs(1));
  EXPECT_EQ(corrections.front().telling.revision, 1u);
  EXPECT_FALSE(corrections.front().telling.stands);
  EXPECT_EQ(tell_all(11), (std::vector<std::string>{"ops: support c: resolution is not about to be breached after all",
                                                    "ops: support c: resolution is not breached after all"}));
  EXPECT_THAT(tell_all(99), IsEmpty());
  events_ = {event(0, "opened")};  // its upload was withdrawn
  tell_all(5);
  const auto again = effect(next(10).front());
  EXPECT_EQ(again.type, "sla.corrected");
  EXPECT_NE(again.id, first.id);
  EXPECT_EQ(again.key, first.key);
  EXPECT_NE(again.data.find("\"corrects\":\"" + first.id), std::string::npos) << again.data;
  EXPECT_NE(again.data.find("\"revision\":2"), std::string::npos) << again.data;
}

TEST_F(LedgerTest, AnotherTimeOfABreachIsACorrectionToo) {
  events_ = {event(3, "opened")};
  tell_all(13);
  events_ = {event(1, "opened"), event(3, "noted")};
  const auto corrections = next(13);
  ASSERT_THAT(corrections, SizeIs(1));
  EXPECT_TRUE(corrections.front().telling.stands);
  tell_all(13);
  EXPECT_EQ(ledger_.find("sla/p/resolution/1/breached", "ops")->telling.at, at(11));
}

TEST_F(LedgerTest, OfASegmentOthersHear) {
  events_ = {event(0, "opened", true)};
  EXPECT_THAT(tell_all(5), ElementsAre("lead: support c: resolution is about to be breached",
                                       "ops: support c: resolution is about to be breached"));
}

TEST_F(LedgerTest, WhatWasDueBeforeAnUploadBeganIsNotToldAndCorrectionsAre) {
  events_ = {event(0, "opened")};
  EXPECT_THAT(tell_all(20, at(7)), ElementsAre("ops: support c: resolution is breached"));
  events_ = {event(0, "opened"), event(2, "solved")};
  EXPECT_THAT(tell_all(20, at(20)), ElementsAre("ops: support c: resolution is not breached after all"));
}

TEST_F(LedgerTest, NothingNewIsToldWhileAnUploadGoesOn) {
  events_ = {event(0, "opened")};
  EXPECT_THAT(next(20, Time::max()), IsEmpty());
  const auto one = next(20).front();
  EXPECT_TRUE(ledger_.take(begun(one), 0));
  EXPECT_THAT(next(20, Time::max()), SizeIs(1));  // what was begun is ended
}

TEST_F(LedgerTest, TheEndOfWhatNobodyHeardOfIsNotTold) {
  events_ = {event(0, "opened"), event(12, "solved")};
  EXPECT_THAT(tell_all(20, at(11)), IsEmpty());
}

TEST_F(LedgerTest, OfTwoWhoBeginTheFirstMaySend) {
  events_ = {event(0, "opened")};
  const auto one = next(5).front();
  EXPECT_TRUE(ledger_.take(begun(one), 0));
  EXPECT_FALSE(ledger_.take(begun(one), 1));
  EXPECT_TRUE(ledger_.take(begun(one, 2), 2));  // the first died
  EXPECT_FALSE(ledger_.take(ended(one, effects::Outcome::again, 1), 3));
  EXPECT_TRUE(ledger_.take(ended(one, effects::Outcome::delivered, 1), 4));  // but had come through
  EXPECT_FALSE(ledger_.take(ended(one, effects::Outcome::delivered, 2), 5));
  EXPECT_FALSE(ledger_.take(begun(one), 6));
  EXPECT_THAT(next(5), IsEmpty());
}

TEST_F(LedgerTest, WhatIsUnderWayStaysAsItWasBegun) {
  events_ = {event(0, "opened")};
  const auto one = next(10).front();
  EXPECT_TRUE(ledger_.take(begun(one), 0));
  events_.push_back(event(2, "solved"));
  ASSERT_THAT(next(11), SizeIs(1));
  EXPECT_EQ(next(11).front().effect, one.effect);
  EXPECT_EQ(next(11).front().telling, one.telling);
  EXPECT_TRUE(ledger_.take(ended(one, effects::Outcome::refused), 1));
  EXPECT_FALSE(next(11).front().telling.stands);
}

TEST_F(LedgerTest, WithoutAnAttemptItCanEndTooOrBeLeftForLater) {
  events_ = {event(0, "opened")};
  const auto one = next(5).front();
  Delivery later = ended(one, effects::Outcome::again, 0);
  later.effect = one.effect;
  later.progress = {0, at(5), at(8), {}};
  EXPECT_TRUE(ledger_.take(later, 0));
  EXPECT_EQ(next(5).front().progress.due, at(8));
  EXPECT_TRUE(ledger_.take(begun(one, 1), 1));
  EXPECT_TRUE(ledger_.take(ended(one, effects::Outcome::delivered, 1), 2));
  EXPECT_THAT(ledger_.all().front().records, ElementsAre(RecordPlace{Time{}, 2}));
}

TEST_F(LedgerTest, AnEndWithoutItsBeginDoesNotCount) {
  events_ = {event(0, "opened")};
  EXPECT_FALSE(ledger_.take(ended(next(5).front(), effects::Outcome::delivered), 0));
}

/// Whatever happens to a case, and however often who tells it dies or is not alone: in the end each target was told how
/// it is, nothing was told as two, and the same records make the same ledger.
TEST_F(LedgerTest, InRandomHistoriesEachTargetIsToldOnceHowItIs) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random{seed};
    Ledger rebuilt;
    ledger_ = {};
    events_.clear();
    std::set<std::string> sent;
    const auto take = [&](const Delivery& delivery) {
      const bool counts = ledger_.take(delivery, offset_);
      EXPECT_EQ(rebuilt.take(delivery, offset_++), counts);
      return counts;
    };
    const auto send_one = [&](int now) {
      const auto waiting = next(now);
      if (waiting.empty()) return false;
      const Announcement& one = waiting[random() % waiting.size()];
      const std::uint32_t attempt = one.progress.attempts + 1;
      const bool wins = take(begun(one, attempt));
      EXPECT_TRUE(wins);
      if (random() % 3 == 0) {
        EXPECT_FALSE(take(begun(one, attempt)));
      }
      if (random() % 4 == 0) return true;  // it died before it sent anything
      const bool is_first = sent.insert(effect(one).id + one.telling.target).second;
      EXPECT_TRUE(is_first || attempt > 1) << seed;
      if (random() % 4 == 0) return true;  // it died before it could say so
      take(ended(one, static_cast<effects::Outcome>(random() % 4), attempt));
      return true;
    };
    int now = 0;
    for (int step = 0; step < 40; ++step) {
      now += static_cast<int>(random() % 6);
      const auto minute = static_cast<int>(random() % static_cast<unsigned>(now + 1));
      if (random() % 3 == 0) events_.push_back(event(minute, random() % 2 == 0 ? "opened" : "solved"));
      if (!events_.empty() && random() % 8 == 0) events_.erase(events_.begin());
      send_one(now);
    }
    for (int left = 0; send_one(now); ++left) ASSERT_LT(left, 1000) << seed;
    EXPECT_EQ(encode(rebuilt), encode(ledger_)) << seed;
    EXPECT_EQ(encode(*decode_ledger(encode(ledger_))), encode(ledger_));
    std::map<std::string, Time> is_so;
    for (const Alert& alert : alerts(now)) {
      for (const Notice& notice : alert.notices) is_so[alert.name.text() + '/' + notice.text()] = notice.at;
    }
    for (const Told& told : ledger_.all()) {
      EXPECT_EQ(told.telling.stands, is_so.contains(told.telling.notice)) << seed << ' ' << told.telling.notice;
      if (!told.telling.stands) continue;
      EXPECT_EQ(told.telling.at, is_so[told.telling.notice]) << seed;
    }
    for (const auto& [notice, time] : is_so) EXPECT_NE(ledger_.find(notice, "ops"), nullptr) << seed << ' ' << notice;
  }
}

rules::Firing fired(int minute, std::optional<int> until = {}, std::string rule = "r") {
  rules::Firing firing;
  firing.rule = std::move(rule);
  firing.at = at(minute);
  firing.trigger.event = {"s", std::to_string(minute)};
  if (until) firing.keeps_until = at(*until);
  firing.deeds = {{rules::ActionKind::alert, rules::Severity::error, "it burns", "", {"ops"}, {}, 0}};
  return firing;
}

std::vector<Alert> alerts_of(const std::vector<rules::Firing>& firings, int now, std::optional<Time>* next = nullptr) {
  std::vector<Alert> alerts;
  const auto ends = add_alerts(firings, {}, at(now), alerts);
  if (next != nullptr) *next = ends;
  return alerts;
}

std::vector<std::string> names(const std::vector<Alert>& alerts) {
  std::vector<std::string> found;
  for (const Alert& alert : alerts) {
    std::string name = alert.name.text() + ':';
    for (const Notice& notice : alert.notices) name.append(" ").append(name_of(notice.step));
    found.push_back(std::move(name));
  }
  return found;
}

TEST(RuleAlerts, AFiringWhileAnAlertIsUpIsAnotherNoticeOfIt) {
  std::optional<Time> next;
  EXPECT_THAT(names(alerts_of({fired(1, 5), fired(3, 7)}, 4, &next)), ElementsAre("rule/r/1: fired fired"));
  EXPECT_EQ(next, at(7));
  EXPECT_THAT(names(alerts_of({fired(1, 5), fired(3, 7)}, 7, &next)), ElementsAre("rule/r/1: fired fired ended"));
  EXPECT_EQ(next, std::nullopt);
  EXPECT_THAT(names(alerts_of({fired(1, 5), fired(5, 9)}, 8, &next)),
              ElementsAre("rule/r/1: fired ended", "rule/r/2: fired"));
}

TEST(RuleAlerts, WithoutAnEndItStaysUp) {
  std::optional<Time> next;
  EXPECT_THAT(names(alerts_of({fired(1), fired(300)}, 10'000, &next)), ElementsAre("rule/r/1: fired fired"));
  EXPECT_EQ(next, std::nullopt);
}

TEST(RuleAlerts, WhatIsOnlySaidIsNoAlertAndADryRunSaysNothing) {
  auto said = fired(1, 5);
  said.deeds.front().kind = rules::ActionKind::notify;
  auto dry = fired(2, 5, "other");
  dry.dry_run = true;
  const auto alerts = alerts_of({said, dry}, 10);
  EXPECT_THAT(names(alerts), ElementsAre("rule/r/0: fired"));
  EXPECT_FALSE(alerts.front().is_listed());
  const auto next = next_announcements({"w", "p", "c"}, {}, alerts, Time::min());
  ASSERT_THAT(next, SizeIs(1));
  const auto effect = *effects::decode_effect(next.front().effect);
  EXPECT_EQ(effect.action, effects::Action::none);
  EXPECT_EQ(effect.title, "p c: it burns");
  EXPECT_EQ(effect.severity, effects::Severity::error);
  EXPECT_EQ(effects::fault_of(effect), "");
}

}  // namespace
}  // namespace weir::alerts
