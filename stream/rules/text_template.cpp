#include "stream/rules/text_template.hpp"

#include <algorithm>

namespace weir::rules {
namespace {

constexpr std::size_t value_bytes_max = 256;

/// Cut between characters.
std::string shortened(std::string text) {
  if (text.size() <= value_bytes_max) return text;
  std::size_t end = value_bytes_max - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  text.resize(end);
  return text + "…";
}

}  // namespace

std::optional<TextTemplate> TextTemplate::read(const DocumentNode& node, std::size_t bytes_max, const Paths& paths) {
  const auto text = node.text(bytes_max);
  if (!text) return {};
  TextTemplate made;
  const auto fault = [&](std::string detail) {
    node.fault(std::move(detail));
    return std::nullopt;
  };
  std::string plain;
  for (std::size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (c != '{' && c != '}') {
      plain += c;
    } else if (i + 1 < text->size() && (*text)[i + 1] == c) {
      plain += (*text)[++i];
    } else if (c == '}') {
      return fault("has a } without a {; write }} for a brace");
    } else {
      const std::size_t end = text->find('}', i);
      if (end == std::string::npos) return fault("has a { without a }; write {{ for a brace");
      const std::string path = text->substr(i + 1, end - i - 1);
      if (!paths.known(path)) return fault("has a hole for {" + path + "}, which is none of " + std::string{paths.all});
      if (!plain.empty()) made.parts_.push_back({std::exchange(plain, {}), false});
      made.parts_.push_back({path, true});
      i = end;
    }
  }
  if (!plain.empty()) made.parts_.push_back({std::move(plain), false});
  return made;
}

std::string TextTemplate::filled(const Facts& facts, bool one_line) const {
  std::string text;
  for (const Part& part : parts_) {
    if (!part.is_hole) {
      text += part.text;
      continue;
    }
    const Value value = facts.after(part.text);
    text += value.is_missing() ? "-" : shortened(value.shown());
  }
  if (one_line) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  }
  return text;
}

void TextTemplate::each_path(const std::function<void(std::string_view)>& tell) const {
  for (const Part& part : parts_) {
    if (part.is_hole) tell(part.text);
  }
}

}  // namespace weir::rules
