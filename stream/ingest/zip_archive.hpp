// A zip archive by its directory (APPNOTE 6.3, zip64 included), for reading parts whose names one knows. Names are
// compared, never used as paths.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/ingest/file_bytes.hpp"
#include "stream/ingest/inflater.hpp"

namespace weir::ingest {

struct ZipEntry {
  std::string name;
  std::uint64_t header_at = 0;
  std::uint64_t data_at = 0;
  std::uint64_t packed_bytes = 0;
  std::uint64_t bytes = 0;
  std::uint32_t checksum = 0;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
};

class ZipArchive {
 public:
  static constexpr std::size_t entries_max = 10'000;
  static constexpr std::size_t directory_bytes_max = 16 << 20;

  /// Holds the directory against the headers of all entries, before anything is inflated: entries that overlap, differ
  /// from the directory, are encrypted, links, named twice or named like a path out are refused, and so is an archive
  /// that would inflate beyond the limits. Errors: bad_archive, decompression_limit; those of FileBytes. O(entries).
  static Result<ZipArchive> open(FileBytes& file);

  /// Without regard to the case of ASCII letters, as in a package of parts (ECMA-376-2). nullptr: it is not there.
  const ZipEntry* find(std::string_view name) const;

 private:
  std::vector<ZipEntry> entries_;  // by name in lower case
};

/// The content of one entry. Not thread-safe.
class ZipEntryReader {
 public:
  /// Both must outlive it.
  ZipEntryReader(FileBytes& file, const ZipEntry& entry);

  /// The next bytes, valid until the next call; nothing: that was all, and the checksum agrees. Errors: bad_archive;
  /// those of FileBytes.
  Result<std::span<const char>> next();
  /// How far reading stands in the file.
  std::uint64_t place() const { return at_; }

 private:
  Result<std::span<const char>> packed();
  Result<std::span<const char>> account(std::span<const char> bytes);

  FileBytes& file_;
  const ZipEntry& entry_;
  std::uint64_t at_;
  std::vector<char> buffer_;
  std::span<const char> waiting_;  // of buffer_, not yet inflated
  std::optional<Inflater> inflater_;
  std::uint64_t made_ = 0;
  std::uint32_t checksum_ = 0;
  bool ended_ = false;
};

}  // namespace weir::ingest
