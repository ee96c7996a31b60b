// The port by which a shard tells which entries of its views a commit changed, so that whoever shows views as they
// change need not read them whole each time. stream/feed implements it; where nobody follows, nothing is gathered.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "stream/dataflow/views.hpp"

namespace weir::runtime {

/// What one commit changed in one process.
struct ProcessChanges {
  std::vector<dataflow::CellKey> cells;  // in the shard's names
  std::vector<std::string_view> cases;   // ids of all cases that were settled again
  bool all_cases = false;                // which they are is not known
  bool names_forgotten = false;          // a number may stand for another name from now on
  bool everything = false;               // new settings: each entry may read otherwise
};

/// Per commit: begin(), follows() and gather() per process, publish(). All from the shard's thread, but followed(). An
/// empty process stands for every one of the workspace; of one process there may be several calls.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;

  /// Until publish(), follows() does not change its mind.
  virtual void begin() = 0;
  virtual bool follows(std::string_view workspace, std::string_view process) const = 0;
  /// `changes` is valid during the call only.
  virtual void gather(std::string_view workspace, std::string_view process, const ProcessChanges& changes) = 0;
  /// Runs `write`, after which snapshots hold the commit, and tells what was gathered, as one step: nobody sees one
  /// without the other. If it fails nothing is told, and its error is returned.
  virtual Result<void> publish(const std::function<Result<void>()>& write) = 0;

  /// Somebody follows some process: commits should come soon. Any thread.
  virtual bool followed() const = 0;
};

}  // namespace weir::runtime
