#include "api/metrics/registry.hpp"

#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

// Input cannot become a label: bad input 74 is refused by the compiler.
static_assert(!std::is_constructible_v<Label, std::string, std::string>);
static_assert(!std::is_constructible_v<Label, const char*, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Literal>);

TEST(Registry, RendersCountersAndGauges) {
  Registry registry;
  const auto accepted = registry.counter("weir_events_total", "Events.", {{"result", "accepted"}});
  const auto refused = registry.counter("weir_events_total", "Events.", {{"result", "refused"}});
  const auto queue = registry.gauge("weir_queue_bytes", "Bytes waiting.", {{"shard", 3}});
  accepted.add(2);
  accepted.add();
  refused.add();
  queue.set(10);
  queue.add(-4);
  const auto text = registry.render();
  EXPECT_THAT(text, HasSubstr("# HELP weir_events_total Events.\n# TYPE weir_events_total counter\n"));
  EXPECT_THAT(text, HasSubstr("weir_events_total{result=\"accepted\"} 3"));
  EXPECT_THAT(text, HasSubstr("weir_events_total{result=\"refused\"} 1"));
  EXPECT_THAT(text, HasSubstr("weir_queue_bytes{shard=\"3\"} 6"));
}

TEST(Registry, RendersHistogramsCumulatively) {
  Registry registry;
  const auto latency = registry.histogram("weir_commit_seconds", "Commits.", latency_buckets_s());
  latency.observe(0.0001);
  latency.observe(0.0004);
  latency.observe(60);
  const auto text = registry.render();
  EXPECT_THAT(text, HasSubstr("# TYPE weir_commit_seconds histogram"));
  EXPECT_THAT(text, HasSubstr("weir_commit_seconds_bucket{le=\"0.0001\"} 1"));
  EXPECT_THAT(text, HasSubstr("weir_commit_seconds_bucket{le=\"0.0005\"} 2"));
  EXPECT_THAT(text, HasSubstr("weir_commit_seconds_bucket{le=\"10\"} 2"));
  EXPECT_THAT(text, HasSubstr("weir_commit_seconds_bucket{le=\"+Inf\"} 3"));
  EXPECT_THAT(text, HasSubstr("weir_commit_seconds_count 3"));
}

TEST(Registry, GivesTheSameMetricForTheSameNameAndLabels) {
  Registry registry;
  registry.counter("weir_again_total", "Again.").add(1);
  registry.counter("weir_again_total", "Again.").add(2);
  EXPECT_THAT(registry.render(), HasSubstr("weir_again_total 3"));
}

TEST(Registry, AsksCollectorsAtEachScrape) {
  Registry registry;
  int connections = 1;
  registry.add_collector([&](Samples& samples) {
    samples.gauge("weir_connections", "Open.", connections);
    for (std::uint32_t status = 2; status <= 3; ++status) {
      samples.counter("weir_answers_total", "Answers.", status * 100, {{"class", status}});
    }
  });
  registry.add_collector(
      [](Samples& samples) { samples.counter("weir_answers_total", "Answers.", 7, {{"class", 9}}); });
  EXPECT_THAT(registry.render(), HasSubstr("weir_connections 1"));
  connections = 5;
  const auto text = registry.render();
  EXPECT_THAT(text, HasSubstr("weir_connections 5"));
  EXPECT_THAT(text, HasSubstr("weir_answers_total{class=\"2\"} 200"));
  EXPECT_THAT(text, HasSubstr("weir_answers_total{class=\"9\"} 7"));
  const auto type = text.find("# TYPE weir_answers_total");
  EXPECT_EQ(text.find("# TYPE weir_answers_total", type + 1), std::string::npos);  // one family for both collectors
}

TEST(Registry, CountsExactlyFromManyThreads) {
  Registry registry;
  const auto counter = registry.counter("weir_many_total", "Many.");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) counter.add();
    });
  }
  for (int i = 0; i < 10; ++i) EXPECT_THAT(registry.render(), HasSubstr("weir_many_total"));
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(registry.render(), HasSubstr("weir_many_total 40000"));
}

TEST(RegistryDeathTest, StopsAtANameThatIsNotValidOrHasTwoKinds) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Registry registry;
  EXPECT_DEATH(registry.counter("0 bad name", "Bad."), "valid name");
  registry.counter("weir_kind", "One.");
  EXPECT_DEATH(registry.gauge("weir_kind", "Two."), "valid name");
}

}  // namespace
}  // namespace weir::metrics
