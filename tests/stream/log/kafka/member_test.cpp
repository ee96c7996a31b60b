// Nodes that share the partition numbers of one log: never two at a time, all of them in the end.
#include <condition_variable>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "stream/log/kafka/kafka_log.hpp"
#include "tests/stream/log/kafka/homes.hpp"
#include "tests/stream/log/kafka/test_broker.hpp"

namespace weir::log {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint32_t partitions = 8;
constexpr std::chrono::milliseconds session{5'000};
constexpr std::chrono::seconds patience{60};

/// What all nodes of a test own, and every fault that is seen.
class Table {
 public:
  void take(const std::string& node, const std::vector<std::uint32_t>& shards) {
    const std::lock_guard lock{mutex_};
    for (const std::uint32_t shard : shards) {
      for (const auto& [other, owned] : owned_) {
        if (other != node && owned.contains(shard)) ++shared_;
      }
    }
    owned_[node] = {shards.begin(), shards.end()};
    changed_.notify_all();
  }
  void leave(const std::string& node, const char* how) {
    const std::lock_guard lock{mutex_};
    owned_[node].clear();
    told_[node].emplace_back(how);
    changed_.notify_all();
  }
  void end(const std::string& node, const Error& why) {
    const std::lock_guard lock{mutex_};
    owned_[node].clear();
    ended_[node] = why;
    changed_.notify_all();
  }

  /// Waits until the nodes have so many shards each.
  bool becomes(const std::map<std::string, std::size_t>& counts) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] {
      return std::all_of(counts.begin(), counts.end(),
                         [&](const auto& one) { return owned_[one.first].size() == one.second; });
    });
  }
  std::optional<Error> ended(const std::string& node) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [&] { return ended_.contains(node); });
    return ended_.contains(node) ? std::optional{ended_[node]} : std::nullopt;
  }
  std::set<std::uint32_t> owned(const std::string& node) {
    const std::lock_guard lock{mutex_};
    return owned_[node];
  }
  std::vector<std::string> told(const std::string& node) {
    const std::lock_guard lock{mutex_};
    return told_[node];
  }
  /// How often somebody was given what another had not given up.
  int shared() {
    const std::lock_guard lock{mutex_};
    return shared_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::set<std::uint32_t>> owned_;
  std::map<std::string, std::vector<std::string>> told_;
  std::map<std::string, Error> ended_;
  int shared_ = 0;
};

/// A log and what it is told of the group.
class Node final : public Ownership {
 public:
  Node(std::string name, Table& table, KafkaOptions options, std::unique_ptr<kafka::Cluster> cluster = nullptr)
      : name_(std::move(name)), table_(table) {
    options.group = "group";
    if (options.node.empty()) options.node = name_;
    options.session_timeout = session;
    auto opened = KafkaLog::open(std::move(options), clock_, std::move(cluster));
    EXPECT_TRUE(opened) << opened.error().detail;
    log_ = *std::move(opened);
  }
  ~Node() override { log_->stop({}); }

  Result<void> join() { return log_->join(*this); }
  KafkaLog& log() { return *log_; }

  void assigned(const std::vector<std::uint32_t>& shards) override { table_.take(name_, shards); }
  void revoked() override { table_.leave(name_, "revoked"); }
  void lost() override { table_.leave(name_, "lost"); }
  void ended(const Error& why) override { table_.end(name_, why); }

 private:
  const std::string name_;
  Table& table_;
  SystemClock clock_;
  std::unique_ptr<KafkaLog> log_;
};

class Members : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!TestBroker::get().fault().empty()) GTEST_SKIP() << "skipped: " << TestBroker::get().fault();
  }
  std::unique_ptr<Node> node(const std::string& name, const std::string& id = {}) {
    KafkaOptions options = kafka_options(TestBroker::get().address(), prefix_, partitions);
    options.node = id;
    auto made = std::make_unique<Node>(name, table_, std::move(options));
    const auto joined = made->join();
    EXPECT_TRUE(joined) << joined.error().detail;
    return made;
  }

  const std::string prefix_ = fresh_prefix();
  Table table_;
};

TEST_F(Members, OneAloneOwnsAll) {
  const auto a = node("a");
  EXPECT_TRUE(table_.becomes({{"a", partitions}}));
}

