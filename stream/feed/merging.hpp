// How what the shards know of a process becomes one view. Internal to feed.
#pragma once

#include <vector>

#include "stream/feed/process_view.hpp"

namespace weir::feed {

/// Counters are summed; settings are those of any shard that has some.
void add_record(const runtime::ProcessRecord& from, runtime::ProcessRecord& to);

/// The record as the shard has it, or an empty one. Errors: storage_failed, state_format.
Result<runtime::ProcessRecord> read_record(const store::Reader& shard, const format::Scope& scope,
                                           const std::string& process);

/// Numbers of one shard's names as numbers of the answer's, made when first asked for. Both must outlive it.
class Translation {
 public:
  Translation(const dataflow::Names& from, dataflow::Names& to)
      : from_(from), to_(to), known_(from.end(), dataflow::no_name) {}
  dataflow::NameId operator()(dataflow::NameId id) {
    if (id == dataflow::no_name) return dataflow::no_name;
    const bool named = id < known_.size() && !from_.text(id).empty();
    damaged_ = damaged_ || !named;
    if (!named) return dataflow::no_name;
    if (known_[id] == dataflow::no_name) known_[id] = to_.intern(from_.text(id));
    return known_[id];
  }
  /// Error state_format: a number was asked for that no name has.
  Result<void> outcome() const {
    if (damaged_) return Error{Code::state_format, "a view has names that its process has not"};
    return {};
  }

 private:
  const dataflow::Names& from_;
  dataflow::Names& to_;
  std::vector<dataflow::NameId> known_;
  bool damaged_ = false;
};

/// Merges a shard's cell into `views`, under the names that `relabel` gives.
void add_cell(const dataflow::Operators& operators, const dataflow::Relabel& relabel, dataflow::CellKey key,
              dataflow::Cell cell, dataflow::Views& views);

}  // namespace weir::feed
