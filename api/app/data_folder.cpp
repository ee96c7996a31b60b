#include "api/app/data_folder.hpp"

#include <charconv>
#include <fstream>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "schemas/crypto/key_file.hpp"
#include "state/store/durable_file.hpp"

namespace weir::app {
namespace {

constexpr std::string_view format_line = "weir 1 shards ";

Error cannot(const std::string& what, const std::filesystem::path& path) {
  return {Code::storage_failed, what + " " + path.string()};
}

/// The number of shards of the folder; `wanted` if the folder is new. 0 wants whatever there is.
Result<std::uint32_t> check_format(const std::filesystem::path& path, std::uint32_t wanted) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) {
    const auto written = store::replace_file(path, std::string{format_line} + std::to_string(wanted) + '\n');
    return written ? Result<std::uint32_t>{wanted} : written.error();
  }
  std::uint32_t stored = 0;
  const std::string_view digits = std::string_view{line}.substr(std::min(line.size(), format_line.size()));
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), stored);
  if (!line.starts_with(format_line) || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) {
    return Error{Code::state_format, "the data folder was made by another version"};
  }
  if (wanted != 0 && stored != wanted) {
    return Error{Code::state_format, "the data folder was made with " + std::to_string(stored) + " shards, not " +
                                         std::to_string(wanted) + "; `--shards` must say so"};
  }
  return stored;
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::filesystem::path& path, std::uint32_t shards) {
  std::error_code failed;
  if (shards == 0 && !std::filesystem::exists(path / "format", failed)) {
    return Error{Code::not_found, path.string() + " is no data folder"};
  }
  std::filesystem::create_directories(path, failed);
  const std::filesystem::path lock_path = path / "lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return cannot("cannot use the data folder", path);
  DataFolder folder{path, lock};
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) return cannot("another server holds the data folder", path);
  const auto stored = check_format(path / "format", shards);
  if (!stored) return stored.error();
  folder.shards_ = *stored;
  std::vector<std::filesystem::path> parts{folder.log(), folder.node(), folder.spool(), folder.crashes()};
  for (std::uint32_t i = 0; i < folder.shards_; ++i) parts.emplace_back(folder.shard(i));
  for (const std::filesystem::path& part : parts) {
    std::filesystem::create_directories(part, failed);
    if (failed) return cannot("cannot make", part);
  }
  return folder;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)), shards_(other.shards_) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);  // and with it the lock
}

std::string DataFolder::shard(std::uint32_t number) const { return path_ / "shards" / std::to_string(number); }

bool DataFolder::is_marked_damaged(std::uint32_t shard) const {
  std::error_code unknown;
  return std::filesystem::exists(damage_mark(shard), unknown);
}

Result<void> DataFolder::move_aside(std::uint32_t shard) const {
  const std::filesystem::path from = this->shard(shard), aside = damaged() / std::to_string(shard);
  if (const auto made = store::make_folders(aside.parent_path()); !made) return made;
  std::error_code failed;
  std::filesystem::remove_all(aside, failed);
  std::filesystem::rename(from, aside, failed);
  if (failed) return Error{Code::storage_failed, from.string() + ": " + failed.message()};
  // It stays for a day from now on.
  std::filesystem::last_write_time(aside, std::filesystem::file_time_type::clock::now(), failed);
  return store::sync_folder(from.parent_path());
}

Result<crypto::Key> DataFolder::key(const std::string& name) const {
  const auto keys = crypto::folder_keys(path_, name);
  if (!keys) return keys.error();
  return keys->back();
}

Result<void> DataFolder::join_cluster(const std::filesystem::path& key) const {
  return crypto::join_cluster(path_, key);
}

Result<std::string> DataFolder::node_id() const {
  constexpr std::size_t id_bytes = 8;
  const std::filesystem::path path = path_ / "node-id";
  std::string id;
  if (std::ifstream file(path); std::getline(file, id) && !id.empty()) return id;
  id = crypto::to_hex(crypto::random_bytes(id_bytes));
  const auto kept = store::replace_file(path, id + '\n');
  return kept ? Result<std::string>{id} : kept.error();
}

Result<void> DataFolder::bind_log(const std::string& identity) const {
  const std::filesystem::path path = path_ / "log-identity";
  std::ifstream file(path);
  std::string bound;
  // A folder of the first version has no such file, and an embedded log.
  if (!std::getline(file, bound) && std::filesystem::exists(path_ / "log" / "CURRENT")) bound = "embedded";
  if (bound.empty()) return store::replace_file(path, identity + '\n');
  if (bound == identity) return {};
  return Error{Code::log_recreated, "the data folder was made from the log `" + bound + "`, and this one is `" +
                                        identity + "`; use that one, or an empty data folder"};
}

Result<double> DataFolder::free_share() const { return free_share_of(path_); }

Result<double> free_share_of(const std::filesystem::path& path) {
  struct statvfs disk{};
  if (::statvfs(path.c_str(), &disk) != 0 || disk.f_bavail + disk.f_blocks - disk.f_bfree == 0)
    return cannot("cannot ask for the free space of", path);
  const auto free = static_cast<double>(disk.f_bavail);
  return free / (free + static_cast<double>(disk.f_blocks - disk.f_bfree));  // as df has it
}

}  // namespace weir::app
