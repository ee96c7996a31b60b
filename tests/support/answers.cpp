#include "tests/support/answers.hpp"

#include "api/query/answers.hpp"
#include "api/query/sla_answers.hpp"
#include "schemas/base/check.hpp"
#include "stream/dataflow/whole_case.hpp"

namespace weir::support {

std::string answers_of(feed::ProcessView& view) {
  view.record.counters = {};
  std::string text;
  JsonWriter json{text};
  json.begin_object();
  query::write_map(json.key("map"), view, "p", "");
  query::write_kpis(json.key("kpis"), view, "p", "");
  query::write_handover(json.key("handover"), view, "p", "");
  query::write_sla_view(json.key("sla").begin_object(), view, {});
  json.end_object();
  const auto unread = [](const std::string& case_id) -> Result<std::vector<std::string>> {
    return std::vector<std::string>{case_id};
  };
  const auto written = query::write_variants(json.key("variants"), query::VariantList{view}, "p", "", {0, 1'000'000},
                                             unread, [](std::size_t) { return std::string{}; });
  WEIR_CHECK(written.ok(), "variants could not be written");
  json.end_object();
  return text;
}

std::string read_answers(const feed::Snapshots& snapshots, const std::string& workspace, const std::string& process,
                         const dataflow::Operators& operators) {
  std::vector<dataflow::Table> tables;
  for (int table = 1; table < static_cast<int>(dataflow::table_end); ++table)
    tables.push_back(static_cast<dataflow::Table>(table));
  const auto view = feed::read_view(snapshots, workspace, process, operators, tables);
  WEIR_CHECK(view.ok(), "the views could not be read");
  return answers_of(**view);
}

std::string scanned_answers(const feed::Snapshots& snapshots, const std::string& workspace, const std::string& process,
                            const dataflow::Operators& operators) {
  const auto view = feed::scan_view(snapshots, workspace, process, operators, {}, true);
  WEIR_CHECK(view.ok(), "the cases could not be scanned");
  return answers_of(**view);
}

std::string batch_answers(const std::vector<Outcome>& partitions, const dataflow::Operators& operators) {
  feed::ProcessView view;
  for (const Outcome& partition : partitions) {
    view.record.settings = partition.settings;
    for (const auto& [case_id, events] : partition.cases) {
      for (const Event& event : events) {
        view.names.intern(event.activity);
        view.names.intern(event.resource);
      }
    }
  }
  dataflow::WholeCase whole;
  sla::CalendarPool calendars;
  for (const Outcome& partition : partitions) {
    const auto completion = runtime::completion_of(partition.settings, view.names, partition.clock);
    const runtime::Judges judges{sla::judges_of(partition.documents, "p0", from_micros(partition.clock), calendars),
                                 {}};
    for (const auto& [case_id, events] : partition.cases) {
      whole.begin();
      for (const Event& event : events) {
        whole.add(view.names, view.names.find(event.activity), view.names.find(event.resource),
                  to_micros(event.began()), to_micros(event.timestamp));
      }
      whole.set_clocks(runtime::judge_clocks(judges, {{}, "p0", case_id}, events, {}, partition.clock).tallies);
      whole.apply(case_id, completion, operators, view.views);
    }
  }
  return answers_of(view);
}

}  // namespace weir::support
