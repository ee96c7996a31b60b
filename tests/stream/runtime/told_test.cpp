// What was told of a case stays with it, goes with it where it is erased, and is taken back where it was not so.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "stream/alerts/command.hpp"
#include "stream/alerts/delivery.hpp"
#include "stream/documents/document.hpp"
#include "stream/operators/operators.hpp"
#include "stream/runtime/case_alerts.hpp"
#include "stream/runtime/task.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"

namespace weir::runtime {
namespace {

using namespace support;

constexpr std::int64_t minute = 60'000'000, begin = 60 * minute * 400'000;

/// A partition whose kinds of rows are looked at.
class ToldTask {
 public:
  ToldTask() {
    auto opened = Task::open(store_, operators_, test_fingerprint, {});
    EXPECT_TRUE(opened.ok());
    task_ = std::move(*opened);
  }
  /// Committed.
  void take(std::vector<log::Record> records) {
    const std::size_t count = records.size();
    const FakeBlock block{next_, History::first_time, std::move(records)};
    ASSERT_TRUE(task_->process("w", block).ok());
    next_ += count;
    ASSERT_TRUE(task_->commit().ok());
  }
  void sweep() {
    while (task_->has_sweeps()) ASSERT_TRUE(task_->advance_sweeps().ok());
  }
  /// How many rows there are of each kind.
  std::map<char, int> rows() const {
    std::map<char, int> found;
    const auto scanned = store_.scan({}, {}, [&](std::string_view key, std::string_view) {
      ++found[key[2]];  // w NUL kind
      return true;
    });
    EXPECT_TRUE(scanned.ok());
    return found;
  }
  /// The one that is listed.
  ListedAlert alert() const {
    ListedAlert found;
    const format::Scope scope{"w"};
    for (const bool is_over : {false, true}) {
      const std::string prefix = scope.alerts(is_over);
      const auto scanned =
          store_.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view, std::string_view row) {
            found = *decode_listed_alert(row);
            return true;
          });
      EXPECT_TRUE(scanned.ok());
    }
    return found;
  }

 private:
  dataflow::Operators operators_ = operators::all();
  memory::MemoryStore store_;
  std::unique_ptr<Task> task_;
  std::uint64_t next_ = 0;
};

Event event_at(std::int64_t time) {
  Event event;
  event.process = "p0";
  event.case_id = "c";
  event.activity = "a";
  event.timestamp = from_micros(time);
  event.id = "1";
  event.source = "s";
  return event;
}

log::Record tick_at(std::int64_t time) { return {log::Kind::tick, encode(Tick{time})}; }

alerts::Delivery told(const std::string& notice, effects::Outcome outcome) {
  alerts::Delivery delivery;
  delivery.event = alerts::Delivery::Event::ended;
  delivery.process = "p0";
  delivery.case_id = "c";
  delivery.telling = {notice, "ops", 0, true, History::first_time};
  delivery.outcome = outcome;
  delivery.effect = "as it was told";
  return delivery;
}

log::Record record_of(const alerts::Delivery& delivery) { return {log::Kind::delivery, encode(delivery)}; }

TEST(Told, GoesWithAnErasedCase) {
  ToldTask task;
  const alerts::Delivery refused = told("sla/p/m/1/breached", effects::Outcome::refused);
  task.take({event_record(event_at(begin)), record_of(refused)});
  const auto before = task.rows();  // the ledger, the record of the attempt, and what takes back what was told
  for (const char kind : {'h', 'q', 'm'}) EXPECT_TRUE(before.contains(kind)) << kind;
  const std::map<char, int> nothing{{'o', 1}, {'p', 1}, {'x', 1}};
  task.take({{log::Kind::erase, encode(Erasure{"p0", test_fingerprint("w", "p0", "c"), "c"})}});
  EXPECT_EQ(task.rows(), nothing);
  task.take({record_of(refused)});
  EXPECT_EQ(task.rows(), nothing);
}

