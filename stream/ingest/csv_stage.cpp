// A CSV as a stage: waits for enough bytes to plan by, then reads rows; once, or twice where only the whole file tells
// how its days and months are ordered.
#include "stream/ingest/csv_pieces.hpp"
#include "stream/ingest/file_stage.hpp"
#include "stream/ingest/table_reading.hpp"

namespace weir::ingest {
namespace {

class CsvStage : public FileStage {
 public:
  explicit CsvStage(FileContext& context) : context_(context) {}

  Result<void> push(std::span<const char> bytes) override {
    if (pass_) return note(pass_->push(bytes));
    head_.append(bytes.data(), bytes.size());
    return head_.size() >= wanted_ ? begin(false) : Result<void>();
  }

  Result<Pass> finish() override {
    if (!pass_) {
      if (auto begun = begin(true); !begun) return begun.error();
    }
    if (auto ended = note(pass_->finish()); !ended) return ended.error();
    place_ = {};
    return surveying_ == nullptr ? Pass::complete : take_survey(surveying_->habits(), context_);
  }

  FilePlace place() const override { return place_; }

 private:
  Result<void> begin(bool whole) {
    std::string_view head = head_;
    if (head.substr(0, 3) == "\xEF\xBB\xBF") head.remove_prefix(3);
    place_.line = 1;
    auto plan = plan_csv(head, whole, context_.options.delimiter, context_.options.map);
    if (!plan) return plan.error();
    if (!*plan) {
      if (head.size() > 2 * line_bytes_max) return Error{Code::empty_file, "the file begins with 2 MiB of blank lines"};
      wanted_ = head_.size() + csv_head_bytes;
      return {};
    }
    plan_ = std::move(**plan);
    if (auto adopted = adopt(plan_.table, context_); !adopted) return adopted;
    choose_pass(first_habits(plan_.table, context_, [&](TableRowSink& sink) {
      CsvRows rows(plan_.dialect, sink);
      // A fault in the rows is met, and told, when they are read for their events.
      if (const auto read = rows.push(head); read.ok()) (void)rows.finish().ok();
    }));
    auto read = note(pass_->push(head));
    head_ = {};
    return read;
  }

  void choose_pass(const TimeHabits& habits) {
    if (needs_survey(habits, context_)) {
      auto surveying = std::make_unique<CsvSurveying>(plan_);
      surveying_ = surveying.get();
      pass_ = std::move(surveying);
    } else if (context_.pieces != nullptr && context_.threads > 1) {
      pass_ = std::make_unique<CsvPieces>(plan_, habits, context_, *context_.pieces, context_.threads);
    } else {
      pass_ = std::make_unique<CsvReading>(plan_, habits, plan_.table.skipped_rows, context_);
    }
  }

  Result<void> note(Result<void> read) {
    if (!read.ok()) place_ = pass_->place();
    return read;
  }

  FileContext& context_;
  std::string head_;
  std::size_t wanted_ = csv_head_bytes;
  CsvPlan plan_;
  std::unique_ptr<CsvPass> pass_;
  CsvSurveying* surveying_ = nullptr;  // what the pass is, the first time of two
  FilePlace place_;
};

}  // namespace

std::unique_ptr<FileStage> csv_stage(FileContext& context) { return std::make_unique<CsvStage>(context); }

}  // namespace weir::ingest
