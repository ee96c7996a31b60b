#include "stream/ingest/table_events.hpp"

#include <algorithm>

#include "schemas/codec/json_reader.hpp"
#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/utf8.hpp"
#include "stream/ingest/attribute_text.hpp"
#include "stream/ingest/text_encoding.hpp"

namespace weir::ingest {
namespace {

/// A byte of text becomes at most this many of JSON (\u0000).
constexpr std::size_t json_growth = 6;

constexpr std::string_view order_advice =
    "day and month cannot be told apart, or are not in one order; declare the order";

/// Appends the members of a JSON object; false, and nothing, if one of them may not be an attribute.
bool add_members(std::string_view text, std::vector<Attribute>& attributes) {
  JsonParser parser;
  const auto object = parser.parse(text);
  if (!object || !object->is(JsonKind::object)) return false;
  const auto before = attributes.size();
  std::string scratch;
  for (auto items = object->items(); !items.done();) {
    const std::string name(items.take().text(scratch));
    const auto value = items.take();
    const bool flat = !value.is(JsonKind::object) && !value.is(JsonKind::array);
    const bool fits = !value.is(JsonKind::number) || value.number_fits();
    if (!flat || !fits || name.find('\0') != std::string::npos) {
      attributes.resize(before);
      return false;
    }
    std::string json;
    if (value.is(JsonKind::string)) {
      append_json_string(json, value.text(scratch));
    } else {
      json = value.raw();
    }
    attributes.push_back({name, std::move(json)});
  }
  return true;
}

}  // namespace

bool TableSurvey::row(const TableRow& row) {
  if (rows_++ < plan_.skipped_rows) return true;
  for (const auto field : {Field::timestamp, Field::start}) {
    const auto column = plan_.mapping.column(field);
    if (column && *column < row.cells.size()) habits.learn(row.cells[*column]);
  }
  return true;
}

TableEvents::TableEvents(const TablePlan& plan, const TimeHabits& habits, std::size_t skipped_rows,
                         FileContext& context)
    : plan_(plan), context_(context), times_(context.options.zone, habits), skipped_rows_(skipped_rows) {
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const bool is_rest = plan.own_export && i + 1 == plan.columns.size();
    if (is_rest) rest_ = i;
    if (plan.mapping.uses(i) || is_rest) continue;
    extras_.push_back({plan.columns[i], i});
    extra_name_bytes_ += plan.columns[i].size();
  }
  std::sort(extras_.begin(), extras_.end(), [](const Extra& a, const Extra& b) { return a.name < b.name; });
}

bool TableEvents::row(const TableRow& row) {
  if (skipped_rows_ > 0) {
    --skipped_rows_;
    return true;
  }
  ++context_.facts.rows;
  place_.line = row.line;
  if (!has_shape(row)) return true;
  decode(row);
  EventView view;
  view.case_id = cell(Field::case_id);
  view.activity = cell(Field::activity);
  view.resource = cell(Field::resource);
  view.lifecycle = lifecycle_of(cell(Field::lifecycle));
  view.instance = cell(Field::instance);
  view.id = cell(Field::id);
  view.source = plan_.own_export ? cell(Field::source) : std::string_view();
  view.sequence = context_.facts.rows;
  view.line = row.line;
  view.extra = this;
  if (has_nul(row)) return true;
  if (!read_times(view)) return !failure_;
  if (refuse(fault_of(view))) return true;
  if (!attributes_fit(row)) {
    refuse(0, Code::attributes_limit, "the row has more than 64 attributes or more than 16 KiB of them");
    return true;
  }
  ++context_.facts.events;
  context_.sink.event(view);
  return true;
}

bool TableEvents::has_shape(const TableRow& row) {
  if (row.fault.cell != 0) {
    refuse(row.fault.cell, row.fault.code, row.fault.detail);
    return false;
  }
  if (row.cell_count == plan_.columns.size()) return true;
  refuse(
      std::min(row.cell_count, plan_.columns.size()) + 1, Code::ragged_row,
      "the row has " + std::to_string(row.cell_count) + " fields, the header " + std::to_string(plan_.columns.size()));
  return false;
}

