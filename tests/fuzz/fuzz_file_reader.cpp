// Whole files of any kind, XLSX among them. However the bytes are cut, the same events and faults come out.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/check.hpp"
#include "stream/ingest/file_reader.hpp"

namespace {

using namespace weir;
using namespace weir::ingest;

constexpr std::size_t kept_max = 10'000;  // events that are compared; the others are only counted

struct Kept final : EventSink {
  void event(const EventView& view) override {
    WEIR_CHECK(!view.case_id.empty() && !view.activity.empty() && !view.lifecycle.empty(), "an event is whole");
    WEIR_CHECK(!view.start || *view.start <= view.timestamp, "an event begins before it ends");
    ++count;
    if (events.size() < kept_max) events.push_back(view.to_event());
  }
  std::size_t count = 0;
  std::vector<Event> events;
};

struct Reading {
  std::size_t count = 0;
  std::vector<Event> events;
  std::vector<RowError> errors;
  std::uint64_t error_count = 0;
  std::optional<Code> failure;
  friend bool operator==(const Reading&, const Reading&) = default;
};

/// A file that comes in pieces.
class Pieces final : public FileBytes {
 public:
  Pieces(std::string_view bytes, std::size_t piece) : bytes_(bytes), piece_(piece) {}
  Result<std::size_t> read(std::uint64_t at, std::span<char> into) override {
    return bytes_.read(at, into.first(std::min(into.size(), piece_)));
  }
  Result<std::uint64_t> size() const override { return bytes_.size(); }

 private:
  MemoryBytes bytes_;
  std::size_t piece_;
};

Reading read(std::string_view bytes, std::size_t piece) {
  FileOptions options;
  options.zone = Zone::utc();
  Kept kept;
  FileReader reader(options, kept);
  Pieces file(bytes, piece);
  const auto outcome = reader.read(file);
  WEIR_CHECK(reader.errors().kept().size() <= RowErrors::kept_max, "errors are bounded");
  WEIR_CHECK(reader.facts().events == kept.count, "every event is counted");
  Reading reading{kept.count, std::move(kept.events), reader.errors().kept(), reader.errors().total(), {}};
  if (!outcome) reading.failure = outcome.error().code;
  return reading;
}

}  // namespace

/// The first byte is the size of the pieces (0: 64 KiB), the rest the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t piece = data[0] == 0 ? 64 * 1024 : data[0];
  const Reading whole = read(bytes, bytes.size() + 1);
  WEIR_CHECK(read(bytes, piece) == whole, "a file reads the same however it arrives");
  return 0;
}
