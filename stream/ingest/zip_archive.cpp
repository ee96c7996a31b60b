#include "stream/ingest/zip_archive.hpp"

#include <algorithm>
#include <array>

namespace weir::ingest {
namespace {

constexpr std::size_t local_bytes = 30;
constexpr std::size_t central_bytes = 46;
constexpr std::size_t end_bytes = 22;
constexpr std::size_t wide_locator_bytes = 20;
constexpr std::size_t wide_end_bytes = 56;
constexpr std::size_t comment_bytes_max = 0xFFFF;
constexpr std::uint32_t in_wide_field = 0xFFFFFFFF;  // the number itself is zip64's
constexpr std::uint16_t stored = 0;
constexpr std::uint16_t deflated = 8;

Error damaged(const char* what) { return {Code::bad_archive, what}; }

/// Little-endian numbers of a record that is there.
class Record {
 public:
  explicit Record(std::span<const char> bytes) : bytes_(bytes) {}
  std::uint16_t two(std::size_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  std::uint32_t four(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
  std::uint64_t eight(std::size_t at) const { return number(at, 8); }

 private:
  std::uint64_t number(std::size_t at, std::size_t size) const {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes_[at + i]);
    return value;
  }
  std::span<const char> bytes_;
};

struct Directory {
  std::uint64_t at = 0;
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
};

std::string in_lower_case(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower;
}

bool leads_out(std::string_view name) {
  if (name.empty() || name.front() == '/') return true;
  if (name.find_first_of(std::string_view("\\:\0", 3)) != std::string_view::npos) return true;
  const std::string within = "/" + std::string(name) + "/";
  return within.find("/../") != std::string::npos;
}

/// Made on Unix, and neither a plain file nor a folder.
bool is_special(const Record& central) {
  constexpr int host_unix = 3;
  constexpr int host_mac = 19;
  const int host = central.two(4) >> 8;
  const std::uint32_t kind = central.four(38) >> 16 & 0170000;
  return (host == host_unix || host == host_mac) && kind != 0 && kind != 0100000 && kind != 0040000;
}

/// Where zip64 keeps what 32 bits cannot hold. False: it does not.
bool widen(std::span<const char> extra, ZipEntry& entry) {
  constexpr std::uint16_t wide_fields = 1;
  const bool needed =
      entry.bytes == in_wide_field || entry.packed_bytes == in_wide_field || entry.header_at == in_wide_field;
  while (extra.size() >= 4) {
    const Record head(extra);
    const std::size_t size = head.two(2);
    if (size > extra.size() - 4) break;
    if (head.two(0) == wide_fields) {
      const Record fields(extra.subspan(4, size));
      std::size_t at = 0;
      for (auto* number : {&entry.bytes, &entry.packed_bytes, &entry.header_at}) {
        if (*number != in_wide_field) continue;
        if (at + 8 > size) return false;
        *number = fields.eight(at);
        at += 8;
      }
      return true;
    }
    extra = extra.subspan(4 + size);
  }
  return !needed;
}

Result<Directory> find_wide_directory(FileBytes& file, std::uint64_t end_at) {
  std::array<char, wide_locator_bytes> locator{};
  std::array<char, wide_end_bytes> end{};
  if (end_at < locator.size() + end.size()) return damaged("the zip64 directory is missing");
  if (auto read = file.read_exactly(end_at - locator.size(), locator); !read) return read.error();
  const Record where(locator);
  const std::uint64_t at = where.eight(8);
  if (where.four(0) != 0x07064B50 || at > end_at - locator.size() - end.size()) {
    return damaged("the zip64 directory is missing");
  }
  if (auto read = file.read_exactly(at, end); !read) return read.error();
  const Record wide(end);
  const Directory found{wide.eight(48), wide.eight(40), wide.eight(32)};
  const bool meets = found.bytes <= at && found.at == at - found.bytes;
  if (wide.four(0) != 0x06064B50 || !meets) return damaged("the zip64 directory is damaged");
  return found;
}

/// The record at the end says where the directory is; it ends the file, and the directory ends before it.
Result<Directory> find_directory(FileBytes& file) {
  const auto size = file.size();
  if (!size) return size.error();
  std::vector<char> tail(std::min<std::uint64_t>(*size, end_bytes + comment_bytes_max));
  if (auto read = file.read_exactly(*size - tail.size(), tail); !read) return read.error();
  for (std::size_t at = tail.size() < end_bytes ? 0 : tail.size() - end_bytes + 1; at-- > 0;) {
    const Record end(std::span<const char>(tail).subspan(at));
    if (end.four(0) != 0x06054B50 || at + end_bytes + end.two(20) != tail.size()) continue;
    const std::uint64_t end_at = *size - tail.size() + at;
    const bool wide = end.two(10) == 0xFFFF || end.four(12) == in_wide_field || end.four(16) == in_wide_field;
    if (wide) return find_wide_directory(file, end_at);
    if (end.two(4) != 0 || end.two(6) != 0 || end.two(8) != end.two(10))
      return damaged("the archive has several parts");
    const Directory found{end.four(16), end.four(12), end.two(10)};
    if (found.at + found.bytes != end_at) return damaged("the archive's directory is not where it should be");
    return found;
  }
  return damaged("the archive is cut off or no zip");
}

Result<void> check(const ZipEntry& entry, const Record& central) {
  constexpr std::uint16_t encrypted = 1 << 0 | 1 << 6 | 1 << 13;
  if ((entry.flags & encrypted) != 0) return damaged("the archive is encrypted");
  if (leads_out(entry.name) || is_special(central)) return damaged("an entry is a link or named like a path out");
  if (entry.method != stored && entry.method != deflated) return damaged("an entry is packed in an unknown way");
  if (entry.method == stored && entry.packed_bytes != entry.bytes) return damaged("an entry has two sizes");
  return {};
}

Result<std::vector<ZipEntry>> read_directory(FileBytes& file, const Directory& directory) {
  if (directory.entries > ZipArchive::entries_max) return damaged("the archive has more than 10,000 entries");
  if (directory.bytes > ZipArchive::directory_bytes_max)
    return damaged("the archive's directory is larger than 16 MiB");
  std::vector<char> bytes(directory.bytes);
  if (auto read = file.read_exactly(directory.at, bytes); !read) return read.error();
  std::vector<ZipEntry> entries;
  std::span<const char> rest(bytes);
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    if (rest.size() < central_bytes) return damaged("the archive's directory is cut off");
    const Record central(rest);
    const std::size_t name = central.two(28);
    const std::size_t extra = central.two(30);
    const std::size_t size = central_bytes + name + extra + central.two(32);
    if (central.four(0) != 0x02014B50 || size > rest.size()) return damaged("the archive's directory is damaged");
    ZipEntry entry{{rest.data() + central_bytes, name},
                   central.four(42),
                   0,
                   central.four(20),
                   central.four(24),
                   central.four(16),
                   central.two(8),
                   central.two(10)};
    if (!widen(rest.subspan(central_bytes + name, extra), entry)) return damaged("a size of the archive is missing");
    if (auto sound = check(entry, central); !sound) return sound.error();
    entries.push_back(std::move(entry));
    rest = rest.subspan(size);
  }
  if (!rest.empty()) return damaged("the archive's directory has more than it says");
  return entries;
}

/// What stands before the entry's data must say what the directory says.
Result<void> hold_against_header(FileBytes& file, ZipEntry& entry, std::uint64_t limit) {
  if (entry.header_at + local_bytes + entry.name.size() > limit || entry.header_at > limit) {
    return damaged("an entry lies outside of the archive");
  }
  std::vector<char> bytes(local_bytes + entry.name.size());
  if (auto read = file.read_exactly(entry.header_at, bytes); !read) return read.error();
  const Record local(bytes);
  constexpr std::uint16_t sizes_follow = 1 << 3;
  const auto agrees = [&](std::uint32_t told, std::uint64_t real) {
    return told == real || told == in_wide_field || ((entry.flags & sizes_follow) != 0 && told == 0);
  };
  const bool same = local.four(0) == 0x04034B50 && local.two(6) == entry.flags && local.two(8) == entry.method &&
                    agrees(local.four(14), entry.checksum) && agrees(local.four(18), entry.packed_bytes) &&
                    agrees(local.four(22), entry.bytes) && local.two(26) == entry.name.size() &&
                    std::string_view(bytes.data() + local_bytes, entry.name.size()) == entry.name;
  if (!same) return damaged("an entry is not what the directory says");
  entry.data_at = entry.header_at + local_bytes + entry.name.size() + local.two(28);
  if (entry.data_at > limit || entry.packed_bytes > limit - entry.data_at) {
    return damaged("an entry lies outside of the archive");
  }
  return {};
}

Result<void> refuse_overlaps(std::vector<ZipEntry>& entries) {
  std::sort(entries.begin(), entries.end(),
            [](const ZipEntry& a, const ZipEntry& b) { return a.header_at < b.header_at; });
  for (std::size_t i = 1; i < entries.size(); ++i) {
    const auto& before = entries[i - 1];
    if (before.data_at + before.packed_bytes > entries[i].header_at) {
      return Error{Code::decompression_limit, "entries of the archive overlap"};
    }
  }
  return {};
}

}  // namespace

Result<ZipArchive> ZipArchive::open(FileBytes& file) {
  const auto directory = find_directory(file);
  if (!directory) return directory.error();
  auto entries = read_directory(file, *directory);
  if (!entries) return entries.error();
  std::uint64_t bytes = 0;
  for (auto& entry : *entries) {
    if (auto same = hold_against_header(file, entry, directory->at); !same) return same.error();
    bytes += std::min(entry.bytes, inflated_bytes_max + 1);
  }
  if (auto apart = refuse_overlaps(*entries); !apart) return apart.error();
  if (auto limits = check_inflation(directory->at, bytes); !limits) return limits.error();
  ZipArchive archive;
  archive.entries_ = std::move(*entries);
  for (auto& entry : archive.entries_) entry.name = in_lower_case(entry.name);
  const auto by_name = [](const ZipEntry& a, const ZipEntry& b) { return a.name < b.name; };
  std::sort(archive.entries_.begin(), archive.entries_.end(), by_name);
  const auto twice = std::adjacent_find(archive.entries_.begin(), archive.entries_.end(),
                                        [](const ZipEntry& a, const ZipEntry& b) { return a.name == b.name; });
  if (twice != archive.entries_.end()) return damaged("two entries have one name");
  return archive;
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
  const auto wanted = in_lower_case(name);
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), wanted,
                                      [](const ZipEntry& entry, const std::string& key) { return entry.name < key; });
  return found == entries_.end() || found->name != wanted ? nullptr : &*found;
}