/// Names hold no NUL; attributes may.
bool TableEvents::has_nul(const TableRow& row) {
  if (row.bytes.find('\0') == std::string_view::npos) return false;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (!plan_.mapping.uses(i) || cells_[i].find('\0') == std::string_view::npos) continue;
    refuse(i + 1, Code::schema, "the field has a NUL character");
    return true;
  }
  return false;
}

/// A row that is not UTF-8 is Windows-1252, as a whole.
void TableEvents::decode(const TableRow& row) {
  cells_.assign(row.cells.begin(), row.cells.end());
  if (!is_ascii(row.bytes) && !std::all_of(cells_.begin(), cells_.end(), is_utf8)) {
    decoded_.clear();
    std::vector<std::size_t> ends;
    for (const auto cell : cells_) {
      append_windows_1252(cell, decoded_);
      ends.push_back(decoded_.size());
    }
    for (std::size_t i = 0, begin = 0; i < cells_.size(); begin = ends[i++]) {
      cells_[i] = std::string_view(decoded_).substr(begin, ends[i] - begin);
    }
  }
  if (!plan_.own_export) return;
  for (auto& cell : cells_) {
    if (!cell.empty() && cell.front() == '\'') cell.remove_prefix(1);
  }
}

std::string_view TableEvents::cell(Field field) const {
  const auto column = plan_.mapping.column(field);
  return column ? cells_[*column] : std::string_view();
}

/// False: the row, or with a failure the file, is refused.
bool TableEvents::read_times(EventView& view) {
  for (const auto field : {Field::timestamp, Field::start}) {
    const auto text = cell(field);
    if (text.empty()) {
      if (field == Field::start) continue;
      refuse(*plan_.mapping.column(field) + 1, Code::missing_value, "the row has no timestamp");
      return false;
    }
    const auto parsed = times_.read(text);
    if (parsed.fault == TimeFault::no_zone) context_.facts.zoneless = true;
    if (parsed.fault == TimeFault::order && context_.options.date_order == DateOrder::undecided) {
      place_.column = static_cast<std::uint32_t>(*plan_.mapping.column(field) + 1);
      failure_ = Error{Code::ambiguous_date_order, std::string(order_advice)};
      return false;
    }
    const auto fault = parsed.fault == TimeFault::order ? TimeFault::bad : parsed.fault;
    if (refuse(fault_of(fault, name_of(field)))) return false;
    if (field == Field::timestamp) view.timestamp = parsed.time;
    if (field == Field::start) view.start = parsed.time;
  }
  context_.facts.zoneless |= times_.zoneless();
  return true;
}

/// Asks the attributes themselves only where the row is long enough to matter.
bool TableEvents::attributes_fit(const TableRow& row) const {
  const bool surely =
      extras_.size() <= attributes_max && extra_name_bytes_ + json_growth * row.bytes.size() <= attribute_bytes_max;
  return (surely && !plan_.own_export) || within_limits(attributes());
}

std::vector<Attribute> TableEvents::attributes() const {
  std::vector<Attribute> found;
  for (const auto& extra : extras_) {
    const auto text = cells_[extra.column];
    if (text.empty()) continue;
    found.push_back({extra.name, plan_.own_export ? json_of_own_cell(text) : json_of_cell(text)});
  }
  if (plan_.own_export) add_rest(found);
  return found;
}

void TableEvents::add_rest(std::vector<Attribute>& attributes) const {
  const auto text = cells_[rest_];
  if (text.empty()) return;
  if (!add_members(text, attributes)) attributes.push_back({std::string(rest_column), json_of_cell(text)});
  order_attributes(attributes);
}

void TableEvents::refuse(std::size_t column, Code code, std::string_view detail) {
  context_.errors.add(place_.line, static_cast<std::uint32_t>(column), code, detail);
}

bool TableEvents::refuse(const std::optional<EventFault>& fault) {
  if (!fault) return false;
  std::size_t column = 0;
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto field = static_cast<Field>(i);
    if (name_of(field) == fault->field && plan_.mapping.column(field)) column = *plan_.mapping.column(field) + 1;
  }
  refuse(column, fault->code, fault->detail);
  return true;
}

}  // namespace weir::ingest
