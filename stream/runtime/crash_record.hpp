// Finds the record that ends the process (reliability R14): what a shard is about is marked where it outlives the
// process, so that after some starts it is known. Three starts that end before a commit: records are taken one at a
// time. Three ends inside the same one: it is to blame. Whatever the process died of counts (a fault, a loop that was
// cut, the kernel's want of memory), but an end in order.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "state/store/marker_file.hpp"

namespace weir::runtime {

/// Of one shard. forgive() from any thread, all else from the shard's.
class CrashRecord {
 public:
  static constexpr std::uint64_t starts_max = 3;  // without a commit, until records are taken one at a time
  static constexpr std::uint64_t deaths_max = 3;  // inside a record, until it is blamed
  static constexpr std::uint64_t steps_max = 1 << 16;

  /// `mark` outlives it; null: nothing is remembered and nobody blamed.
  explicit CrashRecord(store::MarkerFile* mark);

  /// One record may be taken before a commit.
  bool single_step() const { return steps_left_ > 0; }
  /// Where the process died; its record has to be the first that is taken. Empty: nowhere in particular.
  const std::string& suspect() const { return suspect_; }
  /// That record has ended the process `deaths_max` times.
  bool blames(const std::string& workspace, std::uint64_t offset) const;

  /// Before each taking of records.
  void taking(const std::string& workspace, std::uint64_t offset);
  /// What was taken is committed.
  void committed();
  /// The process ends in order, whatever its shard is about: that is no crash. Nothing is marked any more.
  void forgive();

 private:
  void mark();  // under mutex_

  store::MarkerFile* const mark_;
  std::mutex mutex_;          // between the shard's thread and forgive()
  std::uint64_t starts_ = 0;  // in a row that came to no commit, this one too once it has taken something
  bool counted_ = false;      // this one
  std::string suspect_;       // a workspace, and the record in it
  std::uint64_t offset_ = 0;
  std::uint64_t deaths_ = 0;  // inside that record
  bool inside_ = false;       // that record, at present
  bool forgiven_ = false;
  std::uint64_t steps_left_ = 0;
};

}  // namespace weir::runtime
