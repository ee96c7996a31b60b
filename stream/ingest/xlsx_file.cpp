#include "stream/ingest/xlsx_file.hpp"

#include <algorithm>

#include "stream/ingest/sheet_rows.hpp"
#include "stream/ingest/table_reading.hpp"

namespace weir::ingest {
namespace {

constexpr std::size_t sheets_told = 100;

/// Rows copied, until there are enough to plan by.
class HeldRows : public TableRowSink {
 public:
  bool row(const TableRow& row) override {
    rows_.push_back({row.cell_count, row.line, row.cells.size(), row.fault, std::string(row.fault.detail)});
    for (const auto cell : row.cells) sizes_.push_back(cell.size());
    for (const auto cell : row.cells) bytes_.append(cell);
    return true;
  }

  bool are_enough() const { return bytes_.size() >= 256 * 1024 || rows_.size() >= 4096; }

  void hand_out(TableRowSink& sink) const {
    std::vector<std::string_view> cells;
    std::size_t at = 0;
    std::size_t cell = 0;
    for (const auto& held : rows_) {
      cells.clear();
      const std::size_t begin = at;
      for (std::size_t i = 0; i < held.cells; ++i, at += sizes_[cell++]) {
        cells.push_back(std::string_view(bytes_).substr(at, sizes_[cell]));
      }
      TableRow row{cells, std::string_view(bytes_).substr(begin, at - begin), held.cell_count, held.line, held.fault};
      row.fault.detail = held.detail;
      if (!sink.row(row)) return;
    }
  }

 private:
  struct Held {
    std::size_t cell_count;
    std::uint64_t line;
    std::size_t cells;
    CellFault fault;
    std::string detail;
  };
  std::vector<Held> rows_;
  std::vector<std::size_t> sizes_;
  std::string bytes_;
};

/// Plans by the first rows, then hands all of them on.
class SheetTable final : public TableRowSink {
 public:
  explicit SheetTable(FileContext& context) : context_(context) {}

  bool row(const TableRow& row) override {
    if (has_begun()) return rows().row(row);
    held_.row(row);
    if (!held_.are_enough()) return true;
    begun_ = begin(false);
    return outcome().ok();
  }

  bool has_begun() const { return survey_ || events_; }

  /// What there is to say against the file so far.
  Result<void> outcome() const {
    if (!begun_) return begun_;
    return events_ && events_->failure() ? Result<void>(*events_->failure()) : Result<void>();
  }
  FilePlace place() const {
    if (!begun_) return {1, 0};
    return events_ ? events_->place() : FilePlace{};
  }

  Result<Pass> finish() {
    if (!has_begun()) begun_ = begin(true);
    if (const auto told = outcome(); !told) return told.error();
    return survey_ ? take_survey(survey_->habits, context_) : Pass::complete;
  }

 private:
  TableRowSink& rows() {
    if (survey_) return *survey_;
    return *events_;
  }

  Result<void> begin(bool whole) {
    FirstRows first;
    held_.hand_out(first);
    if (first.rows().empty()) return Error{Code::empty_file, "the sheet holds no rows"};
    auto plan = plan_table(first, 0, whole, context_.options.map);
    if (!plan) return plan.error();
    plan_ = std::move(*plan);
    if (auto adopted = adopt(plan_, context_); !adopted) return adopted;
    const auto habits = first_habits(plan_, context_, [this](TableRowSink& sink) { held_.hand_out(sink); });
    if (needs_survey(habits, context_)) {
      survey_.emplace(plan_);
    } else {
      events_.emplace(plan_, habits, plan_.skipped_rows, context_);
    }
    held_.hand_out(rows());
    held_ = {};
    return {};
  }

  FileContext& context_;
  TablePlan plan_;
  std::optional<TableSurvey> survey_;
  std::optional<TableEvents> events_;
  HeldRows held_;
  Result<void> begun_;
};

}  // namespace

Result<std::unique_ptr<XlsxFile>> XlsxFile::open(FileContext& context, FileBytes& file) {
  std::unique_ptr<XlsxFile> opened(new XlsxFile(context, file));
  context.facts.format = FileFormat::xlsx;
  const auto bytes = file.size();
  if (!bytes) return bytes.error();
  opened->bytes_ = *bytes;
  auto archive = ZipArchive::open(file);
  if (!archive) return archive.error();
  opened->archive_ = std::move(*archive);
  auto workbook = open_workbook(file, opened->archive_);
  if (!workbook) return workbook.error();
  opened->workbook_ = std::move(*workbook);
  opened->tell_sheets();
  if (auto chosen = opened->choose_sheet(); !chosen) return chosen.error();
  if (auto read = opened->read_strings(); !read) return read.error();
  return opened;
}

void XlsxFile::tell_sheets() {
  context_.facts.sheets.clear();
  for (const auto& sheet : workbook_.sheets) {
    if (sheet.is_visible && context_.facts.sheets.size() < sheets_told) context_.facts.sheets.push_back(sheet.name);
  }
}

Result<void> XlsxFile::choose_sheet() {
  const auto& wanted = context_.options.sheet;
  const auto& sheets = workbook_.sheets;
  const auto chosen = std::find_if(sheets.begin(), sheets.end(), [&](const Sheet& sheet) {
    return wanted.empty() ? sheet.is_visible : sheet.name == wanted;
  });
  if (chosen == sheets.end()) {
    return Error{Code::missing_sheet, wanted.empty() ? "the workbook has no visible sheet of cells"
                                                     : "the workbook has no sheet \"" + wanted.substr(0, 64) + "\""};
  }
  sheet_ = &*chosen;
  rows_ = archive_.find(sheet_->part);
  return rows_ == nullptr ? Result<void>(Error{Code::bad_xlsx, "the sheet's part is not there"}) : Result<void>();
}

Result<void> XlsxFile::read_strings() {
  if (workbook_.strings_part.empty()) return {};
  const auto* part = archive_.find(workbook_.strings_part);
  if (part == nullptr) return Error{Code::bad_xlsx, "the workbook's table of strings is not there"};
  std::error_code none;
  const auto& scratch = context_.options.scratch;
  strings_.emplace(scratch.empty() ? std::filesystem::temp_directory_path(none) : scratch);
  return read_part(file_, *part, *strings_);
}

Result<Pass> XlsxFile::read(const FileReader::GoesOn& goes_on) {
  auto& facts = context_.facts;
  facts.format = FileFormat::xlsx;
  tell_sheets();
  facts.sheet = sheet_->name;
  SheetTable table(context_);
  SheetRows rows(workbook_, strings_ ? &*strings_ : nullptr, table);
  XmlReader xml(rows);
  ZipEntryReader part(file_, *rows_);
  const double packed = static_cast<double>(std::max<std::uint64_t>(rows_->packed_bytes, 1));
  for (;;) {
    const auto piece = part.next();
    if (!piece) return piece.error();
    const auto read = piece->empty() ? xml.finish() : xml.push(*piece);
    place_ = read ? table.place() : FilePlace{rows.line(), 0};
    if (!read) return read.error();
    if (const auto told = table.outcome(); !told) return told.error();
    if (piece->empty()) break;
    const double share = static_cast<double>(part.place() - rows_->data_at) / packed;
    facts.bytes = static_cast<std::uint64_t>(share * static_cast<double>(bytes_));
    if (table.has_begun() && goes_on && !goes_on(facts.bytes)) return Pass::complete;
  }
  facts.bytes = bytes_;
  auto pass = table.finish();
  place_ = table.place();
  return pass;
}

}  // namespace weir::ingest
