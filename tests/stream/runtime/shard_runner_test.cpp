#include "stream/runtime/shard_runner.hpp"

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "stream/log/embedded_log.hpp"
#include "stream/operators/operators.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/history.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::runtime {
namespace {

using namespace support;

TEST(ShardRunner, RefusesALogThatEndsBeforeWhatItsShardHasRead) {
  memory::MemoryStore log_store, store;
  log::HighWaterMemory high_water;
  ManualClock clock;
  const auto log = *log::EmbeddedLog::open(log_store, high_water, clock, {.partitions = 1});
  ASSERT_TRUE(log->ensure_workspace("w"));
  const auto operators = operators::all();
  const auto task = *Task::open(store, operators, test_fingerprint);
  ASSERT_TRUE(task->process("w", FakeBlock{0, clock.now(), {{log::Kind::tick, encode(Tick{1})}}}));
  CommitWatch watch;
  ShardRunner runner{0, *log, *task, watch, clock};
  const auto stepped = runner.step();
  ASSERT_FALSE(stepped);
  EXPECT_EQ(stepped.error().code, Code::log_damaged);
}

}  // namespace
}  // namespace weir::runtime
