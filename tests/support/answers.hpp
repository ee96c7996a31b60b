// The answers that people read of a process, as one text: two processes are the same if their texts are.
#pragma once

#include <string>
#include <vector>

#include "stream/feed/process_view.hpp"
#include "tests/support/model.hpp"

namespace weir::support {

/// Every table of the process. Counters of deliveries are left out: they are no views.
std::string answers_of(feed::ProcessView& view);

/// The answers over what the shards' stores hold of the process, merged as readers merge them: from the views, and by
/// scanning the cases.
std::string read_answers(const feed::Snapshots& snapshots, const std::string& workspace, const std::string& process,
                         const dataflow::Operators& operators);
std::string scanned_answers(const feed::Snapshots& snapshots, const std::string& workspace, const std::string& process,
                            const dataflow::Operators& operators);

/// The batch answer over what the model says is left in each partition: a fold of each case, once.
std::string batch_answers(const std::vector<Outcome>& partitions, const dataflow::Operators& operators);

}  // namespace weir::support
