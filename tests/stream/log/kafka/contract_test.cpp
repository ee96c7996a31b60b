// What every log holds to, whatever it stands on.
#include <future>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stream/log/kafka/homes.hpp"

namespace weir::log {
namespace {

using ::testing::ElementsAre;

struct Named {
  const char* name;
  MakeHome make;
};

void PrintTo(const Named& named, std::ostream* out) { *out << named.name; }

class LogContract : public ::testing::TestWithParam<Named> {
 protected:
  void SetUp() override {
    home_ = GetParam().make();
    if (const std::string fault = home_->fault(); !fault.empty()) GTEST_SKIP() << "skipped: " << fault;
    reopen();
    const auto made = log().ensure_workspace("acme");
    ASSERT_TRUE(made) << made.error().detail;
  }

  void reopen(std::size_t queue_bytes = std::size_t{1} << 20) {
    const auto opened = home_->open(4, queue_bytes);
    ASSERT_TRUE(opened) << opened.error().detail;
  }
  Log& log() { return home_->log(); }

  Position append(std::vector<std::pair<std::uint32_t, std::string>> events, const std::string& workspace = "acme") {
    std::vector<Addressed> records;
    for (auto& [partition, value] : events) records.push_back({partition, {Kind::event, std::move(value)}});
    const auto position = append_to(log(), workspace, std::move(records));
    EXPECT_TRUE(position) << position.error().detail;
    return position ? *position : Position{};
  }
  std::vector<std::string> texts(std::uint32_t partition, std::uint64_t from, std::uint64_t end,
                                 std::size_t piece_bytes = 1, const std::string& workspace = "acme") {
    return texts_of(log(), workspace, partition, from, end, piece_bytes);
  }

  std::unique_ptr<Home> home_;
};

TEST_P(LogContract, GivesOffsetsInTheOrderOfAppends) {
  EXPECT_EQ(append({{0, "a"}, {2, "b"}, {0, "c"}}), (Position{{{0, 2}, {2, 1}}}));
  EXPECT_EQ(append({{0, "d"}}), (Position{{{0, 3}}}));
  EXPECT_THAT(texts(0, 0, 3), ElementsAre("0:1:a", "1:1:c", "2:1:d"));
  EXPECT_THAT(texts(2, 0, 1), ElementsAre("0:1:b"));
  EXPECT_THAT(texts(0, 1, 3), ElementsAre("1:1:c", "2:1:d"));
}

TEST_P(LogContract, WhatIsAppendedInOneOrderIsReadInIt) {
  std::vector<std::future<Result<Position>>> answers;
  for (int i = 0; i < 500; ++i) {
    const auto answer = std::make_shared<std::promise<Result<Position>>>();
    answers.push_back(answer->get_future());
    ASSERT_TRUE(log().append("acme", {{1, {Kind::event, std::to_string(i)}}},
                             [answer](Result<Position> position) { answer->set_value(std::move(position)); }));
  }
  for (int i = 0; i < 500; ++i) EXPECT_EQ(answers[i].get().value(), (Position{{{1, i + 1u}}}));
  const auto found = texts(1, 0, 500, 1 << 20);
  ASSERT_EQ(found.size(), 500u);
  EXPECT_EQ(found[499], "499:1:499");
}

TEST_P(LogContract, KeepsKindAndBytes) {
  const std::string bytes("\0\xff\x01", 3);
  ASSERT_TRUE(append_to(log(), "acme", {{3, {Kind::tick, bytes}}, {3, {Kind::erase, ""}}, {3, {Kind::event, bytes}}}));
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(texts(3, 0, 3), ElementsAre("0:2:" + bytes, "1:6:", "2:1:" + bytes));
    reopen();
  }
}

TEST_P(LogContract, AReaderMayGoAnywhere) {
  for (int i = 0; i < 50; ++i) append({{0, std::string(static_cast<std::size_t>(i) + 1, 'x')}});
  const auto all = texts(0, 0, 50);
  ASSERT_EQ(all.size(), 50u);
  EXPECT_EQ(texts(0, 40, 50), (std::vector<std::string>{all.begin() + 40, all.end()}));
  EXPECT_EQ(texts(0, 7, 50, 400), (std::vector<std::string>{all.begin() + 7, all.end()}));
  EXPECT_EQ(texts(0, 0, 50, 1 << 20), all);
  reopen();
  EXPECT_EQ(texts(0, 49, 50), (std::vector<std::string>{all.back()}));
  EXPECT_EQ(texts(0, 0, 50), all);
}

TEST_P(LogContract, ReadAgainItIsTheSame) {
  append({{0, "a"}, {0, "b"}});
  ASSERT_EQ(texts(0, 0, 2).size(), 2u);
  const auto first = log().read("acme", 0, 1, 1);
  const auto second = log().read("acme", 0, 1, 1);
  ASSERT_TRUE(first && second && !first->empty() && !second->empty());
  EXPECT_EQ(first->front()->append_time(), second->front()->append_time());
  EXPECT_EQ(first->front()->entries().back().value, second->front()->entries().back().value);
}

TEST_P(LogContract, KeepsWorkspacesApart) {
  ASSERT_TRUE(log().ensure_workspace("beta"));
  ASSERT_TRUE(log().ensure_workspace("beta"));
  append({{0, "b"}}, "beta");
  append({{0, "a"}});
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(log().workspaces(), ElementsAre("acme", "beta"));
    EXPECT_THAT(texts(0, 0, 1), ElementsAre("0:1:a"));
    EXPECT_THAT(texts(0, 0, 1, 1, "beta"), ElementsAre("0:1:b"));
    reopen();
  }
}

