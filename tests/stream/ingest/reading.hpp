// What the tests of the file reader share: a sink that keeps everything, reading in pieces, archives of public data.
#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stream/ingest/file_reader.hpp"
#include "stream/ingest/gunzip.hpp"

namespace weir::ingest {

class KeptEvents : public EventSink {
 public:
  void event(const EventView& view) override { events.push_back(view.to_event()); }
  std::vector<Event> events;
};

struct Reading {
  std::vector<Event> events;
  std::vector<RowError> errors;
  std::uint64_t error_count = 0;
  FileFacts facts;
  std::optional<Code> failure;
  int passes = 1;
};

/// Gives at most `piece` bytes at a time, and counts how often it is read from its beginning.
class PieceBytes final : public FileBytes {
 public:
  PieceBytes(std::string_view bytes, std::size_t piece) : bytes_(bytes), piece_(piece) {}
  Result<std::size_t> read(std::uint64_t at, std::span<char> into) override {
    if (at == 0) ++beginnings;
    return bytes_.read(at, into.first(std::min(into.size(), piece_)));
  }
  Result<std::uint64_t> size() const override { return bytes_.size(); }
  int beginnings = 0;

 private:
  MemoryBytes bytes_;
  std::size_t piece_;
};

inline FileOptions in_utc() {
  FileOptions options;
  options.zone = Zone::utc();
  return options;
}

inline Reading read_bytes(std::string_view bytes, const FileOptions& options = in_utc(),
                          std::size_t piece = std::string_view::npos) {
  KeptEvents kept;
  FileReader reader(options, kept);
  PieceBytes file(bytes, piece);
  Reading reading;
  const auto read = reader.read(file);
  reading.passes = file.beginnings;
  if (!read) {
    reading.failure = read.error().code;
    EXPECT_FALSE(reader.errors().kept().empty());
    EXPECT_EQ(reader.errors().kept().back().code, read.error().code) << "an error ends the file for good";
  }
  reading.events = std::move(kept.events);
  reading.errors = reader.errors().kept();
  reading.error_count = reader.errors().total();
  reading.facts = reader.facts();
  return reading;
}

inline std::string bytes_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string data_folder() { return WEIR_SOURCE_DIR "/../shared/data/"; }

inline std::string inflate_all(std::string_view compressed) {
  Gunzip gunzip;
  std::string out;
  std::span<const char> in(compressed);
  for (;;) {
    const bool last = in.empty();
    const auto piece = gunzip.next(in);
    if (!piece.ok() || (piece->empty() && last)) return out;
    out.append(piece->data(), piece->size());
  }
}

/// Regular files of a .tar.gz by name; empty if it is not there.
inline std::map<std::string, std::string> read_tar_gz(const std::string& path) {
  const auto tar = inflate_all(bytes_of_file(path));
  std::map<std::string, std::string> files;
  for (std::size_t at = 0; at + 512 <= tar.size() && tar[at] != '\0';) {
    const std::string name = tar.substr(at, 100).c_str();
    const auto size = std::stoul(tar.substr(at + 124, 12), nullptr, 8);
    const char type = tar[at + 156];
    at += 512;
    if (type == '0' || type == '\0') files[name] = tar.substr(at, size);
    at += (size + 511) / 512 * 512;
  }
  return files;
}

inline const std::string* attribute_of(const Event& event, std::string_view name) {
  for (const auto& attribute : event.attributes) {
    if (attribute.name == name) return &attribute.json;
  }
  return nullptr;
}

inline Time at(std::int64_t seconds) { return from_micros(seconds * 1'000'000); }

}  // namespace weir::ingest
