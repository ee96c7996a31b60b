#include "api/app/settings_file.hpp"

#include <algorithm>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "api/app/small_file.hpp"

namespace weir::app {
namespace {

constexpr std::size_t settings_max = 1'000;

struct Refusal {
  int line;
  std::string what;
};

// Takes the parser's events one by one and refuses at the first that does not belong to a flat map, so that nothing is
// ever built that the file could blow up.
class FlatMap final : public YAML::EventHandler {
 public:
  std::vector<FileSetting> take() { return std::move(settings_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (!in_map_) return;  // a file of comments only
    refuse(mark, expects_name_ ? "a name is missing" : settings_.back().name + " has no value");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "anchors and aliases are not accepted");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_plain(mark, tag, anchor);
    if (!in_map_) refuse(mark, "the file is not a map of names to values");
    if (expects_name_) return begin_setting(mark, value);
    settings_.back().values.push_back(value);
    expects_name_ = !in_sequence_;
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_plain(mark, tag, anchor);
    if (!in_map_) refuse(mark, "the file is not a map of names to values");
    if (expects_name_ || in_sequence_) refuse(mark, "a list stands where none may be");
    in_sequence_ = true;
  }
  void OnSequenceEnd() override {
    in_sequence_ = false;
    expects_name_ = true;
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_plain(mark, tag, anchor);
    if (in_map_) refuse(mark, "settings are not nested");
    in_map_ = true;
  }
  void OnMapEnd() override { in_map_ = false; }

 private:
  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string what) {
    throw Refusal{mark.line + 1, std::move(what)};
  }
  // Plain scalars have the tag "?" and quoted ones "!"; collections "?" or none.
  static void check_plain(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) refuse(mark, "anchors and aliases are not accepted");
    if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tags are not accepted");
  }
  void begin_setting(const YAML::Mark& mark, const std::string& name) {
    if (std::ranges::find(settings_, name, &FileSetting::name) != settings_.end()) {
      refuse(mark, name.substr(0, 64) + " stands twice");
    }
    if (settings_.size() >= settings_max) refuse(mark, "there are more than 1,000 settings");
    settings_.push_back({name, {}, mark.line + 1});
    expects_name_ = false;
  }

  std::vector<FileSetting> settings_;
  bool in_map_ = false;
  bool in_sequence_ = false;
  bool expects_name_ = true;
};

}  // namespace

Result<std::vector<FileSetting>> read_settings_file(const std::string& path) {
  const auto text = read_small_file(path);
  if (!text) return text.error();
  const auto at = [&](int line, const std::string& what) {
    return Error{Code::invalid_document, path + ":" + std::to_string(line) + ": " + what};
  };
  try {
    std::istringstream in(*text);
    YAML::Parser parser(in);
    FlatMap map;
    parser.HandleNextDocument(map);
    FlatMap second;
    if (parser.HandleNextDocument(second)) return at(1, "holds more than one document");
    return map.take();
  } catch (const Refusal& refusal) {
    return at(refusal.line, refusal.what);
  } catch (const YAML::Exception& error) {
    return at(error.mark.line + 1, error.msg);
  }
}

}  // namespace weir::app
