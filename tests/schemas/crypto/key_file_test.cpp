#include "schemas/crypto/key_file.hpp"

#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "schemas/crypto/base64url.hpp"

namespace weir::crypto {
namespace {

namespace fs = std::filesystem;

class KeyFile : public testing::Test {
 protected:
  KeyFile() { fs::create_directory(folder_); }
  ~KeyFile() override { fs::remove_all(folder_); }

  void write(std::string_view bytes, fs::perms permissions = fs::perms::owner_read | fs::perms::owner_write) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    fs::permissions(path_, permissions);
  }
  void expect_refused() const {
    const auto keys = load_or_create_keys(path_);
    ASSERT_FALSE(keys.ok());
    EXPECT_EQ(keys.error().code, Code::bad_key_file);
  }
  std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(folder_), {}); }

  const fs::path folder_ = fs::path(testing::TempDir()) / ("weir-key-" + to_base64url(random_bytes(6)));
  const fs::path path_ = folder_ / "token.key";
};

TEST_F(KeyFile, IsMadeOnceAndForItsOwnerAlone) {
  const auto made = load_or_create_keys(path_).value();
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(load_or_create_keys(path_).value(), made);
  EXPECT_EQ(load_or_create_key(path_).value(), made.front());
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(status.st_size, 32);
  EXPECT_EQ(files(), 1);
}

TEST_F(KeyFile, GivesOneKeyToManyWhoMakeItAtTheSameTime) {
  std::vector<Key> keys(8);
  std::vector<std::thread> threads;
  for (auto& key : keys) threads.emplace_back([&key, this] { key = load_or_create_key(path_).value(); });
  for (auto& thread : threads) thread.join();
  for (const auto& key : keys) EXPECT_EQ(key, keys.front());
  EXPECT_EQ(files(), 1);
}

TEST_F(KeyFile, KeepsOlderKeysForAnOverlap) {
  const auto first = load_or_create_key(path_).value();
  ASSERT_TRUE(add_key(path_, 1).ok());
  const auto two = load_or_create_keys(path_).value();
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two.front(), first);
  ASSERT_TRUE(add_key(path_, 0).ok());
  const auto one = load_or_create_keys(path_).value();
  ASSERT_EQ(one.size(), 1u);
  EXPECT_NE(one.front(), two.back());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(add_key(path_, 100).ok());
  EXPECT_EQ(load_or_create_keys(path_).value().size(), 8u);
  EXPECT_EQ(files(), 1);
}

TEST_F(KeyFile, RefusesAFileThatOthersMayRead) {
  write(random_bytes(32), fs::perms::owner_read | fs::perms::group_read);
  expect_refused();
}

TEST_F(KeyFile, RefusesADamagedFileAndNeverReplacesIt) {
  for (const std::size_t size : {0u, 31u, 33u, 9u * 32u}) {
    write(std::string(size, 'k'));
    expect_refused();
    EXPECT_EQ(fs::file_size(path_), size);
  }
}

TEST_F(KeyFile, FollowsNoLink) {
  std::ofstream(folder_ / "other") << std::string(32, 'k');
  fs::create_symlink(folder_ / "other", path_);
  expect_refused();
}

TEST_F(KeyFile, NamesAFolderThatIsNotThere) {
  const auto keys = load_or_create_keys(folder_ / "absent" / "token.key");
  ASSERT_FALSE(keys.ok());
  EXPECT_NE(keys.error().detail.find("absent"), std::string::npos);
}

/// Folders of nodes, and a key of their cluster.
class Cluster : public KeyFile {
 protected:
  Cluster() {
    for (const fs::path& folder : {a_, b_}) fs::create_directory(folder);
    write(std::string(32, 'k'));
  }

  const fs::path a_ = folder_ / "a", b_ = folder_ / "b";
};

TEST_F(Cluster, NodesHaveTheSameKeysAndEachPurposeItsOwn) {
  ASSERT_TRUE(join_cluster(a_, path_));
  ASSERT_TRUE(join_cluster(b_, path_));
  EXPECT_EQ(folder_keys(a_, "token").value(), folder_keys(b_, "token").value());
  EXPECT_NE(folder_keys(a_, "token").value(), folder_keys(a_, "erasure").value());
  EXPECT_FALSE(fs::exists(a_ / "token.key"));
  ASSERT_TRUE(join_cluster(a_, path_));  // again, at the next start
}

TEST_F(Cluster, AFolderAloneHasKeysOfItsOwn) {
  EXPECT_NE(folder_keys(a_, "token").value(), folder_keys(b_, "token").value());
  EXPECT_EQ(folder_keys(a_, "token").value(), folder_keys(a_, "token").value());
}

TEST_F(Cluster, RefusesAFolderOfAnotherClusterOrWithKeysOfItsOwn) {
  ASSERT_TRUE(join_cluster(a_, path_));
  write(std::string(32, 'x'));
  const auto other = join_cluster(a_, path_);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::bad_key_file);
  ASSERT_TRUE(folder_keys(b_, "erasure"));
  const auto own = join_cluster(b_, path_);
  ASSERT_FALSE(own);
  EXPECT_NE(own.error().detail.find("keys of its own"), std::string::npos);
}

TEST_F(Cluster, MakesNoKeyOfItsOwnAccord) {
  const auto absent = join_cluster(a_, folder_ / "absent");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::bad_key_file);
  EXPECT_FALSE(fs::exists(folder_ / "absent"));
  write(std::string(32, 'k'), fs::perms::owner_read | fs::perms::others_read);
  EXPECT_FALSE(join_cluster(a_, path_));
}

}  // namespace
}  // namespace weir::crypto
