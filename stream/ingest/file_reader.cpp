#include "stream/ingest/file_reader.hpp"

#include <array>

#include "stream/ingest/file_stage.hpp"
#include "stream/ingest/gunzip.hpp"
#include "stream/ingest/text_encoding.hpp"
#include "stream/ingest/xlsx_file.hpp"

namespace weir::ingest {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;
/// The format shows in so many bytes.
constexpr std::size_t head_bytes = 512;
/// A file that begins with more white space than this is taken for empty.
constexpr std::size_t blank_max = 1 << 20;

using namespace std::string_view_literals;

constexpr std::string_view gzip_magic = "\x1F\x8B";
constexpr std::string_view zip_magic = "PK\x03\x04";
/// An .xls of old, or a workbook with a password.
constexpr std::string_view compound_magic = "\xD0\xCF\x11\xE0";

constexpr std::array foreign_magics = {"PK\x05\x06"sv,
                                       "%PDF"sv,
                                       "\x89PNG"sv,
                                       "\xFF\xD8\xFF"sv,
                                       "GIF8"sv,
                                       "7z\xBC\xAF"sv,
                                       "Rar!"sv,
                                       "\xFD"
                                       "7zXZ"sv,
                                       "BZh"sv,
                                       "\x28\xB5\x2F\xFD"sv,
                                       "\x7F"
                                       "ELF"sv,
                                       "PAR1"sv,
                                       "SQLite format 3"sv,
                                       "RIFF"sv,
                                       "{\\rtf"sv,
                                       "Obj\x01"sv,
                                       "\x1F\x9D"sv,
                                       gzip_magic};

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

enum class Content : std::uint8_t { csv, csv_utf16_le, csv_utf16_be, xes, zip, compound, unsupported, empty };

bool is_json(std::string_view text) {
  return text.front() == '{' || starts(text, "[{") || starts(text, "[\n") || starts(text, "[\r\n");
}

Content content_of(std::string_view head) {
  if (starts(head, zip_magic)) return Content::zip;
  if (starts(head, compound_magic)) return Content::compound;
  for (const auto magic : foreign_magics) {
    if (starts(head, magic)) return Content::unsupported;
  }
  const bool little = starts(head, "\xFF\xFE"sv);
  const bool big = starts(head, "\xFE\xFF"sv);
  if (little || big) {
    if (starts(head.substr(2), little ? "<\0"sv : "\0<"sv)) return Content::xes;
    return little ? Content::csv_utf16_le : Content::csv_utf16_be;
  }
  auto text = starts(head, "\xEF\xBB\xBF"sv) ? head.substr(3) : head;
  const auto ink = text.find_first_not_of(" \t\r\n");
  if (ink == std::string_view::npos) return Content::empty;
  if (text[ink] == '<') return Content::xes;
  if (is_json(text.substr(ink))) return Content::unsupported;
  return text.substr(0, 8).find('\0') == std::string_view::npos ? Content::csv : Content::unsupported;
}

}  // namespace

/// bytes → (gunzip) → (UTF-16 to UTF-8) → the stage of the format; a workbook is read by places instead.
class FileReader::Pipeline {
 public:
  Pipeline(FileOptions options, EventSink& sink) : context_{std::move(options), sink, {}, {}} {}
  Pipeline(FileOptions options, PiecewiseSink& sink, unsigned threads)
      : context_{std::move(options), sink, {}, {}, {}, &sink, threads} {}

  Result<void> read(FileBytes& file, const GoesOn& goes_on) {
    for (;;) {
      const auto pass = read_once(file, goes_on);
      if (!pass) return fail(pass.error());
      if (*pass == Pass::complete) return {};
      WEIR_CHECK(context_.habits.has_value(), "a second pass knows what the first was for");
      rewind();
    }
  }

  const FileContext& context() const { return context_; }

 private:
  Result<Pass> read_once(FileBytes& file, const GoesOn& goes_on) {
    while (!workbook_) {
      auto& read = context_.facts.bytes;
      const auto piece = next_piece(file, read);
      if (!piece) return piece.error();
      if (piece->empty()) break;
      if (read > 0 && goes_on && !goes_on(read)) return Pass::complete;
      read += piece->size();
      if (auto done = raw(file, *piece); !done) return done.error();
    }
    if (!workbook_) {
      if (auto done = end_of_bytes(file); !done) return done.error();
    }
    return workbook_ ? workbook_->read(goes_on) : stage_->finish();
  }

  /// The first one holds what gzip is known by, if there is so much.
  Result<std::span<const char>> next_piece(FileBytes& file, std::uint64_t at) {
    std::size_t size = 0;
    for (;;) {
      const auto got = file.read(at + size, std::span(piece_).subspan(size));
      if (!got) return got.error();
      size += *got;
      if (*got == 0 || at + size >= gzip_magic.size()) return std::span<const char>(piece_.data(), size);
    }
  }

