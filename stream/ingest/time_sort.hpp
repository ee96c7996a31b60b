// Events into the order of their times, however many: what does not fit into memory is sorted in runs, written to files
// without a name, and merged. The files are gone when the process is.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "schemas/base/event.hpp"
#include "schemas/base/result.hpp"

namespace weir::ingest {

/// First add() all, then sort(), then next() until nothing is left. For one thread. After an error, use no more.
class TimeSort {
 public:
  /// Runs of up to `run_bytes`, which is the memory it takes (merging: 64 KiB a run), go to `folder`.
  TimeSort(std::filesystem::path folder, std::size_t run_bytes);

  /// Errors: storage_failed, storage_full.
  Result<void> add(const Event& event);
  /// Errors: storage_failed, storage_full.
  Result<void> sort();
  /// The next event by its timestamp; of equal ones the one that was added first. Nothing: that was the last. Error:
  /// storage_failed.
  Result<std::optional<Event>> next();

  std::uint64_t count() const { return count_; }
  /// Of what was added; count() > 0.
  Time last() const { return last_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Place {
    Time time;
    std::size_t at, size;  // in bytes_
  };
  /// The first record of a run that was not handed out.
  struct Head {
    Time time;
    std::size_t run;
    std::string bytes;

    friend bool operator>(const Head& a, const Head& b) { return a.time != b.time ? a.time > b.time : a.run > b.run; }
  };

  Result<void> write_run();
  Result<void> read_head(std::size_t run);

  const std::filesystem::path folder_;
  const std::size_t run_bytes_;
  std::string bytes_;           // of the run at hand: canonical JSON, one after the other
  std::vector<Place> places_;   // in bytes_
  std::size_t handed_out_ = 0;  // of places_, where one run was enough
  std::vector<std::unique_ptr<std::FILE, Close>> runs_;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads_;
  std::uint64_t count_ = 0;
  Time last_{};
};

}  // namespace weir::ingest
