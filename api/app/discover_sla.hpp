// How the cases of a file stand under SLA policies: what `weir discover --sla` adds to its answer.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "api/app/sla_file.hpp"
#include "schemas/codec/json_writer.hpp"
#include "stream/ingest/event_view.hpp"

namespace weir::app {

/// The events of a file, case by case, as a whole. Where the file gives ids, the first event of a (case, id) counts.
class CaseEvents final : public ingest::EventSink {
 public:
  void event(const ingest::EventView& view) override;
  /// Puts every case into the order of its trace.
  void order();

  const std::map<std::string, std::vector<Event>>& cases() const { return cases_; }
  /// The latest timestamp: the now of a file.
  Time last() const { return last_; }

 private:
  std::map<std::string, std::vector<Event>> cases_;  // by id
  std::unordered_set<std::string> seen_;             // case NUL id
  Time last_ = Time::min();
};

/// `{"as_of", "policies": [{"name", "metrics", "cycles"}]}`.
void write_sla(JsonWriter& json, const CaseEvents& events, std::span<const NamedJudge> judges);
std::string sla_text(const CaseEvents& events, std::span<const NamedJudge> judges);

}  // namespace weir::app