TEST_F(Members, ShareAndNeverOwnTheSame) {
  const auto a = node("a");
  ASSERT_TRUE(table_.becomes({{"a", 8}}));
  const auto b = node("b");
  ASSERT_TRUE(table_.becomes({{"a", 4}, {"b", 4}}));
  const auto c = node("c");
  ASSERT_TRUE(table_.becomes({{"a", 3}, {"b", 3}, {"c", 2}}));
  EXPECT_EQ(table_.shared(), 0);
  EXPECT_THAT(table_.told("a"), Each("revoked"));
}

TEST_F(Members, OneThatComesBackInTimeFindsItsOwnAndNobodyIsDisturbed) {
  const auto a = node("a");
  auto b = node("b");
  ASSERT_TRUE(table_.becomes({{"a", 4}, {"b", 4}}));
  const auto before = table_.owned("b");
  const std::size_t told = table_.told("a").size();
  b.reset();
  EXPECT_THAT(table_.owned("b"), IsEmpty());
  b = node("b");
  ASSERT_TRUE(table_.becomes({{"b", 4}}));
  EXPECT_EQ(table_.owned("b"), before);
  EXPECT_EQ(table_.told("a").size(), told);
}

TEST_F(Members, OneThatStaysAwayIsReplaced) {
  const auto a = node("a");
  auto b = node("b");
  ASSERT_TRUE(table_.becomes({{"a", 4}, {"b", 4}}));
  b.reset();
  EXPECT_TRUE(table_.becomes({{"a", 8}}));
  EXPECT_EQ(table_.shared(), 0);
}

TEST_F(Members, TwoOfTheSameIdEndWithAWord) {
  const auto a = node("a", "twin");
  ASSERT_TRUE(table_.becomes({{"a", 8}}));
  const auto b = node("b", "twin");
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::optional<Error> why;
  while (!why && std::chrono::steady_clock::now() < deadline) {
    why = table_.ended("a");
    if (!why) why = table_.ended("b");
  }
  ASSERT_TRUE(why);
  EXPECT_EQ(name_of(why->code), name_of(Code::stale_owner));
  EXPECT_THAT(why->detail, HasSubstr("twin"));
}

TEST_F(Members, PositionsAreToldToTheGroup) {
  const auto a = node("a");
  ASSERT_TRUE(table_.becomes({{"a", 8}}));
  ASSERT_TRUE(a->log().ensure_workspace("acme"));
  ASSERT_TRUE(append_to(a->log(), "acme", {{3, {Kind::event, "x"}}, {3, {Kind::event, "y"}}}));
  ASSERT_TRUE(arrives(a->log(), "acme", 3, 2));
  texts_of(a->log(), "acme", 3, 0, 2);
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", TestBroker::get().address().c_str(), nullptr, 0);
  rd_kafka_conf_set(conf, "group.id", "group", nullptr, 0);
  rd_kafka_t* const tool = rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0);
  rd_kafka_topic_partition_list_t* const asked = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(asked, (prefix_ + ".acme.events").c_str(), 3);
  std::int64_t committed = -1;
  for (int i = 0; i < 200 && committed != 2; ++i) {
    ASSERT_EQ(rd_kafka_committed(tool, asked, 10'000), RD_KAFKA_RESP_ERR_NO_ERROR);
    committed = asked->elems[0].offset;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  EXPECT_EQ(committed, 2);
  rd_kafka_topic_partition_list_destroy(asked);
  rd_kafka_destroy(tool);
}

TEST(MembersOnAMock, AGroupWithAnotherNumberOfShardsIsRefused) {
  rd_kafka_t* const host = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0);
  rd_kafka_mock_cluster_t* const brokers = rd_kafka_mock_cluster_new(host, 1);
  Table table;
  {
    const std::string address = rd_kafka_mock_cluster_bootstraps(brokers);
    Node a("a", table, kafka_options(address, "mock", partitions), mock_cluster(brokers));
    ASSERT_TRUE(a.join());
    Node b("b", table, kafka_options(address, "mock", partitions * 2), mock_cluster(brokers));
    const auto refused = b.join();
    ASSERT_FALSE(refused);
    EXPECT_EQ(name_of(refused.error().code), name_of(Code::log_repartitioned));
  }
  rd_kafka_mock_cluster_destroy(brokers);
  rd_kafka_destroy(host);
}

}  // namespace
}  // namespace weir::log
