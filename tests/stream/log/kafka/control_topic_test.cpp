// What nodes share: the same on all, in one order, and nobody else's.
#include <condition_variable>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stream/log/kafka/kafka_log.hpp"
#include "tests/stream/log/kafka/homes.hpp"
#include "tests/stream/log/kafka/test_broker.hpp"

namespace weir::log {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr std::chrono::seconds patience{30};

class Node {
 public:
  Node(const std::string& prefix, char key) {
    auto opened = KafkaLog::open(kafka_options(TestBroker::get().address(), prefix, 2), clock_);
    EXPECT_TRUE(opened) << opened.error().detail;
    log_ = *std::move(opened);
    crypto::Key secret;
    secret.fill(static_cast<unsigned char>(key));
    auto control = log_->open_control(
        secret, [this](const auto& name, const auto& value) { return apply(name, value); },
        [this](const Error& why) { ended_ = why; });
    if (control) {
      control_ = *std::move(control);
    } else {
      fault_ = control.error();
    }
  }

  Result<void> put(const std::string& key, const std::optional<std::string>& value) {
    return control_->put(key, value);
  }
  std::map<std::string, std::string> values() {
    const std::lock_guard lock{mutex_};
    return values_;
  }
  bool becomes(const std::map<std::string, std::string>& expected) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return values_ == expected; });
  }
  std::vector<std::string> told() {
    const std::lock_guard lock{mutex_};
    return told_;
  }
  std::optional<Error> fault_, ended_;

 private:
  Result<void> apply(const std::string& key, const std::optional<std::string>& value) {
    const std::lock_guard lock{mutex_};
    told_.push_back(key + '=' + value.value_or("none"));
    if (value) {
      values_[key] = *value;
    } else {
      values_.erase(key);
    }
    changed_.notify_all();
    return {};
  }

  SystemClock clock_;
  std::unique_ptr<KafkaLog> log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> values_;
  std::vector<std::string> told_;
  std::unique_ptr<ControlLog> control_;  // ends first
};

class Control : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!TestBroker::get().fault().empty()) GTEST_SKIP() << "skipped: " << TestBroker::get().fault();
  }
  const std::string prefix_ = fresh_prefix();
};

TEST_F(Control, WhoWroteIsToldBeforeItReturnsAndTheOthersSoon) {
  Node a(prefix_, 'k'), b(prefix_, 'k');
  ASSERT_TRUE(a.put("user/ann", "1"));
  EXPECT_THAT(a.values(), ElementsAre(Pair("user/ann", "1")));
  ASSERT_TRUE(b.becomes({{"user/ann", "1"}}));
  ASSERT_TRUE(b.put("user/ann", std::nullopt));
  ASSERT_TRUE(b.put("user/bob", std::string(100'000, 'x')));
  EXPECT_TRUE(a.becomes({{"user/bob", std::string(100'000, 'x')}}));
}

TEST_F(Control, WhoComesLaterIsToldWhatHoldsAndNothingElse) {
  {
    Node a(prefix_, 'k');
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(a.put("k", std::to_string(i)));
    ASSERT_TRUE(a.put("gone", "1"));
    ASSERT_TRUE(a.put("gone", std::nullopt));
  }
  Node b(prefix_, 'k');
  EXPECT_THAT(b.told(), ElementsAre("gone=none", "k=19"));
}

TEST_F(Control, OfTwoWritersAllSeeTheSameLast) {
  Node a(prefix_, 'k'), b(prefix_, 'k');
  std::thread other{[&] {
    for (int i = 0; i < 30; ++i) EXPECT_TRUE(b.put("k", "b" + std::to_string(i)));
  }};
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(a.put("k", "a" + std::to_string(i)));
  other.join();
  ASSERT_TRUE(a.put("end", "1"));
  ASSERT_TRUE(b.becomes(a.values()));
  EXPECT_EQ(a.told(), b.told());
}

TEST_F(Control, ANodeWithAnotherKeyIsRefusedAndChangesNothing) {
  Node a(prefix_, 'k');
  ASSERT_TRUE(a.put("k", "1"));
  const Node stranger(prefix_, 'x');
  ASSERT_TRUE(stranger.fault_);
  EXPECT_EQ(name_of(stranger.fault_->code), name_of(Code::bad_key_file));
}

}  // namespace
}  // namespace weir::log
