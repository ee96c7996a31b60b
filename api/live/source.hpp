// Where a topic's answers come from: quickly, by what changed; or whole, as the query would be answered.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/live/process_feed.hpp"
#include "api/live/question.hpp"
#include "schemas/base/clock.hpp"

namespace weir::live {

/// An answer, whole or of the entries `looked_at` alone (Document::update).
struct Reading {
  std::string answer;  // empty: nothing changed
  bool whole = false;
  std::vector<EntryKey> looked_at;
};

/// One thread at a time. Errors: storage_failed, state_format.
class Source {
 public:
  virtual ~Source() = default;

  /// What changed since the last call of either function, in milliseconds of work; none where only load() can tell.
  virtual Result<std::optional<Reading>> follow() = 0;
  /// The whole answer, as the channel's GET would be answered now. May take seconds.
  virtual Result<std::string> load() = 0;
  /// How often to load() although no process tells of changes; none: never.
  virtual std::optional<Clock::Steady> poll_interval() const { return std::nullopt; }
};

/// What sources are made of.
struct SourceParts {
  const Clock& clock;
  const dataflow::Operators& operators;
  std::shared_ptr<ProcessFeed> process;  // null for uploads
  /// The cursor of a list's next page, which begins at `place`.
  std::function<std::string(const Question&, std::string_view place)> seal_cursor;
  /// The first page of GET /v1/uploads.
  std::function<Result<std::string>(const std::string& workspace, std::size_t limit)> uploads;
};

std::unique_ptr<Source> make_source(const Question& question, const SourceParts& parts);

// Each channel's own, of unfiltered views.
std::unique_ptr<Source> map_source(const Question& question, const SourceParts& parts);
std::unique_ptr<Source> kpis_source(const Question& question, const SourceParts& parts);
std::unique_ptr<Source> variants_source(const Question& question, const SourceParts& parts);
// Filtered or not.
std::unique_ptr<Source> cases_source(const Question& question, const SourceParts& parts);
// Never filtered.
std::unique_ptr<Source> sla_source(const Question& question, const SourceParts& parts);
std::unique_ptr<Source> alerts_source(const Question& question, const SourceParts& parts);
// Map, KPIs or variants of the cases that a filter selects.
std::unique_ptr<Source> filtered_source(const Question& question, const SourceParts& parts);

}  // namespace weir::live
