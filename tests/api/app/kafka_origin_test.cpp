// Where the state of a shard comes from, decided over a log that only tells how far it goes.
#include "api/app/kafka_origin.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "api/app/copied_folder.hpp"
#include "api/app/shard_stores.hpp"
#include "schemas/base/clock.hpp"
#include "state/checkpoint/directory_store.hpp"
#include "state/checkpoint/publisher.hpp"
#include "state/format/keys.hpp"
#include "stream/runtime/task_records.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t shard = 1;
constexpr std::uint64_t far = KafkaOrigin::near_records + 1;

class BoundsOnly final : public log::Log {
 public:
  std::uint64_t begin = 0, end = 10 * far;

  std::uint32_t partitions() const override { return 2; }
  std::vector<std::string> workspaces() const override { return {"w"}; }
  Result<void> ensure_workspace(const std::string&) override { return {}; }
  Result<void> append(const std::string&, std::vector<log::Addressed>, log::Appended) override { return {}; }
  Result<log::Blocks> read(const std::string&, std::uint32_t, std::uint64_t, std::size_t) const override {
    return log::Blocks{};
  }
  Result<std::uint64_t> begin_offset(const std::string&, std::uint32_t) const override { return begin; }
  Result<std::uint64_t> end_offset(const std::string&, std::uint32_t) const override { return end; }
  std::unique_ptr<log::Subscription> subscribe(std::uint32_t, log::Grown) override { return nullptr; }
};

class Origin : public testing::Test {
 protected:
  Origin() {
    settings_.checkpoints = temp_.at("target");
    settings_.kafka_prefix = "weir";
    logger_options_.write = [this](std::string_view line) { told_.append(line); };
    open();
  }

  void open() {
    logger_ = std::make_unique<Logger>(logger_options_, clock_);
    origin_ = std::make_unique<KafkaOrigin>(KafkaOrigin::Means{folder_, log_, series(), clock_, *logger_, registry_});
  }
  ShardSeries series() { return ShardSeries::open(settings_, folder_, "kafka cluster weir", clock_).value(); }

  /// The state in the folder has taken so many records.
  void take(const std::string& path, std::uint64_t records) {
    const auto store = open_store(path, {}, environment_).value();
    store::Batch batch;
    runtime::Progress progress;
    progress.next_offset = records;
    batch.put(format::Scope{"w"}.progress(), encode(progress));
    ASSERT_TRUE(store.watched->write(batch, store::Durability::synced));
  }

  /// As the shard's owner would. -> its manifest's object
  fs::path publish(std::uint64_t records) {
    const std::string path = temp_.at("elsewhere");
    fs::remove_all(path);
    take(path, records);
    const ShardSeries target = series();
    auto owner = checkpoint::Publisher::claim(target.objects(), target.name(shard)).value();
    const auto published =
        owner.publish(path, {clock_.now(), "0", {{"state", 1}}, {{"w", shard, records, ""}}}).value();
    return fs::path{settings_.checkpoints} / checkpoint::manifest_name(target.name(shard), published.manifest.number);
  }

