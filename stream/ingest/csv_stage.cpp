// A CSV as a stage: waits for enough bytes to plan by, then reads rows; once, or twice where only the whole file tells
// how its days and months are ordered.
#include "stream/ingest/csv_events.hpp"
#include "stream/ingest/file_stage.hpp"

namespace weir::ingest {
namespace {

class CsvStage : public FileStage {
 public:
  explicit CsvStage(FileContext& context) : context_(context) {}

  Result<void> push(std::span<const char> bytes) override {
    if (rows_) return note(rows_->push(bytes));
    head_.append(bytes.data(), bytes.size());
    return head_.size() >= wanted_ ? begin(false) : Result<void>();
  }

  Result<Pass> finish() override {
    if (!rows_) {
      if (auto begun = begin(true); !begun) return begun.error();
    }
    if (auto ended = note(rows_->finish()); !ended) return ended.error();
    if (!survey_) return Pass::complete;
    const auto& habits = survey_->habits;
    if (habits.contradicted || (habits.order == DateOrder::undecided && habits.matters)) {
      place_ = {};
      return Error{Code::ambiguous_date_order,
                   habits.contradicted ? "some times have the day first and some the month; declare the order"
                                       : "no time tells whether the day or the month comes first; declare the order"};
    }
    context_.habits = habits;
    return Pass::again;
  }

  FilePlace place() const override { return place_; }

 private:
  Result<void> begin(bool whole) {
    std::string_view head = head_;
    if (head.substr(0, 3) == "\xEF\xBB\xBF") head.remove_prefix(3);
    auto plan = plan_csv(head, whole, context_.options.delimiter, context_.options.map);
    if (!plan) {
      place_.line = 1;
      return plan.error();
    }
    if (!*plan) {
      if (head.size() > 2 * line_bytes_max) return Error{Code::empty_file, "the file begins with 2 MiB of blank lines"};
      wanted_ = head_.size() + csv_head_bytes;
      return {};
    }
    plan_ = std::move(**plan);
    tell_facts();
    if (plan_.unmapped) {
      place_.line = 1;
      return *plan_.unmapped;
    }
    const auto habits = context_.habits ? *context_.habits : habits_of(head);
    if (!context_.habits && habits.numbered_months && habits.order == DateOrder::undecided) {
      survey_.emplace(plan_);
      rows_.emplace(plan_.dialect, *survey_);
    } else {
      events_.emplace(plan_, habits, context_);
      rows_.emplace(plan_.dialect, *events_);
    }
    auto read = note(rows_->push(head));
    head_ = {};
    return read;
  }

  /// A declared order is not up to the file.
  TimeHabits habits_of(std::string_view head) const {
    CsvSurvey survey(plan_);
    CsvRows rows(plan_.dialect, survey);
    // A fault in the rows is met, and told, when they are read for their events.
    if (const auto read = rows.push(head); read.ok()) (void)rows.finish().ok();
    if (context_.options.date_order != DateOrder::undecided) survey.habits.order = context_.options.date_order;
    return survey.habits;
  }

  void tell_facts() {
    context_.facts.columns = plan_.columns;
    context_.facts.first_rows = plan_.first_rows;
    context_.facts.mapping.clear();
    for (std::size_t i = 0; i < field_count; ++i) {
      const auto field = static_cast<Field>(i);
      const auto column = plan_.mapping.column(field);
      if (column) context_.facts.mapping.push_back({std::string(name_of(field)), plan_.columns[*column]});
    }
  }

  /// Adds to an outcome of the rows what the events have to say, and where.
  Result<void> note(Result<void> read) {
    if (!read.ok()) {
      place_ = {rows_->line(), 0};
      return read;
    }
    if (!events_ || !events_->failure()) return {};
    place_ = events_->place();
    return *events_->failure();
  }

  FileContext& context_;
  std::string head_;
  std::size_t wanted_ = csv_head_bytes;
  CsvPlan plan_;
  std::optional<CsvSurvey> survey_;
  std::optional<CsvEvents> events_;
  std::optional<CsvRows> rows_;
  FilePlace place_;
};

}  // namespace

std::unique_ptr<FileStage> csv_stage(FileContext& context) { return std::make_unique<CsvStage>(context); }

}  // namespace weir::ingest
