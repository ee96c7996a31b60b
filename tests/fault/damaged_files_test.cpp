// Files of a node that stands still rot, vanish, are cut, or are swapped with what they were before (reliability, F9
// and F10): the node says so by name, or it makes no difference. Never are there fewer rows, or others, and all is said
// to be well. TESTED_FULL: 1,000 of each, else 20.
//
// Tables are read by a process of its own: where RocksDB is built with assertions (Debian's is), one of them may end
// the process before a checksum is looked at.
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>

#include "tests/fault/resting_node.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::fault {
namespace {

namespace fs = std::filesystem;

enum class Deed : std::uint8_t { flip, cut, remove, swap };

std::size_t rounds() { return std::getenv("TESTED_FULL") != nullptr ? 1'000 : 20; }

/// The node and a folder for a damaged copy of it. Where there is memory for files they are there: nothing here is
/// about losing power.
struct Bench {
  Bench() : node(folder.path() / "node", folder.path() / "older") {}

  static Bench& instance() {
    static Bench bench;
    return bench;
  }
  fs::path original() const { return folder.path() / "node"; }
  fs::path older() const { return folder.path() / "older"; }
  fs::path copy() const { return folder.path() / "copy"; }

  tests::TempFolder folder;
  RestingNode node;
};

/// Files of the part whose names begin or end so, in any order that stays.
std::vector<fs::path> files(const fs::path& folder, Part part, const std::string& kind) {
  std::vector<fs::path> found;
  for (const auto& one : fs::recursive_directory_iterator(folder / folder_of(part))) {
    const std::string path = '/' + one.path().lexically_relative(folder).string();
    if (one.is_regular_file() && path.find(kind) != std::string::npos && one.file_size() > 0)
      found.push_back(one.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void flip_bit(const fs::path& file, std::mt19937_64& random) {
  const std::uint64_t bit = random() % (fs::file_size(file) * 8);
  fs::permissions(file, fs::perms::owner_write, fs::perm_options::add);
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(bit / 8));
  const auto byte = static_cast<char>(stream.get() ^ (1 << (bit % 8)));
  stream.seekp(static_cast<std::streamoff>(bit / 8));
  stream.put(byte);
}

/// False: there is nothing to do it with.
bool befall(Deed deed, const fs::path& file, const std::vector<fs::path>& before, std::mt19937_64& random) {
  switch (deed) {
    case Deed::flip:
      flip_bit(file, random);
      return true;
    case Deed::cut:
      fs::resize_file(file, random() % fs::file_size(file));
      return true;
    case Deed::remove:
      return fs::remove(file);
    case Deed::swap:
      if (before.empty()) return false;
      fs::copy_file(before[random() % before.size()], file, fs::copy_options::overwrite_existing);
      return true;
  }
  return false;
}

constexpr const char* read_apart_flag = "--read";
constexpr int refused = 3;

/// What `read_apart_flag PART COPY ORIGINAL OUT` does: OUT gets what RestingNode::read() says, or the error.
int read_for_another(char** words) {
  const auto part = static_cast<Part>(std::atoi(words[0]));
  const fs::path copy = words[1], original = words[2], whole = copy.parent_path() / "whole";
  fs::copy(original, whole, fs::copy_options::recursive);
  const RestingNode node{whole};
  const auto read = node.read(part, copy);
  std::ofstream{words[3]} << (read ? *read : read.error().detail);
  fs::remove_all(whole);
  return read ? 0 : refused;
}

std::string content_of(const fs::path& file) {
  std::ifstream stream{file};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

/// As RestingNode::read(), but that a process of its own may die of it.
Result<std::string> read_apart(Part part, const Bench& bench) {
  const std::string self = fs::read_symlink("/proc/self/exe").string(), copy = bench.copy().string(),
                    original = bench.original().string(), out = (bench.folder.path() / "said").string();
  fs::remove_all(bench.copy().parent_path() / "whole");
  const std::string number = std::to_string(static_cast<int>(part));
  std::vector<const char*> words{self.c_str(),     read_apart_flag, number.c_str(), copy.c_str(),
                                 original.c_str(), out.c_str(),     nullptr};
  pid_t child = 0;
  int status = 0;
  if (posix_spawn(&child, self.c_str(), nullptr, nullptr, const_cast<char**>(words.data()), environ) != 0 ||
      waitpid(child, &status, 0) != child) {
    return Error{Code::internal, "no process of its own"};
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return content_of(out);
  if (WIFEXITED(status) && WEXITSTATUS(status) == refused) return Error{Code::state_damaged, content_of(out)};
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) return Error{Code::state_damaged, "an assertion of RocksDB"};
  return std::string{"another end"};
}

struct Case {
  const char* name;
  Part part;
  const char* kind;  // within the path of a file
};

class DamagedFile : public testing::TestWithParam<Case> {
 protected:
  /// Does it again and again, each time to a fresh copy. Counts how it ended.
  void try_deed(Deed deed, const char* name, std::size_t times) {
    Bench& bench = Bench::instance();
    const auto [label, part, kind] = GetParam();
    std::mt19937_64 random{static_cast<std::uint64_t>(deed) + 1};
    const std::vector<fs::path> before = files(bench.older(), part, kind);
    std::map<std::string, std::size_t> verdicts;
    for (std::size_t i = 0; i < times; ++i) {
      fs::remove_all(bench.copy());
      fs::copy(bench.original(), bench.copy(), fs::copy_options::recursive);
      const std::vector<fs::path> all = files(bench.copy(), part, kind);
      ASSERT_FALSE(all.empty());
      const fs::path& file = all[random() % all.size()];
      if (!befall(deed, file, before, random)) return;
      const bool is_apart = std::string_view{kind} == ".sst";
      const auto read = is_apart ? read_apart(part, bench) : bench.node.read(part, bench.copy());
      if (!read) {
        EXPECT_FALSE(read.error().detail.empty());
        const std::string_view by = read.error().detail == "an assertion of RocksDB" ? " (by an assertion)" : "";
        ++verdicts["refused as " + std::string{name_of(read.error().code)}.append(by)];
      } else if (bench.node.is_whole(part, *read)) {
        ++verdicts["harmless"];
      } else {
        ADD_FAILURE() << name << " of " << file << ", round " << i << ": other rows, and all is said to be well";
        ++verdicts["UNNOTICED"];
      }
    }
    std::printf("%s, %s:", label, name);
    for (const auto& [verdict, count] : verdicts) std::printf(" %zu %s;", count, verdict.c_str());
    std::printf("\n");
  }
};

TEST_P(DamagedFile, WithABitFlippedIsNoticedOrHarmless) { try_deed(Deed::flip, "bit flipped", rounds()); }
TEST_P(DamagedFile, CutShortIsNoticedOrHarmless) { try_deed(Deed::cut, "cut short", rounds() / 2); }
TEST_P(DamagedFile, GoneIsNoticedOrHarmless) { try_deed(Deed::remove, "gone", 6); }
TEST_P(DamagedFile, SwappedWithAnOlderOneIsNoticedOrHarmless) { try_deed(Deed::swap, "swapped", 12); }

INSTANTIATE_TEST_SUITE_P(
    Files, DamagedFile,
    testing::Values(Case{"LogWal", Part::log, ".log"}, Case{"LogTables", Part::log, ".sst"},
                    Case{"LogManifest", Part::log, "/MANIFEST"}, Case{"LogCurrent", Part::log, "/CURRENT"},
                    Case{"ShardWal", Part::shard, ".log"}, Case{"ShardTables", Part::shard, ".sst"},
                    Case{"ShardManifest", Part::shard, "/MANIFEST"}, Case{"ShardCurrent", Part::shard, "/CURRENT"},
                    Case{"NodeWal", Part::node, ".log"}, Case{"NodeTables", Part::node, ".sst"},
                    Case{"NodeManifest", Part::node, "/MANIFEST"}, Case{"NodeCurrent", Part::node, "/CURRENT"},
                    Case{"CheckpointFiles", Part::checkpoint, "/files/"},
                    Case{"CheckpointManifests", Part::checkpoint, "/manifests/"},
                    Case{"CheckpointClaims", Part::checkpoint, "/claims/"}),
    [](const testing::TestParamInfo<Case>& one) { return std::string{one.param.name}; });

}  // namespace

int read_if_asked(int count, char** words) {
  return count == 6 && std::string_view{words[1]} == read_apart_flag ? read_for_another(words + 2) : -1;
}

}  // namespace weir::fault

int main(int count, char** words) {
  if (const int done = weir::fault::read_if_asked(count, words); done >= 0) return done;
  testing::InitGoogleTest(&count, words);
  return RUN_ALL_TESTS();
}
