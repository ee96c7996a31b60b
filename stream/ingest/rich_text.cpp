#include "stream/ingest/rich_text.hpp"

#include <charconv>
#include <optional>

#include "stream/ingest/text_encoding.hpp"

namespace weir::ingest {
namespace {

constexpr std::size_t escape_bytes = 7;  // _xHHHH_

std::optional<char32_t> unit_of(std::string_view text) {
  if (text.size() < escape_bytes || text[0] != '_' || text[1] != 'x' || text[6] != '_') return std::nullopt;
  std::uint32_t unit = 0;
  const char* end = text.data() + 6;
  const auto [stop, fault] = std::from_chars(text.data() + 2, end, unit, 16);
  return fault == std::errc{} && stop == end ? std::optional(static_cast<char32_t>(unit)) : std::nullopt;
}

std::string_view without_outer_space(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

}  // namespace

void append_unescaped(std::string_view text, std::string& out) {
  for (auto at = text.find('_'); at != std::string_view::npos; at = text.find('_')) {
    out.append(text, 0, at);
    text.remove_prefix(at);
    const auto unit = unit_of(text);
    const auto low = unit && *unit >= 0xD800 && *unit < 0xDC00 ? unit_of(text.substr(escape_bytes)) : std::nullopt;
    if (low && *low >= 0xDC00 && *low < 0xE000) {
      append_utf8(0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00), out);
      text.remove_prefix(2 * escape_bytes);
    } else if (unit && (*unit < 0xD800 || *unit >= 0xE000)) {
      append_utf8(*unit, out);
      text.remove_prefix(escape_bytes);
    } else {
      out.push_back('_');
      text.remove_prefix(1);
    }
  }
  out.append(text);
}

void RichText::clear() {
  whole_.clear();
  in_run_ = false;
  hints_ = 0;
}

void RichText::start(std::string_view name, const XmlAttributes& attributes) {
  if (name == "rPh") ++hints_;
  if (name != "t" || hints_ > 0) return;
  const char* space = attributes.find("xml:space");
  keeps_space_ = space != nullptr && std::string_view(space) == "preserve";
  in_run_ = true;
  run_.clear();
}

void RichText::end(std::string_view name) {
  if (name == "rPh" && hints_ > 0) --hints_;
  if (name != "t" || !in_run_) return;
  append_unescaped(keeps_space_ ? std::string_view(run_) : without_outer_space(run_), whole_);
  in_run_ = false;
}

Result<void> RichText::text(std::string_view piece) {
  if (!in_run_) return {};
  if (whole_.size() + run_.size() + piece.size() > bytes_max) {
    return Error{Code::line_too_long, "a string of the workbook is longer than 1 MiB"};
  }
  run_.append(piece);
  return {};
}

}  // namespace weir::ingest