ZipEntryReader::ZipEntryReader(FileBytes& file, const ZipEntry& entry)
    : file_(file), entry_(entry), at_(entry.data_at), buffer_(128 * 1024) {
  if (entry.method == deflated) inflater_.emplace(Inflater::Wrapping::none);
}

/// Nothing: all was read.
Result<std::span<const char>> ZipEntryReader::packed() {
  const std::uint64_t left = entry_.data_at + entry_.packed_bytes - at_;
  const auto room = std::span(buffer_).first(std::min<std::uint64_t>(left, buffer_.size()));
  if (auto read = file_.read_exactly(at_, room); !read) return read.error();
  at_ += room.size();
  return std::span<const char>(room);
}

Result<std::span<const char>> ZipEntryReader::next() {
  if (ended_) return std::span<const char>{};
  if (!inflater_) {
    const auto bytes = packed();
    if (!bytes) return bytes;
    ended_ = bytes->empty();
    return account(*bytes);
  }
  for (;;) {
    if (waiting_.empty()) {
      const auto bytes = packed();
      if (!bytes) return bytes;
      waiting_ = *bytes;
    }
    const bool last = waiting_.empty();
    const auto piece = inflater_->next(waiting_);
    const bool whole = piece && (!piece->is_end || (waiting_.empty() && at_ == entry_.data_at + entry_.packed_bytes));
    if (!whole) return damaged("an entry of the archive is damaged");
    ended_ = piece->is_end;
    if (!piece->bytes.empty() || ended_) return account(piece->bytes);
    if (last) return damaged("an entry of the archive is cut off");
  }
}

Result<std::span<const char>> ZipEntryReader::account(std::span<const char> bytes) {
  made_ += bytes.size();
  checksum_ = ingest::checksum(checksum_, bytes);
  const bool agrees = ended_ ? made_ == entry_.bytes && checksum_ == entry_.checksum : made_ <= entry_.bytes;
  if (!agrees) return damaged("an entry is not what the directory says");
  return bytes;
}

}  // namespace weir::ingest
