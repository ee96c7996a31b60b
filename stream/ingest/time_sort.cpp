#include "stream/ingest/time_sort.hpp"

#include <algorithm>

#include "schemas/codec/event_json.hpp"
#include "stream/ingest/scratch_file.hpp"

namespace weir::ingest {
namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;

struct Frame {
  std::int64_t micros;
  std::uint64_t size;
};

/// Every event was valid when it was added; the record's own limit on the future does not apply.
Result<std::optional<Event>> decoded(std::string_view bytes) {
  auto event = decode_stored_event(bytes, Time::max() - std::chrono::hours{48});
  if (!event) return event.error();
  return std::optional{std::move(*event)};
}

}  // namespace

TimeSort::TimeSort(std::filesystem::path folder, std::size_t run_bytes)
    : folder_(std::move(folder)), run_bytes_(run_bytes) {}

Result<void> TimeSort::add(const Event& event) {
  const std::size_t at = bytes_.size();
  encode_event(event, bytes_);
  places_.push_back({event.timestamp, at, bytes_.size() - at});
  last_ = count_++ == 0 ? event.timestamp : std::max(last_, event.timestamp);
  if (bytes_.size() + places_.size() * sizeof(Place) < run_bytes_) return {};
  return write_run();
}

Result<void> TimeSort::sort() {
  if (!runs_.empty()) {
    if (const auto written = write_run(); !written) return written;
    bytes_.shrink_to_fit();
    places_.shrink_to_fit();
    for (std::size_t run = 0; run < runs_.size(); ++run) {
      std::rewind(runs_[run].get());
      if (const auto read = read_head(run); !read) return read;
    }
    return {};
  }
  std::stable_sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) { return a.time < b.time; });
  return {};
}

Result<std::optional<Event>> TimeSort::next() {
  if (runs_.empty()) {
    if (handed_out_ == places_.size()) return std::optional<Event>{};
    const Place& place = places_[handed_out_++];
    return decoded(std::string_view{bytes_}.substr(place.at, place.size));
  }
  if (heads_.empty()) return std::optional<Event>{};
  const Head head = heads_.top();
  heads_.pop();
  if (const auto read = read_head(head.run); !read) return read.error();
  return decoded(head.bytes);
}

Result<void> TimeSort::write_run() {
  std::stable_sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) { return a.time < b.time; });
  const auto descriptor = open_scratch_file(folder_);
  if (!descriptor) return descriptor.error();
  std::unique_ptr<std::FILE, Close> file{::fdopen(*descriptor, "w+b")};
  if (!file) return scratch_error(folder_);
  std::setvbuf(file.get(), nullptr, _IOFBF, buffer_bytes);
  for (const Place& place : places_) {
    const Frame frame{to_micros(place.time), place.size};
    std::fwrite(&frame, sizeof frame, 1, file.get());
    std::fwrite(bytes_.data() + place.at, 1, place.size, file.get());
  }
  if (std::fflush(file.get()) != 0 || std::ferror(file.get()) != 0) return scratch_error(folder_);
  runs_.push_back(std::move(file));
  bytes_.clear();
  places_.clear();
  return {};
}

Result<void> TimeSort::read_head(std::size_t run) {
  std::FILE* file = runs_[run].get();
  Frame frame{};
  if (std::fread(&frame, sizeof frame, 1, file) != 1) {
    return std::ferror(file) != 0 ? Result<void>{scratch_error(folder_)} : Result<void>{};
  }
  Head head{from_micros(frame.micros), run, std::string(frame.size, '\0')};
  if (std::fread(head.bytes.data(), 1, frame.size, file) != frame.size) return scratch_error(folder_);
  heads_.push(std::move(head));
  return {};
}

}  // namespace weir::ingest