/// A case whose events go with their upload is not one that leaves, also where its timer is due before it settles.
TEST(Told, IsTakenBackOfACaseThatWentWithItsUpload) {
  ToldTask task;
  ProcessSettings settings;
  settings.inactivity_micros = 10 * minute;
  Event uploaded = event_at(begin);
  uploaded.upload = "u";
  task.take({{log::Kind::settings, encode(SettingsChange{"p0", settings})},
             event_record(uploaded),
             record_of(told("sla/p/m/1/breached", effects::Outcome::delivered)),
             tick_at(begin + minute)});
  task.sweep();
  task.take({{log::Kind::withdraw, encode(UploadMark{"p0", "u"})},
             record_of(told("sla/p/m/2/breached", effects::Outcome::delivered)),
             tick_at(begin + 20 * minute)});
  EXPECT_EQ(task.rows()['m'], 2);
}

alerts::Command command(alerts::Deed deed) { return {deed, "p0", "c", "rule/r/1", "user:ann", "", {}}; }

log::Record record_of(const alerts::Command& one) { return {log::Kind::command, encode(one)}; }

log::Record document(documents::Kind kind, const std::string& name, std::optional<std::string> body,
                     std::int64_t since = begin) {
  return {log::Kind::document, encode(documents::Change{kind, name, {from_micros(since), std::move(body), {}}})};
}

const std::string fires = R"({"on": ["a"], "then": [{"type": "alert", "title": "t", "notify": ["ops"]}]})";

/// The rows of alerts `l` and of the outbox `m`.
class Done : public testing::Test {
 protected:
  Done() {
    task_.take({document(documents::Kind::rule, "r", fires), tick_at(begin), event_record(event_at(begin + minute)),
                tick_at(begin + 2 * minute)});
  }
  ToldTask task_;
};

TEST_F(Done, GoesWithAnErasedCase) {
  task_.take({record_of(command(alerts::Deed::acknowledge)), record_of(command(alerts::Deed::resolve))});
  EXPECT_EQ(task_.rows()['l'], 1);
  task_.take({{log::Kind::erase, encode(Erasure{"p0", test_fingerprint("w", "p0", "c"), "c"})}});
  for (const char kind : {'l', 'm', 'h'}) EXPECT_FALSE(task_.rows().contains(kind)) << kind;
  task_.take({record_of(command(alerts::Deed::acknowledge))});
  EXPECT_FALSE(task_.rows().contains('h'));
}

/// Nothing that was told by a tick is undone by a command whose clock goes behind.
TEST_F(Done, CountsNoEarlierThanTheTickBeforeIt) {
  alerts::Command early = command(alerts::Deed::resolve);
  early.time = from_micros(begin);  // before the rule fired
  task_.take({record_of(early)});
  EXPECT_EQ(task_.rows()['l'], 1);
  EXPECT_TRUE(task_.alert().ended_at.has_value());
  EXPECT_EQ(*task_.alert().ended_at, from_micros(begin + 2 * minute));
}

/// A silence that is declared reaches the cases whose alerts go on, and so does its end.
TEST_F(Done, IsBroughtToAlertsThatGoOn) {
  EXPECT_EQ(task_.rows()['m'], 1);
  const std::string all = R"({"matchers": [{"label": "process", "value": "p0"}], "ends_at": "2099-01-01T00:00:00Z"})";
  task_.take({document(documents::Kind::silence, "s", all, begin + 2 * minute)});
  task_.sweep();
  EXPECT_TRUE(task_.alert().silenced_until.has_value());
  EXPECT_EQ(task_.rows()['m'], 0);  // it fired before, and nobody was told yet
  task_.take({document(documents::Kind::silence, "s", {}, begin + 3 * minute), tick_at(begin + 3 * minute)});
  task_.sweep();
  EXPECT_FALSE(task_.alert().silenced_until.has_value());
  EXPECT_EQ(task_.rows()['m'], 1);
}

}  // namespace
}  // namespace weir::runtime
