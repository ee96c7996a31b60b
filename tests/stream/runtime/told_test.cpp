// What was told of a case stays with it, goes with it where it is erased, and is taken back where it was not so.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "stream/alerts/delivery.hpp"
#include "stream/operators/operators.hpp"
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

}  // namespace
}  // namespace weir::runtime
