// One pass over the text of a CSV, from a place where a row begins.
#pragma once

#include <memory>
#include <span>

#include "stream/ingest/csv_plan.hpp"
#include "stream/ingest/table_events.hpp"

namespace weir::ingest {

class CsvPass {
 public:
  virtual ~CsvPass() = default;
  /// After an error nothing more is pushed. Errors: those of CsvRows and of the events.
  virtual Result<void> push(std::span<const char> bytes) = 0;
  virtual Result<void> finish() = 0;
  /// Where the error happened that was just returned.
  virtual FilePlace place() const = 0;
};

/// What the times of all rows tell together.
class CsvSurveying final : public CsvPass {
 public:
  explicit CsvSurveying(const CsvPlan& plan) : survey_(plan.table), rows_(plan.dialect, survey_) {}

  Result<void> push(std::span<const char> bytes) override { return rows_.push(bytes); }
  Result<void> finish() override { return rows_.finish(); }
  FilePlace place() const override { return {rows_.line(), 0}; }
  const TimeHabits& habits() const { return survey_.habits; }

 private:
  TableSurvey survey_;
  CsvRows rows_;
};

/// Rows to events, one after the other.
class CsvReading final : public CsvPass {
 public:
  /// `skipped_rows` at the beginning are no data. The plan and the context must outlive this.
  CsvReading(const CsvPlan& plan, const TimeHabits& habits, std::size_t skipped_rows, FileContext& context,
             CsvRows::Buffers buffers = {})
      : events_(plan.table, habits, skipped_rows, context), rows_(plan.dialect, events_, std::move(buffers)) {}

  Result<void> push(std::span<const char> bytes) override { return note(rows_.push(bytes)); }
  Result<void> finish() override { return note(rows_.finish()); }
  FilePlace place() const override { return place_; }

  /// What follows is read as it would be by a new CsvReading with habits(), but for the number of lines: a row begins
  /// with `next`, the byte that follows.
  bool begins_row(char next) const { return events_.past_skipped() && rows_.begins_row(next); }
  const TimeHabits& habits() const { return events_.habits(); }
  /// Line ends so far.
  std::uint64_t lines() const { return rows_.line() - 1; }
  CsvRows::Buffers release_buffers() { return rows_.release_buffers(); }

 private:
  /// Adds to an outcome of the rows what the events have to say, and where.
  Result<void> note(Result<void> read) {
    if (!read.ok()) {
      place_ = {rows_.line(), 0};
      return read;
    }
    if (!events_.failure()) return {};
    place_ = events_.place();
    return *events_.failure();
  }

  TableEvents events_;
  CsvRows rows_;
  FilePlace place_;
};

}  // namespace weir::ingest
