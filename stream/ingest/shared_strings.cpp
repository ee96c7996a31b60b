#include "stream/ingest/shared_strings.hpp"

#include <cstring>

namespace weir::ingest {

Result<void> SharedStrings::start(std::string_view name, const XmlAttributes& attributes) {
  ++depth_;
  if (depth_ == 1 && name != "sst") return Error{Code::bad_xlsx, "the table of strings begins with another element"};
  if (depth_ == 2 && name == "si") at_hand_.clear();
  if (depth_ > 2) at_hand_.start(name, attributes);
  return {};
}

Result<void> SharedStrings::end(std::string_view name) {
  --depth_;
  if (depth_ >= 2) at_hand_.end(name);
  if (depth_ != 1 || name != "si") return {};
  if (ends_.size() / sizeof(std::uint64_t) >= count_max) {
    return Error{Code::bad_xlsx, "the workbook has more than 16,777,216 strings"};
  }
  if (auto kept = text_.append(at_hand_.whole()); !kept) return kept;
  const std::uint64_t end = text_.size();
  char bytes[sizeof end];
  std::memcpy(bytes, &end, sizeof end);
  return ends_.append({bytes, sizeof bytes});
}

Result<std::uint64_t> SharedStrings::end_of(std::uint64_t index) {
  std::uint64_t end = 0;
  const auto bytes = ends_.read(index * sizeof end, sizeof end);
  if (!bytes) return bytes.error();
  std::memcpy(&end, bytes->data(), sizeof end);
  return end;
}

Result<std::optional<std::string_view>> SharedStrings::find(std::uint64_t index) {
  if (index >= ends_.size() / sizeof(std::uint64_t)) return std::optional<std::string_view>();
  const auto begin = index == 0 ? Result<std::uint64_t>(std::uint64_t{0}) : end_of(index - 1);
  const auto end = begin ? end_of(index) : begin;
  if (!end) return end.error();
  const auto text = text_.read(*begin, *end - *begin);
  if (!text) return text.error();
  return std::optional(*text);
}

}  // namespace weir::ingest
