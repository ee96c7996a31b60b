#include "api/app/yaml_json.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/utf8.hpp"

namespace weir::app {
namespace {

constexpr std::size_t depth_max = 64;

struct Refusal {
  int line;
  std::string what;
};

/// A plain scalar, by the core schema.
void write_plain(JsonWriter& json, const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    json.value(nullptr);
    return;
  }
  const bool is_true = text == "true" || text == "True" || text == "TRUE";
  if (is_true || text == "false" || text == "False" || text == "FALSE") {
    json.value(is_true);
    return;
  }
  const char* const begin = text.data() + (text.front() == '+' ? 1 : 0);
  const char* const end = text.data() + text.size();
  const bool digits_only = text.find_first_not_of("+-.0123456789eE") == std::string::npos && text != "+" && text != "-";
  std::int64_t whole = 0;
  double real = 0;
  if (const auto read = std::from_chars(begin, end, whole); digits_only && read.ec == std::errc{} && read.ptr == end) {
    json.value(whole);
  } else if (const auto found = std::from_chars(begin, end, real);
             digits_only && found.ec == std::errc{} && found.ptr == end) {
    json.value(real);
  } else {
    json.value(text);
  }
}

/// Writes what the parser tells as it comes: nothing is built that a file could blow up.
class Writing final : public YAML::EventHandler {
 public:
  explicit Writing(std::string& out) : json_(out) {}

  bool is_empty() const { return empty_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    begin_value(mark, "", 0);
    json_.value(nullptr);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "anchors and aliases are not accepted");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (awaits_key()) {
      check_plain(mark, tag, anchor);
      json_.key(text);
      levels_.back() = Level::map_value;
      return;
    }
    begin_value(mark, tag, anchor);
    tag == "!" ? void(json_.value(text)) : write_plain(json_, text);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin_value(mark, tag, anchor);
    open(mark, Level::sequence);
    json_.begin_array();
  }
  void OnSequenceEnd() override {
    levels_.pop_back();
    json_.end_array();
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin_value(mark, tag, anchor);
    open(mark, Level::map_key);
    json_.begin_object();
  }
  void OnMapEnd() override {
    levels_.pop_back();
    json_.end_object();
  }

 private:
  enum class Level { sequence, map_key, map_value };

  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string what) {
    throw Refusal{mark.line + 1, std::move(what)};
  }
  // Plain scalars have the tag "?" and quoted ones "!"; collections "?" or none.
  static void check_plain(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) refuse(mark, "anchors and aliases are not accepted");
    if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tags are not accepted");
  }
  bool awaits_key() const { return !levels_.empty() && levels_.back() == Level::map_key; }
  void begin_value(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check_plain(mark, tag, anchor);
    if (awaits_key()) refuse(mark, "a name must be a scalar");
    if (!levels_.empty() && levels_.back() == Level::map_value) levels_.back() = Level::map_key;
    empty_ = false;
  }
  void open(const YAML::Mark& mark, Level level) {
    if (levels_.size() >= depth_max) refuse(mark, "there are more than 64 levels");
    levels_.push_back(level);
  }

  JsonWriter json_;
  std::vector<Level> levels_;
  bool empty_ = true;
};

}  // namespace

Result<std::string> yaml_as_json(std::string_view text) {
  const auto at = [](int line, const std::string& what) {
    return Error{Code::invalid_document, "line " + std::to_string(line) + ": " + what};
  };
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (text[first] == '{' || text[first] == '[')) return std::string{text};
  if (!is_utf8(text)) return at(1, "is not UTF-8");
  try {
    std::istringstream in{std::string{text}};
    YAML::Parser parser(in);
    std::string json, more;
    Writing writing{json};
    parser.HandleNextDocument(writing);
    if (writing.is_empty()) return at(1, "holds nothing");
    Writing second{more};
    if (parser.HandleNextDocument(second)) return at(1, "holds more than one document");
    return json;
  } catch (const Refusal& refusal) {
    return at(refusal.line, refusal.what);
  } catch (const YAML::Exception& error) {
    return at(error.mark.line + 1, error.msg);
  }
}

}  // namespace weir::app
