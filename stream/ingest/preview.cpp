#include "stream/ingest/preview.hpp"

#include <algorithm>

namespace weir::ingest {
namespace {

constexpr std::size_t events_shown = 8;
constexpr std::size_t errors_shown = 20;

class FirstEvents final : public EventSink {
 public:
  void event(const EventView& view) override {
    if (events.size() < events_shown) events.push_back(view.to_event());
  }
  std::vector<Event> events;
};

/// Reads to the end of the bytes, twice where it must.
Result<void> read(FileReader& reader, std::span<const char> bytes) {
  for (;;) {
    if (const auto pushed = reader.push(bytes); !pushed) return pushed;
    const auto pass = reader.finish();
    if (!pass) return pass.error();
    if (*pass == Pass::complete) return {};
    reader.rewind();
  }
}

/// Without the line that the cut went through.
std::span<const char> whole_lines(std::span<const char> head) {
  if (head.size() > 2 && head[0] == '\x1F' && head[1] == '\x8B') return head;  // gzip
  const auto end = std::find(head.rbegin(), head.rend(), '\n');
  return end == head.rend() ? head : head.first(static_cast<std::size_t>(head.rend() - end));
}

/// What may be no fault of the file but of having only its beginning.
bool is_of_the_cut(Code code) {
  return code == Code::bad_archive || code == Code::bad_xml || code == Code::bad_csv || code == Code::bad_encoding ||
         code == Code::ambiguous_date_order;
}

}  // namespace

FilePreview preview_file(std::span<const char> head, bool whole, FileOptions options) {
  const bool zone_known = options.zone.has_value();
  FirstEvents first;
  FileReader reader(std::move(options), first);
  const auto outcome = read(reader, whole ? head : whole_lines(head));
  FilePreview preview;
  preview.facts = reader.facts();
  preview.events = std::move(first.events);
  preview.asks_zone = preview.facts.zoneless && !zone_known;
  if (!outcome) {
    preview.asks_date_order = whole && outcome.error().code == Code::ambiguous_date_order;
    if (whole || !is_of_the_cut(outcome.error().code)) preview.failure = outcome.error();
  }
  preview.errors = reader.errors().kept();
  if (!outcome && !preview.errors.empty()) preview.errors.pop_back();  // the failure itself
  if (preview.errors.size() > errors_shown) preview.errors.resize(errors_shown);
  return preview;
}

}  // namespace weir::ingest