  void rewind() {
    context_.facts = {};
    context_.errors = {};
    opened_ = false;
    gunzip_.reset();
    utf16_.reset();
    stage_.reset();
  }

  Result<void> raw(FileBytes& file, std::span<const char> bytes) {
    if (!opened_) {
      opened_ = true;
      context_.facts.gzip = starts({bytes.data(), bytes.size()}, gzip_magic);
      if (context_.facts.gzip) gunzip_.emplace();
    }
    if (!gunzip_) return content(file, bytes);
    for (;;) {
      const bool last = bytes.empty();
      auto inflated = gunzip_->next(bytes);
      if (!inflated) return inflated.error();
      if (inflated->empty() && last) return {};
      if (auto done = content(file, *inflated); !done) return done;
    }
  }

  /// Decompressed bytes.
  Result<void> content(FileBytes& file, std::span<const char> bytes) {
    if (stage_) return text(bytes);
    head_.append(bytes.data(), bytes.size());
    const bool shows = head_.size() >= head_bytes && content_of(head_) != Content::empty;
    return shows || head_.size() > blank_max ? open_stage(file) : Result<void>();
  }

  Result<void> open_stage(FileBytes& file) {
    const auto kind = content_of(head_);
    if (kind == Content::empty) return Error{Code::empty_file, "the file is empty"};
    if (kind == Content::zip) return open_workbook(file);
    if (kind == Content::compound) {
      return Error{Code::unsupported_format, "an old .xls or a workbook with a password; save it as .xlsx without one"};
    }
    if (kind == Content::unsupported) return Error{Code::unsupported_format, "the file is neither CSV, XLSX nor XES"};
    context_.facts.format = kind == Content::xes ? FileFormat::xes : FileFormat::csv;
    stage_ = kind == Content::xes ? xes_stage(context_) : csv_stage(context_);
    const bool wide = kind == Content::csv_utf16_le || kind == Content::csv_utf16_be;
    if (wide) utf16_.emplace(kind == Content::csv_utf16_be);
    auto done = text(std::span<const char>(head_).subspan(wide ? 2 : 0));
    head_ = {};
    return done;
  }

  Result<void> open_workbook(FileBytes& file) {
    if (gunzip_) return Error{Code::unsupported_format, "an XLSX is compressed already; send it without gzip"};
    auto opened = XlsxFile::open(context_, file);
    if (!opened) return opened.error();
    workbook_ = std::move(*opened);
    return {};
  }

  Result<void> text(std::span<const char> bytes) {
    if (!utf16_) return stage_->push(bytes);
    narrow_.clear();
    if (auto decoded = utf16_->decode(bytes, narrow_); !decoded) return decoded;
    return stage_->push(narrow_);
  }

  Result<void> end_of_bytes(FileBytes& file) {
    if (gunzip_) {
      if (auto done = gunzip_->finish(); !done) return done;
    }
    if (!stage_) {
      if (auto done = open_stage(file); !done) return done;
    }
    return utf16_ ? utf16_->finish() : Result<void>();
  }

  Error fail(Error error) {
    FilePlace place;
    if (stage_) place = stage_->place();
    if (workbook_) place = workbook_->place();
    context_.errors.add(place.line, place.column, error.code, error.detail);
    return error;
  }

  FileContext context_;
  std::vector<char> piece_ = std::vector<char>(piece_bytes);
  std::string head_;  // decompressed, until the format shows
  std::string narrow_;
  bool opened_ = false;
  std::optional<Gunzip> gunzip_;
  std::optional<Utf16Decoder> utf16_;
  std::unique_ptr<FileStage> stage_;
  std::unique_ptr<XlsxFile> workbook_;
};

FileReader::FileReader(FileOptions options, EventSink& sink)
    : pipeline_(std::make_unique<Pipeline>(std::move(options), sink)) {}
FileReader::FileReader(FileOptions options, PiecewiseSink& sink, unsigned threads)
    : pipeline_(std::make_unique<Pipeline>(std::move(options), sink, threads)) {}
FileReader::~FileReader() = default;

Result<void> FileReader::read(FileBytes& file, const GoesOn& goes_on) { return pipeline_->read(file, goes_on); }
const RowErrors& FileReader::errors() const { return pipeline_->context().errors; }
const FileFacts& FileReader::facts() const { return pipeline_->context().facts; }

std::string_view name_of(FileFormat format) {
  switch (format) {
    case FileFormat::csv:
      return "csv";
    case FileFormat::xes:
      return "xes";
    case FileFormat::xlsx:
      return "xlsx";
    case FileFormat::unknown:
      break;
  }
  return "unknown";
}

Result<void> read_file(const std::string& path, FileReader& reader) {
  auto file = open_file(path);
  return file ? reader.read(**file) : Result<void>(file.error());
}

}  // namespace weir::ingest
