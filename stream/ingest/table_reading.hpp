// How the rows of a table are to be read, whatever file they stand in: by the plan and by what the times of the
// beginning tell, or, where only the whole file tells how its days and months are ordered, by a first pass over it.
#pragma once

#include <functional>

#include "stream/ingest/table_events.hpp"

namespace weir::ingest {

/// Tells the facts of the plan. Error: missing_column.
Result<void> adopt(const TablePlan& plan, FileContext& context);

/// By which rows are read: what a first pass has found, else what the rows tell that `hand_out_beginning` gives to a
/// sink. A declared order is not up to the file.
TimeHabits first_habits(const TablePlan& plan, const FileContext& context,
                        const std::function<void(TableRowSink&)>& hand_out_beginning);
/// The whole file has to be surveyed before.
bool needs_survey(const TimeHabits& habits, const FileContext& context);
/// Keeps what a survey has found; then the file is read again. Error: ambiguous_date_order.
Result<Pass> take_survey(const TimeHabits& habits, FileContext& context);

}  // namespace weir::ingest
