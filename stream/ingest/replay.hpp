// Any event log as if it happened now: its events in order of time, all moved by one duration.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "schemas/base/event.hpp"
#include "schemas/base/result.hpp"
#include "stream/ingest/file_reader.hpp"
#include "stream/ingest/identity.hpp"
#include "stream/ingest/time_sort.hpp"

namespace weir::ingest {

/// For one thread.
class Replay final : private EventSink {
 public:
  static constexpr std::size_t run_bytes_default = std::size_t{128} << 20;

  /// Reads and sorts the whole file; its rows are identified as those of an upload are. Sorts in `folder` if need be.
  /// Errors: those of a file (FileReader), not_found, storage_failed, empty_file where no row is an event.
  static Result<std::unique_ptr<Replay>> open(const std::string& path, FileOptions options, std::string process,
                                              const std::filesystem::path& folder,
                                              std::size_t run_bytes = run_bytes_default);

  std::uint64_t events() const { return sort_.count(); }
  std::uint64_t rows_left_out() const { return rows_left_out_; }
  /// By which the last event falls on `end`.
  Duration shift_to(Time end) const { return end - sort_.last(); }
  /// Of what next() hands out from now on.
  void shift_by(Duration shift) { shift_ = shift; }

  /// The next event, moved; nothing: that was the last. Error: storage_failed.
  Result<std::optional<Event>> next();

 private:
  Replay(std::string process, const std::filesystem::path& folder, std::size_t run_bytes)
      : process_(std::move(process)), sort_(folder, run_bytes) {}
  void event(const EventView& view) override;

  const std::string process_;
  TimeSort sort_;
  Occurrences seen_;
  Result<void> sorted_;
  std::uint64_t rows_left_out_ = 0;
  Duration shift_{};
};

}  // namespace weir::ingest
