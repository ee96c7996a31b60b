#include "stream/ingest/workbook.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace weir::ingest {
namespace {

constexpr std::size_t parts_max = 10'000;
constexpr std::size_t formats_max = 1 << 16;

Error bad_xlsx(const char* what) { return {Code::bad_xlsx, what}; }

std::string_view text_of(const char* attribute) { return attribute == nullptr ? std::string_view() : attribute; }

unsigned number_of(std::string_view text) {
  unsigned number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc{} && end == text.data() + text.size() ? number : 0;
}

bool is_true(std::string_view text) { return text == "1" || text == "true" || text == "on"; }

/// `xl/workbook.xml` → `xl/`.
std::string_view folder_of(std::string_view part) { return part.substr(0, part.rfind('/') + 1); }

/// The entry that a relation of `part` leads to.
std::string resolve(std::string_view part, std::string_view target) {
  std::string path(!target.empty() && target.front() == '/' ? "" : folder_of(part));
  for (std::size_t at = 0; at <= target.size();) {
    const std::size_t end = std::min(target.find('/', at), target.size());
    const auto step = target.substr(at, end - at);
    at = end + 1;
    if (step == "..") {
      path.resize(folder_of(std::string_view(path).substr(0, path.empty() ? 0 : path.size() - 1)).size());
    } else if (!step.empty() && step != ".") {
      path.append(step).append(end < target.size() ? "/" : "");
    }
  }
  return path;
}

struct Relation {
  std::string type;  // the last word of its address: the same in the transitional and the strict form
  std::string target;
};

class Relations final : public XmlHandler {
 public:
  std::map<std::string, Relation> by_id;

  const std::string* target_of(std::string_view type) const {
    const auto found =
        std::find_if(by_id.begin(), by_id.end(), [&](const auto& relation) { return relation.second.type == type; });
    return found == by_id.end() ? nullptr : &found->second.target;
  }

 private:
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship" || text_of(attributes.find("TargetMode")) == "External") return {};
    if (by_id.size() >= parts_max) return bad_xlsx("the workbook has more than 10,000 parts");
    const auto type = text_of(attributes.find("Type"));
    by_id[std::string(text_of(attributes.find("Id")))] = {std::string(type.substr(type.rfind('/') + 1)),
                                                          std::string(text_of(attributes.find("Target")))};
    return {};
  }
  Result<void> end(std::string_view) override { return {}; }
};

class WorkbookPart final : public XmlHandler {
 public:
  struct Named {
    std::string name;
    std::string relation;
    bool is_visible;
  };
  std::vector<Named> sheets;
  DayZero day_zero = DayZero::year_1900;

 private:
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (!opened_ && name != "workbook") {
      return Error{Code::unsupported_format, "the archive holds no workbook but something else"};
    }
    opened_ = true;
    if (name == "workbookPr" && is_true(text_of(attributes.find("date1904")))) day_zero = DayZero::year_1904;
    if (name != "sheet") return {};
    if (sheets.size() >= parts_max) return bad_xlsx("the workbook has more than 10,000 sheets");
    const auto state = text_of(attributes.find("state"));
    sheets.push_back({std::string(text_of(attributes.find("name"))),
                      std::string(text_of(attributes.find_prefixed("id"))), state.empty() || state == "visible"});
    return {};
  }
  Result<void> end(std::string_view) override { return {}; }

  bool opened_ = false;
};

class StylesPart final : public XmlHandler {
 public:
  std::vector<CellFormat> formats() const {
    std::vector<CellFormat> all;
    for (const unsigned id : used_) {
      const auto declared = declared_.find(id);
      all.push_back(declared == declared_.end() ? builtin_format(id) : declared->second);
    }
    return all;
  }

 private:
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "cellXfs") in_cells_ = true;
    const unsigned id = number_of(text_of(attributes.find("numFmtId")));
    if (declared_.size() >= formats_max || used_.size() >= formats_max) {
      return bad_xlsx("the workbook has more than 65,536 formats");
    }
    if (name == "numFmt") declared_[id] = format_of(text_of(attributes.find("formatCode")));
    if (name == "xf" && in_cells_) used_.push_back(id);
    return {};
  }
  Result<void> end(std::string_view name) override {
    if (name == "cellXfs") in_cells_ = false;
    return {};
  }

  std::map<unsigned, CellFormat> declared_;
  std::vector<unsigned> used_;
  bool in_cells_ = false;
};

Result<Relations> relations_of(FileBytes& file, const ZipArchive& archive, std::string_view part) {
  Relations relations;
  const auto folder = folder_of(part);
  const auto* entry = archive.find(std::string(folder) + "_rels/" + std::string(part.substr(folder.size())) + ".rels");
  if (entry == nullptr) return relations;
  if (auto read = read_part(file, *entry, relations); !read) return read.error();
  return relations;
}

}  // namespace

Result<void> read_part(FileBytes& file, const ZipEntry& entry, XmlHandler& handler) {
  ZipEntryReader reader(file, entry);
  XmlReader xml(handler);
  for (;;) {
    const auto piece = reader.next();
    if (!piece) return piece.error();
    if (piece->empty()) return xml.finish();
    if (auto read = xml.push(*piece); !read) return read;
  }
}

Result<Workbook> open_workbook(FileBytes& file, const ZipArchive& archive) {
  const auto package = relations_of(file, archive, "");
  if (!package) return package.error();
  const auto* target = package->target_of("officeDocument");
  const std::string part = target == nullptr ? "" : resolve("", *target);
  const auto* entry = archive.find(part);
  if (entry == nullptr || (part.size() > 4 && part.ends_with(".bin"))) {
    return Error{Code::unsupported_format,
                 "the archive holds no workbook, or one of the binary form; save it as .xlsx"};
  }
  WorkbookPart described;
  if (auto read = read_part(file, *entry, described); !read) return read.error();
  const auto relations = relations_of(file, archive, part);
  if (!relations) return relations.error();
  Workbook workbook;
  workbook.day_zero = described.day_zero;
  for (auto& sheet : described.sheets) {
    const auto found = relations->by_id.find(sheet.relation);
    if (found == relations->by_id.end() || found->second.type != "worksheet") continue;
    workbook.sheets.push_back({std::move(sheet.name), resolve(part, found->second.target), sheet.is_visible});
  }
  if (const auto* strings = relations->target_of("sharedStrings")) workbook.strings_part = resolve(part, *strings);
  if (const auto* styles = relations->target_of("styles")) {
    const auto* styled = archive.find(resolve(part, *styles));
    if (styled == nullptr) return bad_xlsx("the workbook names a part that is not there");
    StylesPart parsed;
    if (auto read = read_part(file, *styled, parsed); !read) return read.error();
    workbook.formats = parsed.formats();
  }
  return workbook;
}

}  // namespace weir::ingest
