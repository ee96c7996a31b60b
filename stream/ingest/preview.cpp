#include "stream/ingest/preview.hpp"

#include <span>
#include <string>

namespace weir::ingest {
namespace {

constexpr std::size_t events_shown = 8;
constexpr std::size_t errors_shown = 20;
/// So many tell enough.
constexpr std::uint64_t rows_read = 5'000;
constexpr std::size_t head_bytes_max = 1 << 20;

class FirstEvents final : public EventSink {
 public:
  void event(const EventView& view) override {
    if (events.size() < events_shown) events.push_back(view.to_event());
  }
  std::vector<Event> events;
};

/// The file's first bytes, without the line that the cut went through.
Result<std::string> whole_lines(FileBytes& head) {
  std::string bytes(head_bytes_max, '\0');
  std::size_t size = 0;
  for (;;) {
    const auto got = head.read(size, std::span(bytes).subspan(size));
    if (!got) return got.error();
    size += *got;
    if (*got == 0) break;
  }
  bytes.resize(size);
  const bool is_text = !bytes.starts_with("\x1F\x8B") && !bytes.starts_with("PK\x03\x04");
  const auto end = bytes.rfind('\n');
  if (is_text && end != std::string::npos) bytes.resize(end + 1);
  return bytes;
}

/// What may be no fault of the file but of having only its beginning.
bool is_of_the_cut(Code code) {
  return code == Code::bad_archive || code == Code::bad_xml || code == Code::bad_csv || code == Code::bad_encoding ||
         code == Code::ambiguous_date_order;
}

}  // namespace

FilePreview preview_file(FileBytes& head, bool whole, FileOptions options) {
  const bool zone_known = options.zone.has_value();
  FirstEvents first;
  FileReader reader(std::move(options), first);
  auto outcome = Result<void>();
  if (whole) {
    outcome = reader.read(head, [&](std::uint64_t) { return reader.facts().rows < rows_read; });
  } else {
    const auto lines = whole_lines(head);
    auto bytes = lines ? MemoryBytes(*lines) : MemoryBytes({});
    outcome = lines ? reader.read(bytes) : Result<void>(lines.error());
  }
  FilePreview preview;
  preview.facts = reader.facts();
  preview.events = std::move(first.events);
  preview.asks_zone = preview.facts.zoneless && !zone_known;
  if (!outcome) {
    const Code code = outcome.error().code;
    preview.asks_date_order = whole && code == Code::ambiguous_date_order;
    const bool is_cut = !whole && preview.facts.format != FileFormat::xlsx && is_of_the_cut(code);
    if (!is_cut) preview.failure = outcome.error();
  }
  preview.errors = reader.errors().kept();
  if (!outcome && !preview.errors.empty()) preview.errors.pop_back();  // the failure itself
  if (preview.errors.size() > errors_shown) preview.errors.resize(errors_shown);
  return preview;
}

}  // namespace weir::ingest
