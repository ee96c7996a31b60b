#include "stream/ingest/replay.hpp"

namespace weir::ingest {

Result<std::unique_ptr<Replay>> Replay::open(const std::string& path, FileOptions options, std::string process,
                                             const std::filesystem::path& folder, std::size_t run_bytes) {
  std::unique_ptr<Replay> replay{new Replay(std::move(process), folder, run_bytes)};
  FileReader reader{std::move(options), *replay};
  if (const auto read = read_file(path, reader); !read) return read.error();
  if (!replay->sorted_) return replay->sorted_.error();
  if (replay->events() == 0) return Error{Code::empty_file, ""};
  if (const auto sorted = replay->sort_.sort(); !sorted) return sorted.error();
  replay->rows_left_out_ = reader.errors().total();
  replay->seen_ = Occurrences{};
  return replay;
}

Result<std::optional<Event>> Replay::next() {
  auto event = sort_.next();
  if (!event || !*event) return event;
  (**event).timestamp += shift_;
  if ((**event).start) *(**event).start += shift_;
  return event;
}

void Replay::event(const EventView& view) {
  if (!sorted_) return;
  Event event = view.to_event();
  event.process = process_;
  identify_row(event, seen_);
  sorted_ = sort_.add(event);
}

}  // namespace weir::ingest
