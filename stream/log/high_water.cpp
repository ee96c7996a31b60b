#include "stream/log/high_water.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

#include "state/format/codec.hpp"

namespace weir::log {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t checked_offset = 1 + 16;  // version, digest

Error damaged() { return {Code::log_damaged, "the high water of the log cannot be read"}; }

Error system_error(const std::string& path) { return {Code::storage_failed, path + ": " + std::strerror(errno)}; }

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool ok() const { return number_ >= 0; }
  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(number_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool sync() const { return ::fsync(number_) == 0; }

 private:
  const int number_;
};

bool write_synced(const std::string& path, std::string_view bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  return file.ok() && file.write(bytes) && file.sync();
}

/// So that a rename in it is durable.
bool sync_folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const Descriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.ok() && opened.sync();
}

}  // namespace

std::string encode(const HighWater& high_water) {
  std::string marks;
  format::Encoder to_marks(marks);
  to_marks.number(high_water.marks.size());
  for (const auto& [place, mark] : high_water.marks) {
    to_marks.text(place.first);
    to_marks.number(place.second);
    to_marks.number(mark.end);
    to_marks.hash(mark.chain);
  }
  std::string bytes;
  format::Encoder to(bytes);
  to.byte(version);
  to.hash(hash128(marks));
  return bytes.append(marks);
}

Result<HighWater> decode_high_water(std::string_view bytes) {
  format::Decoder from(bytes);
  const bool known = from.byte() == version;
  const Hash128 check = from.hash();
  if (!known || !from.ok() || check != hash128(bytes.substr(checked_offset))) return damaged();
  HighWater high_water;
  for (std::uint64_t left = from.number(); left > 0 && from.ok(); --left) {
    const std::string workspace{from.text()};
    const auto partition = static_cast<std::uint32_t>(from.number());
    HighWater::Mark mark;
    mark.end = from.number();
    mark.chain = from.hash();
    high_water.marks.insert_or_assign({workspace, partition}, mark);
  }
  if (!from.ok() || !from.at_end()) return damaged();
  return high_water;
}

Result<std::optional<HighWater>> HighWaterFile::load() {
  std::ifstream in(path_, std::ios::binary);
  if (!in) {
    if (errno == ENOENT) return std::optional<HighWater>{};
    return system_error(path_);
  }
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return system_error(path_);
  Result<HighWater> high_water = decode_high_water(bytes);
  if (!high_water) return Error{high_water.error().code, path_ + ": " + high_water.error().detail};
  return std::optional{*std::move(high_water)};
}

Result<void> HighWaterFile::save(const HighWater& high_water) {
  const std::string next = path_ + ".next";
  const bool saved =
      write_synced(next, encode(high_water)) && ::rename(next.c_str(), path_.c_str()) == 0 && sync_folder_of(path_);
  if (!saved) return system_error(path_);
  return {};
}

}  // namespace weir::log
