#include "api/query/answers.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <tuple>

#include "api/query/durations.hpp"
#include "stream/operators/activities.hpp"
#include "stream/operators/directly_follows.hpp"
#include "stream/operators/handover.hpp"
#include "stream/operators/totals.hpp"

namespace weir::query {

using namespace dataflow;  // the vocabulary of views
using namespace operators;

namespace {

/// A cell with its key, and the names that the key stands for.
struct Row {
  std::string_view a;
  std::string_view b;
  const Cell* cell;
};

/// The cells of a table by name, so that an answer's order does not depend on anything else.
std::vector<Row> rows_of(const feed::ProcessView& view, Table table) {
  std::vector<Row> rows;
  view.views.each(table, [&](const CellKey& key, const Cell& cell) {
    rows.push_back({view.names.text(static_cast<NameId>(key.a)), view.names.text(static_cast<NameId>(key.b)), &cell});
  });
  std::sort(rows.begin(), rows.end(),
            [](const Row& x, const Row& y) { return std::tie(x.a, x.b) < std::tie(y.a, y.b); });
  return rows;
}

void write_boundaries(JsonWriter& json, const feed::ProcessView& view, Table table, bool closed) {
  json.begin_array();
  for (const Row& row : rows_of(view, table)) {
    if (row.cell->counts[BoundaryCell::cases] == 0) continue;
    json.begin_object().member("name", row.a).member("count", row.cell->counts[BoundaryCell::cases]);
    if (closed) json.member("closed", row.cell->counts[BoundaryCell::closed]);
    json.end_object();
  }
  json.end_array();
}

std::string dot_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    if (c == '\n') {
      quoted += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      quoted.push_back(c);
    }
  }
  return quoted + '"';
}

}  // namespace

