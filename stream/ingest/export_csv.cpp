#include <algorithm>
#include <unordered_set>

#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/ingest/attribute_text.hpp"
#include "stream/ingest/columns.hpp"
#include "stream/ingest/export_writer.hpp"

namespace weir::ingest {
namespace {

using namespace std::string_view_literals;

/// What a spreadsheet would run or drop at the front of a cell, and the sign that guards against it.
constexpr std::string_view guarded = "=+-@\t\r\0'"sv;

void append_cell(std::string_view text, bool guard, std::string& out) {
  const bool quote = guard || text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (!quote) {
    out.append(text);
    return;
  }
  out.push_back('"');
  if (guard) out.push_back('\'');
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

void append_text(std::string_view text, std::string& out) {
  append_cell(text, !text.empty() && guarded.find(text.front()) != std::string_view::npos, out);
}

/// A number is no formula, whatever its sign.
void append_attribute(std::string_view json, std::string& out) {
  const auto text = cell_of_json(json);
  if (is_json_number(text)) return append_cell(text, false, out);
  append_text(text, out);
}

class CsvWriter : public ExportWriter {
 public:
  explicit CsvWriter(std::vector<std::string> columns) {
    std::unordered_set<std::string> taken{std::string(rest_column)};
    for (const auto& [field, column] : own_columns) taken.insert(std::string(column));
    for (auto& column : columns) {
      const bool usable = can_head_a_column(column) && taken.insert(column).second;
      if (usable && columns_.size() < columns_max) columns_.push_back(std::move(column));
    }
    std::sort(columns_.begin(), columns_.end());
  }

  void begin(std::string& out) override {
    for (const auto& [field, column] : own_columns) {
      out.append(column);
      out.push_back(',');
    }
    for (const auto& column : columns_) {
      append_cell(column, false, out);
      out.push_back(',');
    }
    out.append(rest_column);
    out.push_back('\n');
  }

  void event(const Event& event, std::string& out) override {
    const auto cell = [&out](std::string_view text) {
      append_text(text, out);
      out.push_back(',');
    };
    cell(event.case_id);
    cell(event.activity);
    cell(to_rfc3339(event.timestamp));
    cell(event.start ? to_rfc3339(*event.start) : std::string());
    cell(event.lifecycle);
    cell(event.resource);
    cell(event.instance);
    cell(event.id);
    cell(event.source);
    attributes(event.attributes, out);
    out.push_back('\n');
  }

  void end(std::string&) override {}

 private:
  static constexpr std::size_t columns_max = 1000;

  /// A header cell is read without the guard, as a name that stands for no place and no formula.
  static bool can_head_a_column(std::string_view name) {
    return !name.empty() && name.front() != '#' && guarded.find(name.front()) == std::string_view::npos;
  }

  /// Both lists are sorted by name.
  void attributes(const std::vector<Attribute>& attributes, std::string& out) const {
    std::string rest;
    JsonWriter json(rest);
    auto column = columns_.begin();
    for (const auto& attribute : attributes) {
      while (column != columns_.end() && *column < attribute.name) {
        out.push_back(',');
        ++column;
      }
      if (column != columns_.end() && *column == attribute.name) {
        append_attribute(attribute.json, out);
        out.push_back(',');
        ++column;
        continue;
      }
      if (rest.empty()) json.begin_object();
      json.key(attribute.name).raw(attribute.json);
    }
    out.append(static_cast<std::size_t>(columns_.end() - column), ',');
    if (rest.empty()) return;
    json.end_object();
    append_cell(rest, false, out);
  }

  std::vector<std::string> columns_;
};

}  // namespace

std::unique_ptr<ExportWriter> csv_writer(std::vector<std::string> attribute_columns) {
  return std::make_unique<CsvWriter>(std::move(attribute_columns));
}

}  // namespace weir::ingest
