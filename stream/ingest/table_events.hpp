// Rows of a table to events, by a plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stream/ingest/file_stage.hpp"
#include "stream/ingest/table_plan.hpp"

namespace weir::ingest {

/// What all times of the rows tell together; makes no events.
class TableSurvey : public TableRowSink {
 public:
  explicit TableSurvey(const TablePlan& plan) : plan_(plan) {}
  bool row(const TableRow& row) override;
  TimeHabits habits;

 private:
  const TablePlan& plan_;
  std::size_t rows_ = 0;
};

class TableEvents : public TableRowSink, private AttributeSource {
 public:
  /// The first `skipped_rows` are no data.
  TableEvents(const TablePlan& plan, const TimeHabits& habits, std::size_t skipped_rows, FileContext& context);

  bool row(const TableRow& row) override;
  /// Set when row() has answered false.
  const std::optional<Error>& failure() const { return failure_; }
  FilePlace place() const { return place_; }
  /// By which the next row is read.
  const TimeHabits& habits() const { return times_.habits(); }
  bool past_skipped() const { return skipped_rows_ == 0; }

 private:
  struct Extra {
    std::string name;
    std::size_t column;
  };

  std::vector<Attribute> attributes() const override;
  void add_rest(std::vector<Attribute>& attributes) const;
  bool has_shape(const TableRow& row);
  bool has_nul(const TableRow& row);
  void decode(const TableRow& row);
  std::string_view cell(Field field) const;
  bool read_times(EventView& view);
  bool attributes_fit(const TableRow& row) const;
  void refuse(std::size_t column, Code code, std::string_view detail);
  bool refuse(const std::optional<EventFault>& fault);

  const TablePlan& plan_;
  FileContext& context_;
  TimeReader times_;
  std::vector<Extra> extras_;  // columns without a field, by name
  std::size_t extra_name_bytes_ = 0;
  std::size_t rest_ = 0;                 // own exports: the column of the rest
  std::size_t skipped_rows_;             // still to come
  std::vector<std::string_view> cells_;  // of the row at hand, UTF-8
  std::string decoded_;                  // where those live that were not UTF-8
  FilePlace place_;
  std::optional<Error> failure_;
};

}  // namespace weir::ingest
