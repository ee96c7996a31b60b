// What a demo posts: the company, or a file. Both tell the same events in the same order each time they are asked from
// the beginning, so that a demo goes on after a restart by leaving out what it has posted.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "api/app/demo_record.hpp"
#include "schemas/base/event.hpp"
#include "schemas/base/result.hpp"
#include "stream/documents/document.hpp"
#include "stream/ingest/replay.hpp"
#include "stream/runtime/control_records.hpp"

namespace weir::app {

/// How far a demo has come.
struct DemoMoment {
  Time now{};
  Duration played{};  // how long it was shown, times its speed
};

/// For one thread at a time.
class DemoSource {
 public:
  virtual ~DemoSource() = default;
  virtual std::string_view name() const = 0;
  /// The next event that is due at that moment, stamped not later than it. Error: storage_failed.
  virtual Result<std::optional<Event>> next(DemoMoment moment) = 0;
  /// Changes must not lie before the last moment.
  virtual void change_speed(const SpeedChange&) {}
  /// Events in all; nothing: there is no end.
  virtual std::optional<std::uint64_t> total() const { return std::nullopt; }
  /// What is to be declared of its processes before their first event.
  virtual std::vector<runtime::SettingsChange> settings() const { return {}; }
  virtual std::vector<documents::Change> documents() const { return {}; }
};

/// At speed 1 the company has eight times the customers of its history, so that one sees it live. Error: unknown_zone.
Result<std::unique_ptr<DemoSource>> company_source(const DemoRecord& record);

/// A tenth at once, so that there is a map; the rest evenly over ten minutes at speed 1. By number of event, not by
/// time: real logs have gaps of years in which nothing would be seen.
std::unique_ptr<DemoSource> replay_source(std::unique_ptr<ingest::Replay> replay, const DemoRecord& record);

/// The record of a company whose history ends at `now`. Its customers become as many as live ones are some hours
/// before, so that there is work in every queue by then.
DemoRecord new_company(std::uint64_t seed, std::uint64_t speed_percent, Time now);

}  // namespace weir::app
