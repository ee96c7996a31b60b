#include "stream/ingest/table_reading.hpp"

namespace weir::ingest {

Result<void> adopt(const TablePlan& plan, FileContext& context) {
  context.facts.columns = plan.columns;
  context.facts.first_rows = plan.first_rows;
  context.facts.mapping.clear();
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto field = static_cast<Field>(i);
    const auto column = plan.mapping.column(field);
    if (column) context.facts.mapping.push_back({std::string(name_of(field)), plan.columns[*column]});
  }
  return plan.unmapped ? Result<void>(*plan.unmapped) : Result<void>();
}

TimeHabits first_habits(const TablePlan& plan, const FileContext& context,
                        const std::function<void(TableRowSink&)>& hand_out_beginning) {
  if (context.habits) return *context.habits;
  TableSurvey survey(plan);
  hand_out_beginning(survey);
  if (context.options.date_order != DateOrder::undecided) survey.habits.order = context.options.date_order;
  return survey.habits;
}

bool needs_survey(const TimeHabits& habits, const FileContext& context) {
  return !context.habits && habits.numbered_months && habits.order == DateOrder::undecided;
}

Result<Pass> take_survey(const TimeHabits& habits, FileContext& context) {
  if (habits.contradicted || (habits.order == DateOrder::undecided && habits.matters)) {
    return Error{Code::ambiguous_date_order,
                 habits.contradicted ? "some times have the day first and some the month; declare the order"
                                     : "no time tells whether the day or the month comes first; declare the order"};
  }
  context.habits = habits;
  return Pass::again;
}

}  // namespace weir::ingest
