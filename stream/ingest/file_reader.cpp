#include "stream/ingest/file_reader.hpp"

#include <array>
#include <fstream>

#include "stream/ingest/file_stage.hpp"
#include "stream/ingest/gunzip.hpp"
#include "stream/ingest/text_encoding.hpp"

namespace weir::ingest {
namespace {

/// Pieces are neither so small that a stage looks at the same bytes again and again, nor so large that it grows.
constexpr std::size_t piece_min = 64 * 1024;
constexpr std::size_t piece_max = 256 * 1024;
/// A file that begins with more white space than this is taken for empty.
constexpr std::size_t blank_max = 1 << 20;

using namespace std::string_view_literals;

constexpr std::array foreign_magics = {"PK\x03\x04"sv,
                                       "PK\x05\x06"sv,
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
                                       "\xD0\xCF\x11\xE0"sv,
                                       "RIFF"sv,
                                       "{\\rtf"sv,
                                       "Obj\x01"sv,
                                       "\x1F\x9D"sv,
                                       "\x1F\x8B"sv};

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

enum class Content : std::uint8_t { csv, csv_utf16_le, csv_utf16_be, xes, unsupported, empty };

bool is_json(std::string_view text) {
  return text.front() == '{' || starts(text, "[{") || starts(text, "[\n") || starts(text, "[\r\n");
}

Content content_of(std::string_view head) {
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

/// bytes → (gunzip) → (UTF-16 to UTF-8) → the stage of the format.
class FileReader::Pipeline {
 public:
  Pipeline(FileOptions options, EventSink& sink) : context_{std::move(options), sink, {}, {}} {}
  Pipeline(FileOptions options, PiecewiseSink& sink, unsigned threads)
      : context_{std::move(options), sink, {}, {}, {}, &sink, threads} {}

  Result<void> push(std::span<const char> bytes) {
    if (failure_) return *failure_;
    context_.facts.bytes += bytes.size();
    if (held_.empty() && bytes.size() >= piece_min) return keep(in_pieces(bytes));
    held_.insert(held_.end(), bytes.begin(), bytes.end());
    if (held_.size() < piece_min) return {};
    return keep(flush());
  }

  Result<Pass> finish() {
    if (failure_) return *failure_;
    if (auto rest = keep(end_of_bytes()); !rest) return rest.error();
    auto pass = stage_->finish();
    if (!pass) return keep(pass.error()).error();
    return pass;
  }

  void rewind() {
    WEIR_CHECK(context_.habits.has_value() && !failure_, "rewind() before finish() asked for it");
    context_.facts = {};
    context_.errors = {};
    opened_ = false;
    gunzip_.reset();
    utf16_.reset();
    stage_.reset();
  }

  const FileContext& context() const { return context_; }

 private:
  Result<void> flush() {
    auto done = in_pieces(held_);
    held_.clear();
    return done;
  }

  Result<void> in_pieces(std::span<const char> bytes) {
    while (!bytes.empty()) {
      const auto piece = bytes.first(std::min(bytes.size(), piece_max));
      bytes = bytes.subspan(piece.size());
      if (auto done = raw(piece); !done) return done;
    }
    return {};
  }

  Result<void> raw(std::span<const char> bytes) {
    if (!opened_) {
      opened_ = true;
      context_.facts.gzip = starts({bytes.data(), bytes.size()}, "\x1F\x8B"sv);
      if (context_.facts.gzip) gunzip_.emplace();
    }
    if (!gunzip_) return content(bytes);
    for (;;) {
      const bool last = bytes.empty();
      auto inflated = gunzip_->next(bytes);
      if (!inflated) return inflated.error();
      if (inflated->empty() && last) return {};
      if (auto done = content(*inflated); !done) return done;
    }
  }

  /// Decompressed bytes. The format shows in the first few hundred.
  Result<void> content(std::span<const char> bytes) {
    if (stage_) return text(bytes);
    head_.append(bytes.data(), bytes.size());
    const bool shows = head_.size() >= 512 && content_of(head_) != Content::empty;
    return shows || head_.size() > blank_max ? open_stage() : Result<void>();
  }

  Result<void> open_stage() {
    const auto kind = content_of(head_);
    if (kind == Content::empty) return Error{Code::empty_file, "the file is empty"};
    if (kind == Content::unsupported) return Error{Code::unsupported_format, "the file is neither CSV nor XES"};
    context_.facts.format = kind == Content::xes ? FileFormat::xes : FileFormat::csv;
    stage_ = kind == Content::xes ? xes_stage(context_) : csv_stage(context_);
    const bool wide = kind == Content::csv_utf16_le || kind == Content::csv_utf16_be;
    if (wide) utf16_.emplace(kind == Content::csv_utf16_be);
    auto done = text(std::span<const char>(head_).subspan(wide ? 2 : 0));
    head_ = {};
    return done;
  }

  Result<void> text(std::span<const char> bytes) {
    if (!utf16_) return stage_->push(bytes);
    narrow_.clear();
    if (auto decoded = utf16_->decode(bytes, narrow_); !decoded) return decoded;
    return stage_->push(narrow_);
  }

  Result<void> end_of_bytes() {
    if (auto done = flush(); !done) return done;
    if (gunzip_) {
      if (auto done = gunzip_->finish(); !done) return done;
    }
    if (!stage_) {
      if (auto done = open_stage(); !done) return done;
    }
    return utf16_ ? utf16_->finish() : Result<void>();
  }

  /// An error ends the file and is the last of its errors.
  Result<void> keep(Result<void> outcome) {
    if (outcome.ok()) return outcome;
    failure_ = outcome.error();
    const auto place = stage_ ? stage_->place() : FilePlace{};
    context_.errors.add(place.line, place.column, failure_->code, failure_->detail);
    return outcome;
  }

  FileContext context_;
  std::vector<char> held_;  // what came in small pieces
  std::string head_;        // decompressed, until the format shows
  std::string narrow_;
  bool opened_ = false;
  std::optional<Gunzip> gunzip_;
  std::optional<Utf16Decoder> utf16_;
  std::unique_ptr<FileStage> stage_;
  std::optional<Error> failure_;
};

FileReader::FileReader(FileOptions options, EventSink& sink)
    : pipeline_(std::make_unique<Pipeline>(std::move(options), sink)) {}
FileReader::FileReader(FileOptions options, PiecewiseSink& sink, unsigned threads)
    : pipeline_(std::make_unique<Pipeline>(std::move(options), sink, threads)) {}
FileReader::~FileReader() = default;

Result<void> FileReader::push(std::span<const char> bytes) { return pipeline_->push(bytes); }
Result<Pass> FileReader::finish() { return pipeline_->finish(); }
void FileReader::rewind() { pipeline_->rewind(); }
const RowErrors& FileReader::errors() const { return pipeline_->context().errors; }
const FileFacts& FileReader::facts() const { return pipeline_->context().facts; }

Result<void> read_file(const std::string& path, FileReader& reader) {
  std::vector<char> piece(piece_max);
  for (;;) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return Error{Code::not_found, "cannot open " + path};
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
      const std::span<const char> bytes(piece.data(), static_cast<std::size_t>(file.gcount()));
      if (auto pushed = reader.push(bytes); !pushed) return pushed;
    }
    if (file.bad()) return Error{Code::upload_aborted, "cannot read " + path + " to its end"};
    const auto pass = reader.finish();
    if (!pass) return pass.error();
    if (*pass == Pass::complete) return {};
    reader.rewind();
  }
}

}  // namespace weir::ingest
