// What a batch of rows changes in the views, told as a task tells of its commits (runtime/change_sink.hpp). A batch
// says what rows hold, so the rows before it are read; which cases changed is not known here, and not told.
#pragma once

#include <string_view>

#include "state/store/store.hpp"
#include "stream/runtime/change_sink.hpp"

namespace weir::replica {

/// Gathers what writing `rows` into `before` will change, of the processes that are followed. The keys of both begin
/// with `prefix`, the row's own key behind it. Between begin() and publish() of the sink. Errors: state_format and
/// those of the store. O(rows of followed processes).
Result<void> gather_changes(runtime::ChangeSink& sink, const store::Reader& before, std::string_view prefix,
                            const store::Batch& rows);

/// Gathers that everything changes, in every followed process of `state`.
Result<void> gather_everything(runtime::ChangeSink& sink, const store::Reader& state);

}  // namespace weir::replica