std::string exact_seconds(Int128 micros) {
  if (micros == 0) return "0";
  const bool negative = micros < 0;
  auto rest = static_cast<unsigned __int128>(negative ? -micros : micros);
  std::array<char, 48> digits;  // a 128-bit number has up to 39
  std::size_t first = digits.size();
  const std::size_t point = digits.size() - 6;
  while (rest > std::numeric_limits<std::uint64_t>::max()) {
    digits[--first] = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  for (auto low = static_cast<std::uint64_t>(rest); low > 0 || first >= point; low /= 10) {
    digits[--first] = static_cast<char>('0' + low % 10);
  }
  std::size_t end = digits.size();
  while (end > point && digits[end - 1] == '0') --end;
  std::string text = negative ? "-" : "";
  text.append(&digits[first], point - first);
  if (end > point) text.append(1, '.').append(&digits[point], end - point);
  return text;
}

void write_durations(JsonWriter& json, const DurationStats& stats) {
  json.begin_object();
  const auto least = stats.min(), greatest = stats.max();
  if (stats.count() == 0) {
    for (const char* name : {"mean", "min", "max", "sum", "stdev", "p50", "p90", "p95", "p99"}) {
      json.key(name).value(nullptr);
    }
    json.end_object();
    return;
  }
  const auto seconds = [](const std::optional<std::int64_t>& micros) {
    return micros ? exact_seconds(*micros) : std::string{"null"};
  };
  const std::string shortest = seconds(least);
  const bool all_equal = least && least == greatest;  // as of nearly every variant
  json.member("mean", stats.mean_micros() / 1e6);
  json.key("min").raw(shortest);
  json.key("max").raw(all_equal ? shortest : seconds(greatest));
  json.key("sum").raw(exact_seconds(stats.sum_micros()));
  if (const auto stdev = stats.stdev_micros()) {
    json.member("stdev", *stdev / 1e6);
  } else {
    json.key("stdev").value(nullptr);
  }
  for (const auto& [name, per_mille] : {std::pair{"p50", 500}, {"p90", 900}, {"p95", 950}, {"p99", 990}}) {
    json.key(name).raw(all_equal ? shortest : exact_seconds(stats.quantile(per_mille)));
  }
  json.end_object();
}

void write_map(JsonWriter& json, feed::ProcessView& view, std::string_view process, std::string_view as_of) {
  const bool policy = view.record.settings.declares_completion();
  json.begin_object().member("process", process).member("as_of", as_of).key("activities").begin_array();
  for (const Row& row : rows_of(view, Table::activities)) {
    const Cell& cell = *row.cell;
    json.begin_object().member("name", row.a).member("count", cell.counts[ActivityCell::events]);
    json.member("cases", cell.counts[ActivityCell::cases]);
    json.member("rework_cases", cell.counts[ActivityCell::rework_cases]);
    json.member("self_loops", cell.counts[ActivityCell::self_loops]);
    write_durations(json.key("service_s"), cell.duration(ActivityCell::service));
    write_durations(json.key("waiting_s"), cell.duration(ActivityCell::waiting));
    write_durations(json.key("sojourn_s"), cell.duration(ActivityCell::sojourn));
    json.end_object();
  }
  json.end_array().key("edges").begin_array();
  for (const Row& row : rows_of(view, Table::edges)) {
    const Cell& cell = *row.cell;
    json.begin_object().member("from", row.a).member("to", row.b);
    json.member("count", cell.counts[EdgeCell::traversals]).member("cases", cell.counts[EdgeCell::cases]);
    json.member("overlaps", cell.counts[EdgeCell::overlaps]);
    write_durations(json.key("duration_s"), cell.duration(EdgeCell::duration));
    json.end_object();
  }
  json.end_array();
  write_boundaries(json.key("start"), view, Table::starts, false);
  write_boundaries(json.key("end"), view, Table::ends, policy);
  json.end_object();
}

std::string map_as_dot(feed::ProcessView& view, std::string_view process) {
  std::string dot = "digraph " + dot_quoted(process) + " {\n  rankdir=TB;\n  node [shape=box, style=rounded];\n";
  // Nodes are numbered, so that no name of an activity can be taken for the start's or the end's.
  std::map<std::string_view, std::string> nodes;
  for (const Row& row : rows_of(view, Table::activities)) {
    const std::string node = "a" + std::to_string(nodes.size());
    nodes.emplace(row.a, node);
    dot += "  " + node +
           " [label=" + dot_quoted(std::string{row.a} + "\n" + std::to_string(row.cell->counts[ActivityCell::events])) +
           "];\n";
  }
  dot += "  start [shape=circle, label=\"\"];\n  end [shape=doublecircle, label=\"\"];\n";
  const auto arrow = [&](const std::string& from, const std::string& to, std::int64_t count) {
    dot += "  " + from + " -> " + to + " [label=\"" + std::to_string(count) + "\"];\n";
  };
  for (const Row& row : rows_of(view, Table::starts))
    arrow("start", nodes[row.a], row.cell->counts[BoundaryCell::cases]);
  for (const Row& row : rows_of(view, Table::edges)) {
    arrow(nodes[row.a], nodes[row.b], row.cell->counts[EdgeCell::traversals]);
  }
  for (const Row& row : rows_of(view, Table::ends)) arrow(nodes[row.a], "end", row.cell->counts[BoundaryCell::cases]);
  return dot + "}\n";
}

void write_handover(JsonWriter& json, feed::ProcessView& view, std::string_view process, std::string_view as_of) {
  json.begin_object().member("process", process).member("as_of", as_of).key("resources").begin_array();
  for (const Row& row : rows_of(view, Table::resources)) {
    json.begin_object().member("name", row.a).member("count", row.cell->counts[ResourceCell::events]).end_object();
  }
  std::vector<std::tuple<std::string_view, std::string_view, std::int64_t>> handovers;
  std::int64_t total = 0;
  view.views.each_tally(Table::handovers, [&](const CellKey& key, std::int64_t count) {
    handovers.emplace_back(view.names.text(static_cast<NameId>(key.a)), view.names.text(static_cast<NameId>(key.b)),
                           count);
    total += count;
  });
  std::sort(handovers.begin(), handovers.end());
  json.end_array().key("edges").begin_array();
  for (const auto& [from, to, count] : handovers) {
    json.begin_object().member("from", from).member("to", to).member("count", count);
    json.member("share", static_cast<double>(count) / static_cast<double>(total)).end_object();
  }
  json.end_array().end_object();
}

}  // namespace weir::query
