// What is observed of a threshold becomes alerts and what is to be told of them: once, however records are batched and
// however often a state is made again from them.
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/codec/timestamp.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/alerts/command.hpp"
#include "stream/documents/documents.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/task.hpp"
#include "stream/runtime/threshold_book.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"

namespace weir::runtime {
namespace {

using namespace support;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Time at(int minute) { return Time{std::chrono::hours{400'000} + minutes{minute}}; }

constexpr std::string_view many_run = R"({"process": "p0", "measure": "running", "op": "gt", "value": 10, "for": "5m",
                                          "severity": "critical", "title": "Too many run", "notify": ["ops"]})";

log::Record document(int minute, std::optional<std::string_view> body) {
  documents::Change change{documents::Kind::threshold, "many", {at(minute), {}}};
  if (body) change.version.body = std::string{*body};
  return {log::Kind::document, documents::encode(change)};
}
log::Record tick(int minute) { return {log::Kind::tick, encode(Tick{to_micros(at(minute))})}; }
log::Record observed(std::uint64_t number, int minute, double value, int version = 0) {
  return {log::Kind::observation, thresholds::encode({"many", at(version), number, at(minute), value})};
}

/// The partition of the threshold.
class ThresholdTask {
 public:
  ThresholdTask() {
    TaskOptions options;
    options.on_announced = [this](const std::string&, const std::string& target) { announced.push_back(target); };
    options.on_recorded = [this](const Hash128&, bool counts) { recorded.push_back(counts); };
    auto opened = Task::open(store_, operators_, test_fingerprint, options);
    EXPECT_TRUE(opened.ok());
    task_ = std::move(*opened);
  }
  /// In commits of so many.
  void take(const std::vector<log::Record>& records, std::size_t at_once = 100) {
    for (std::size_t i = 0; i < records.size(); i += at_once) {
      const std::size_t end = std::min(i + at_once, records.size());
      std::vector<log::Record> some(records.begin() + static_cast<std::ptrdiff_t>(i),
                                    records.begin() + static_cast<std::ptrdiff_t>(end));
      const FakeBlock block{next_, History::first_time, std::move(some)};
      ASSERT_TRUE(task_->process("w", block).ok());
      ASSERT_TRUE(task_->commit().ok());
      next_ += end - i;
    }
  }
  std::vector<ListedAlert> alerts(bool are_over) const {
    std::vector<ListedAlert> found;
    each(scope_.alerts(are_over), [&](std::string_view value) { found.push_back(*decode_listed_alert(value)); });
    return found;
  }
  std::vector<OutboxRow> outbox() const {
    std::vector<OutboxRow> found;
    each(scope_.outboxes(), [&](std::string_view value) { found.push_back(*decode_outbox_row(value)); });
    return found;
  }
  std::optional<Time> next_due() const { return task_->next_due("w"); }
  /// The whole state.
  std::map<std::string, std::string> rows() const {
    std::map<std::string, std::string> found;
    EXPECT_TRUE(store_
                    .scan({}, {},
                          [&](std::string_view key, std::string_view value) {
                            found.emplace(key, value);
                            return true;
                          })
                    .ok());
    return found;
  }

  std::vector<std::string> announced;
  std::vector<bool> recorded;

 private:
  void each(const std::string& prefix, const std::function<void(std::string_view)>& take) const {
    EXPECT_TRUE(store_
                    .scan(prefix, store::end_of_prefix(prefix),
                          [&](std::string_view, std::string_view value) {
                            take(value);
                            return true;
                          })
                    .ok());
  }

  format::Scope scope_{"w"};
  dataflow::Operators operators_ = operators::all();
  memory::MemoryStore store_;
  std::unique_ptr<Task> task_;
  std::uint64_t next_ = 0;
};

log::Record told(const OutboxRow& row, alerts::Delivery::Event event) {
  alerts::Delivery delivery;
  delivery.event = event;
  delivery.process = row.process;
  delivery.case_id = row.case_id;
  delivery.telling = row.announcement.telling;
  delivery.attempt = 1;
  delivery.effect = row.announcement.effect;
  delivery.outcome = effects::Outcome::delivered;
  delivery.progress.attempts = 1;
  return {log::Kind::delivery, alerts::encode(delivery)};
}

std::vector<log::Record> up() { return {document(0, many_run), tick(1), observed(1, 2, 11), observed(2, 7, 12)}; }

effects::Effect effect_of(const OutboxRow& row) { return *effects::decode_effect(row.announcement.effect); }

TEST(Thresholds, AnAlertIsListedAndToBeTold) {
  ThresholdTask task;
  task.take({document(0, many_run), tick(1), observed(1, 2, 11)});
  EXPECT_THAT(task.alerts(false), IsEmpty());
  EXPECT_THAT(task.announced, IsEmpty());
  task.take({observed(2, 7, 12)});
  ASSERT_THAT(task.alerts(false), SizeIs(1));
  const ListedAlert alert = task.alerts(false).front();
  EXPECT_EQ(alert.name.text(), "threshold/many/1");
  EXPECT_EQ((std::pair{alert.process, alert.case_id}), (std::pair<std::string, std::string>{"p0", ""}));
  EXPECT_EQ((std::pair{alert.began, alert.since}), (std::pair{at(2), at(7)}));
  EXPECT_EQ(alert.severity, effects::Severity::critical);
  ASSERT_THAT(task.outbox(), SizeIs(1));
  const effects::Effect effect = effect_of(task.outbox().front());
  EXPECT_EQ(effect.title, "p0: Too many run");
  EXPECT_EQ(effect.summary, "running in p0 is over 10: 12");
  EXPECT_EQ(effect.type, "threshold.fired");
  EXPECT_EQ(effect.action, effects::Action::trigger);
  EXPECT_EQ(effects::fault_of(effect), "");
  EXPECT_THAT(effect.data, testing::HasSubstr(R"("process":"p0","threshold":"many")"));
  EXPECT_THAT(task.announced, ElementsAre("ops"));
}

TEST(Thresholds, WhatWasToldIsToldOnceAndItsEndToo) {
  ThresholdTask task;
  task.take(up());
  const OutboxRow fired = task.outbox().front();
  using enum alerts::Delivery::Event;
  task.take({told(fired, begun), told(fired, begun), told(fired, ended)});
  EXPECT_THAT(task.recorded, ElementsAre(true, false, true)) << "of two who begin one alone may send";
  EXPECT_THAT(task.outbox(), IsEmpty());
  task.take({observed(3, 9, 3)});
  EXPECT_THAT(task.alerts(false), IsEmpty());
  ASSERT_THAT(task.alerts(true), SizeIs(1));
  EXPECT_EQ(task.alerts(true).front().ended_at, at(9));
  ASSERT_THAT(task.outbox(), SizeIs(1));
  const OutboxRow over = task.outbox().front();
  EXPECT_EQ(effect_of(over).action, effects::Action::resolve);
  EXPECT_EQ(effect_of(over).key, effect_of(fired).key) << "of one incident";
  EXPECT_EQ(effect_of(over).title, "p0: threshold many is quiet again");
  task.take({told(over, begun), told(over, ended), observed(4, 10, 11), observed(5, 15, 11)});
  ASSERT_THAT(task.outbox(), SizeIs(1));
  EXPECT_EQ(task.outbox().front().announcement.alert, "threshold/many/2");
  EXPECT_NE(effect_of(task.outbox().front()).key, effect_of(fired).key);
}

TEST(Thresholds, TheEndOfWhatNobodyHeardOfIsNotTold) {
  ThresholdTask task;
  task.take(up());
  task.take({observed(3, 9, 3)});
  EXPECT_THAT(task.outbox(), SizeIs(1)) << "that it was so is";
  using enum alerts::Delivery::Event;
  const OutboxRow fired = task.outbox().front();
  EXPECT_EQ(effect_of(fired).type, "threshold.fired");
  ThresholdTask silent;
  std::string quiet{many_run};
  quiet.replace(quiet.find(R"(["ops"])"), 7, "[]");
  silent.take({document(0, quiet), tick(1), observed(1, 2, 11), observed(2, 7, 12), observed(3, 9, 3)});
  EXPECT_THAT(silent.outbox(), IsEmpty());
  EXPECT_THAT(silent.alerts(true), SizeIs(1));
}

/// A zombie, or a node whose record arrives twice.
TEST(Thresholds, OfTwoWhoObserveTheFirstCounts) {
  ThresholdTask task;
  task.take(up());
  const auto before = task.alerts(false);
  task.take({observed(2, 8, 3), observed(1, 8, 3), observed(4, 8, 3)});
  EXPECT_EQ(task.alerts(false), before);
}

TEST(Thresholds, WhatWasObservedUnderAnotherVersionDoesNotCount) {
  ThresholdTask task;
  task.take({document(0, many_run), tick(1), observed(1, 2, 11), document(3, many_run), tick(4), observed(2, 7, 12)});
  EXPECT_THAT(task.alerts(false), IsEmpty());
  task.take({observed(2, 7, 12, 3)});
  EXPECT_THAT(task.alerts(false), SizeIs(1));
}

TEST(Thresholds, AWithdrawnOneEndsItsAlert) {
  ThresholdTask task;
  task.take(up());
  task.take({document(8, std::nullopt)});
  EXPECT_THAT(task.alerts(false), SizeIs(1)) << "a version holds from the tick on that reaches its time";
  task.take({tick(9), observed(3, 9, 12), observed(4, 9, 12)});
  EXPECT_THAT(task.alerts(false), IsEmpty());
  ASSERT_THAT(task.alerts(true), SizeIs(1));
  EXPECT_EQ(task.alerts(true).front().ended_at, at(8));
}

/// However the records are cut into commits, and whoever takes them: the same state, and so nothing told twice.
TEST(Thresholds, AStateMadeAgainIsTheSame) {
  std::vector<log::Record> records = up();
  ThresholdTask whole;
  whole.take(records);
  using enum alerts::Delivery::Event;
  const OutboxRow fired = whole.outbox().front();
  const std::vector<log::Record> more{told(fired, begun), observed(3, 9, 3), told(fired, ended), observed(4, 10, 11),
                                      observed(5, 15, 12)};
  whole.take(more);
  records.insert(records.end(), more.begin(), more.end());
  ASSERT_THAT(whole.outbox(), SizeIs(2)) << "the end of the first, and the second";
  for (const std::size_t at_once : {1, 2, 3, 4, 5, 6, 7, 8, 9}) {
    ThresholdTask again;
    again.take(records, at_once);
    EXPECT_EQ(again.rows(), whole.rows()) << at_once;
  }
}

/// What is not kept any more is not taken back either.
TEST(Thresholds, OldEpisodesGoWithoutAWord) {
  ThresholdTask task;
  std::string at_once{many_run};
  at_once.replace(at_once.find("5m"), 2, "0s");
  task.take({document(0, at_once), tick(1)});
  using enum alerts::Delivery::Event;
  std::uint64_t number = 0;
  OutboxRow first;
  for (int i = 0; i < static_cast<int>(thresholds::Standing::episodes_max) + 5; ++i) {
    task.take({observed(++number, 10 + 2 * i, 11)});
    ASSERT_THAT(task.outbox(), SizeIs(1)) << i;
    const OutboxRow fired = task.outbox().front();
    if (i == 0) first = fired;
    task.take({told(fired, begun), told(fired, ended), observed(++number, 11 + 2 * i, 1)});
    ASSERT_THAT(task.outbox(), SizeIs(1)) << i;
    const OutboxRow over = task.outbox().front();
    task.take({told(over, begun), told(over, ended)});
    ASSERT_THAT(task.outbox(), IsEmpty()) << i;
  }
  EXPECT_THAT(task.alerts(true), SizeIs(thresholds::Standing::episodes_max));
  task.recorded.clear();
  task.take({told(first, begun)});
  EXPECT_THAT(task.recorded, ElementsAre(false));
  EXPECT_THAT(task.outbox(), IsEmpty());
}

log::Record done(alerts::Deed deed, int minute, std::uint64_t number = 1) {
  const std::string alert = "threshold/many/" + std::to_string(number);
  return {log::Kind::command, alerts::encode(alerts::Command{deed, {}, {}, alert, "user:ann", "on it", at(minute)})};
}

log::Record declared(documents::Kind kind, int minute, std::optional<std::string> body) {
  return {log::Kind::document, documents::encode({kind, "d", {at(minute), std::move(body), {}}})};
}

TEST(Thresholds, SomebodyHasOneInHandOrResolvesIt) {
  ThresholdTask task;
  task.take(up());
  const OutboxRow fired = task.outbox().front();
  using enum alerts::Delivery::Event;
  task.take({told(fired, begun), told(fired, ended), done(alerts::Deed::acknowledge, 3)});
  EXPECT_TRUE(task.alerts(false).front().is_acknowledged) << "by a clock that goes behind, too";
  ASSERT_THAT(task.outbox(), SizeIs(1));
  EXPECT_EQ(effect_of(task.outbox().front()).action, effects::Action::acknowledge);
  task.take({done(alerts::Deed::resolve, 9), done(alerts::Deed::resolve, 9, 2)});
  EXPECT_THAT(task.alerts(false), IsEmpty());
  EXPECT_EQ(task.alerts(true).front().ended_at, at(9));
  task.take({observed(3, 12, 3), observed(4, 13, 11), observed(5, 18, 11)});
  EXPECT_EQ(task.alerts(true).front().ended_at, at(9)) << "it is over since then";
  EXPECT_EQ(task.alerts(false).front().name.number, 2U);
}

TEST(Thresholds, ASilencedOneIsToldWhenItsSilenceIsOver) {
  ThresholdTask task;
  const std::string silence =
      R"({"matchers": [{"label": "source", "value": "threshold"}, {"label": "process", "value": "p0"}], "ends_at": ")" +
      to_rfc3339(at(30)) + "\"}";
  task.take({declared(documents::Kind::silence, 0, silence)});
  task.take(up());
  EXPECT_THAT(task.outbox(), IsEmpty());
  EXPECT_EQ(task.alerts(false).front().silenced_until, at(30));
  EXPECT_EQ(task.next_due(), at(30));
  task.take({tick(30)});
  EXPECT_THAT(task.outbox(), SizeIs(1));
  EXPECT_EQ(task.alerts(false).front().silenced_until, std::nullopt);
  EXPECT_EQ(task.next_due(), std::nullopt);
}

TEST(Thresholds, ASilenceThatIsWithdrawnReachesThoseThatAreUp) {
  ThresholdTask task;
  const std::string silence =
      R"({"matchers": [{"label": "name", "value": "many"}], "ends_at": ")" + to_rfc3339(at(300)) + "\"}";
  task.take({declared(documents::Kind::silence, 0, silence)});
  task.take(up());
  EXPECT_THAT(task.outbox(), IsEmpty());
  task.take({declared(documents::Kind::silence, 8, std::nullopt), tick(9)});
  EXPECT_THAT(task.outbox(), SizeIs(1));
}

TEST(Thresholds, OneThatNobodyTakesOnIsEscalated) {
  ThresholdTask task;
  std::string escalated{many_run};
  escalated.replace(escalated.find(R"(["ops"])"), 7, R"(["ops"], "escalate": "d")");
  task.take({declared(documents::Kind::escalation, 0, R"({"steps": [{"notify": ["desk"], "after": "10m"},
                                                                    {"notify": ["lead"], "after": "5m"}]})"),
             document(0, escalated), tick(1), observed(1, 2, 11), observed(2, 7, 12)});
  const auto targets = [&] {
    std::vector<std::string> all;
    for (const OutboxRow& row : task.outbox()) all.push_back(row.announcement.telling.target);
    return all;
  };
  EXPECT_THAT(targets(), ElementsAre("desk", "ops"));
  EXPECT_EQ(task.next_due(), at(17));
  task.take({tick(17)});
  EXPECT_THAT(targets(), ElementsAre("desk", "lead", "ops"));
}

}  // namespace
}  // namespace weir::runtime
