// Where the records of a process's cases lie in a shard's store: those that are kept under keys of one kind, those that
// are archived under keys of another, so that whoever goes over the kept ones passes none of the others.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/format/keys.hpp"
#include "state/store/store.hpp"

namespace weir::runtime {

/// What is borrowed outlives it. For a task and for readers of a snapshot. Errors of all: those of the store.
class StoredCases {
 public:
  /// `any_archived`: whether some case of the process may be (ProcessRecord::archived); else none is looked for there.
  StoredCases(const store::Reader& store, const format::Scope& scope, const std::string& process, bool any_archived)
      : store_(store), scope_(scope), process_(process), any_archived_(any_archived) {}

  /// The record of each case, wherever it lies; nothing where there is none. One read, and one more where some are not
  /// kept.
  Result<std::vector<std::optional<std::string>>> records(const std::vector<std::string_view>& case_ids) const;
  Result<std::optional<std::string>> record(std::string_view case_id) const;

  /// Views into what is read; false: stop.
  using Visit = std::function<bool(std::string_view case_id, std::string_view record)>;
  /// Calls for each case with an id greater than `after` (none: each), kept or archived, ascending by id. Holds some
  /// hundred KiB of records.
  Result<void> each(std::optional<std::string_view> after, const Visit& visit) const;

 private:
  const store::Reader& store_;
  const format::Scope& scope_;
  const std::string& process_;
  const bool any_archived_;
};

}  // namespace weir::runtime