  static void damage(const fs::path& object) {
    const auto size = static_cast<std::streamoff>(fs::file_size(object));
    std::fstream file(object, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(size / 2);
    const char was = static_cast<char>(file.get());
    file.seekp(size / 2);
    file.put(static_cast<char>(was ^ 1));
  }

  /// As Shards does it. -> how far the state is that the shard goes on from, or why it goes on from none
  Result<std::uint64_t> arrive(bool damaged = false) {
    if (!damaged) {
      const auto here = stores_.open(shard).value();
      const auto suffices = origin_->suffices(shard, *here->watched);
      if (!suffices) return suffices.error();
      if (*suffices) return records(*here->watched);
    }
    const auto renewed = stores_.while_closed(shard, [&] { return origin_->renew(shard, damaged); });
    if (!renewed) return renewed.error();
    return records(*stores_.open(shard).value()->watched);
  }
  static std::uint64_t records(const store::Reader& state) {
    return runtime::read_progress(state, "w").value().next_offset;
  }
  bool counted(const std::string& what, int times) {
    return registry_.render().find(what + ' ' + std::to_string(times) + '\n') != std::string::npos;
  }

  const tests::TempFolder temp_;
  const DataFolder folder_ = *DataFolder::open(temp_.path() / "data", 2);
  const SystemClock clock_;
  const rocks::RocksEnvironment environment_{{}};
  ShardStores stores_{folder_, {}, environment_};
  Settings settings_;
  BoundsOnly log_;
  metrics::Registry registry_;
  std::string told_;
  Logger::Options logger_options_;
  std::unique_ptr<Logger> logger_;
  std::unique_ptr<KafkaOrigin> origin_;
};

TEST_F(Origin, OfANewShardAreItsTopics) {
  log_.begin = 500;  // they were there before
  EXPECT_EQ(arrive().value(), 0u);
  EXPECT_TRUE(counted("weir_shard_sources_total{from=\"log\"}", 1));
}

TEST_F(Origin, WithoutALocalStateIsTheFurthestCheckpoint) {
  publish(300);
  publish(200);  // by an owner that was behind
  EXPECT_EQ(arrive().value(), 300u);
  EXPECT_TRUE(counted("weir_shard_sources_total{from=\"checkpoint\"}", 1));
  EXPECT_FALSE(fs::exists(folder_.fetched(shard)));
}

TEST_F(Origin, IsTheLocalStateWhereThatIsNewerOrNear) {
  take(folder_.shard(shard), 700);
  publish(600);
  EXPECT_EQ(arrive().value(), 700u);
  publish(700 + KafkaOrigin::near_records);
  EXPECT_EQ(arrive().value(), 700u);
  EXPECT_TRUE(counted("weir_shard_sources_total{from=\"here\"}", 2));
  publish(700 + far);
  EXPECT_EQ(arrive().value(), 700 + far);
  EXPECT_FALSE(fs::exists(folder_.former(shard)));
}

TEST_F(Origin, IsACheckpointWhereTheTopicsNoLongerHaveWhatComesNextHere) {
  take(folder_.shard(shard), 700);
  publish(800);
  log_.begin = 750;
  EXPECT_EQ(arrive().value(), 800u);
}

TEST_F(Origin, OfADamagedCheckpointIsAnOlderOneThenTheTopics) {
  const fs::path older = publish(300);
  damage(publish(400));
  EXPECT_EQ(arrive().value(), 300u);
  EXPECT_TRUE(counted("weir_checkpoints_refused_total", 1));
  damage(older);
  EXPECT_EQ(arrive(true).value(), 0u);
  EXPECT_TRUE(counted("weir_shard_sources_total{from=\"log\"}", 1));
  EXPECT_TRUE(fs::exists(folder_.damaged() / std::to_string(shard)));
}

TEST_F(Origin, OfACheckpointWithADamagedFileIsAnOlderOne) {
  publish(300);
  std::set<fs::path> before;
  const fs::path files = fs::path{settings_.checkpoints} / checkpoint::files_prefix(series().name(shard));
  for (const auto& one : fs::directory_iterator(files)) before.insert(one.path());
  publish(400);
  for (const auto& one : fs::directory_iterator(files)) {
    if (!before.contains(one.path())) damage(one.path());
  }
  EXPECT_EQ(arrive().value(), 300u);
  EXPECT_FALSE(fs::exists(folder_.fetched(shard).concat(".restoring")));
}

TEST_F(Origin, IsNothingWhereTheTopicsNoLongerGoOnFromTheCheckpoint) {
  publish(300);
  log_.begin = 301;
  EXPECT_EQ(arrive().error().code, Code::log_truncated);
  log_.begin = 300;
  EXPECT_EQ(arrive().value(), 300u);
}

TEST_F(Origin, IsNothingWhereTheTopicsWereMadeAnew) {
  publish(300);
  log_.end = 299;
  EXPECT_EQ(arrive().error().code, Code::log_recreated);
}

TEST_F(Origin, IsNothingWhereNeitherACheckpointNorTheTopicsHaveAll) {
  damage(publish(300));
  log_.begin = 1;
  EXPECT_EQ(arrive().error().code, Code::checkpoint_damaged);
  take(folder_.shard(shard), 20);
  EXPECT_EQ(arrive(true).error().code, Code::checkpoint_damaged);
  EXPECT_EQ(records(*stores_.open(shard).value()->watched), 20u);  // it stays where it was
}

TEST_F(Origin, OfALaterVersionIsRefusedByName) {
  const std::string path = temp_.at("elsewhere");
  take(path, 300);
  const ShardSeries target = series();
  auto owner = checkpoint::Publisher::claim(target.objects(), target.name(shard)).value();
  ASSERT_TRUE(owner.publish(path, {clock_.now(), "9", {{"state", 99}}, {{"w", shard, 300, ""}}}));
  log_.begin = 1;
  EXPECT_EQ(arrive().error().code, Code::state_format);
}

TEST_F(Origin, IsTheLocalStateWhereTheStoreCannotBeAsked) {
  std::ofstream(settings_.checkpoints) << "no folder";
  take(folder_.shard(shard), 20);
  EXPECT_EQ(arrive().value(), 20u);
}

TEST_F(Origin, OfAnotherClusterIsNoneOfThese) {
  publish(300);
  settings_.kafka_prefix = "other";
  open();
  EXPECT_EQ(arrive().value(), 0u);
  const auto elsewhere = ShardSeries::open(settings_, folder_, "kafka another weir", clock_).value();
  EXPECT_NE(elsewhere.name(shard), series().name(shard));
}

TEST_F(Origin, GivesUpWhenTheNodeStops) {
  publish(300);
  origin_->stop();
  EXPECT_EQ(arrive().error().code, Code::overloaded);
  open();
  EXPECT_EQ(arrive().value(), 300u);
}

TEST_F(Origin, LeavesAStoreThatSomebodyReads) {
  const auto reader = stores_.open(shard).value();
  EXPECT_FALSE(stores_.while_closed(shard, [] { return Result<void>{}; }).value());
}

}  // namespace
}  // namespace weir::app