TEST_P(LogContract, KnowsNoOtherWorkspaces) {
  EXPECT_EQ(log().append("beta", {}, [](const auto&) {}).error().code, Code::not_found);
  EXPECT_EQ(log().read("beta", 0, 0, 1).error().code, Code::not_found);
  EXPECT_EQ(log().end_offset("beta", 0).error().code, Code::not_found);
  EXPECT_EQ(log().begin_offset("beta", 0).error().code, Code::not_found);
}

TEST_P(LogContract, AnEmptyAppendIsAnsweredWithAnEmptyPosition) { EXPECT_EQ(append({}), Position{}); }

TEST_P(LogContract, BeginsAtNothing) {
  const auto begin = log().begin_offset("acme", 2);
  ASSERT_TRUE(begin) << begin.error().detail;
  EXPECT_EQ(*begin, 0u);
  EXPECT_EQ(log().end_offset("acme", 2).value(), 0u);
  EXPECT_TRUE(log().read("acme", 2, 0, 1).value().empty());
}

TEST_P(LogContract, TellsTheSubscribersOfAPartition) {
  std::mutex mutex;
  std::set<std::string> told;
  auto subscription = log().subscribe(1, [&](const std::string& workspace) {
    const std::lock_guard lock{mutex};
    told.insert(workspace);
  });
  ASSERT_EQ(log().end_offset("acme", 1).value(), 0u);  // a reader begins
  append({{1, "a"}});
  ASSERT_TRUE(arrives(log(), "acme", 1, 1));
  {
    const std::lock_guard lock{mutex};
    EXPECT_TRUE(told.contains("acme"));
    told.clear();
  }
  subscription.reset();
  append({{1, "b"}});
  ASSERT_TRUE(arrives(log(), "acme", 1, 1));
  const std::lock_guard lock{mutex};
  EXPECT_TRUE(told.empty());
}

TEST_P(LogContract, WhoWaitsAtTheEndOfWhatItReadSeesTheEndMove) {
  for (std::uint64_t i = 0; i < 5; ++i) {
    append({{0, std::to_string(i)}});
    ASSERT_TRUE(arrives(log(), "acme", 0, i + 1));
    ASSERT_EQ(texts(0, i, i + 1).size(), 1u);
  }
}

TEST_P(LogContract, RefusesWhatTheQueueCannotHold) {
  reopen(1'000);
  std::atomic<int> accepted{0}, answered{0};
  int refused = 0;
  for (int i = 0; i < 2'000; ++i) {
    const auto queued =
        log().append("acme", {{0, {Kind::event, std::string(900, 'x')}}}, [&](const auto&) { ++answered; });
    if (queued) ++accepted;
    if (queued) continue;
    EXPECT_EQ(queued.error().code, Code::overloaded);
    ++refused;
  }
  EXPECT_GT(refused, 0);
  for (int i = 0; i < 2'000 && answered < accepted; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  EXPECT_EQ(answered, accepted);
  EXPECT_TRUE(arrives(log(), "acme", 0, static_cast<std::uint64_t>(accepted)));
}

TEST_P(LogContract, RefusesAnotherPartitionCount) {
  append({{0, "a"}});
  const auto opened = home_->open(5, 1 << 20);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find("4 partitions"), std::string::npos) << opened.error().detail;
}

TEST_P(LogContract, ManyThreadsAppendAtOnce) {
  std::vector<std::jthread> writers;
  std::mutex mutex;
  std::map<std::uint64_t, std::string> where;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 50; ++i) {
        const std::string value = std::to_string(writer) + ' ' + std::to_string(i);
        const auto position = append_to(log(), "acme", {{2, {Kind::event, value}}});
        ASSERT_TRUE(position);
        const std::lock_guard lock{mutex};
        where[position->parts.front().next - 1] = value;
      }
    });
  }
  writers.clear();
  ASSERT_EQ(where.size(), 200u);
  std::vector<std::string> expected;
  for (const auto& [offset, value] : where) expected.push_back(std::to_string(offset) + ":1:" + value);
  EXPECT_EQ(texts(2, 0, 200, 4'000), expected);
}

INSTANTIATE_TEST_SUITE_P(Logs, LogContract,
                         ::testing::Values(Named{"embedded", embedded_home}, Named{"mock", mock_home},
                                           Named{"broker", broker_home}),
                         [](const auto& named) { return std::string{named.param.name}; });

}  // namespace
}  // namespace weir::log
