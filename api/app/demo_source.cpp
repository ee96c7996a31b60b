#include "api/app/demo_source.hpp"

#include <algorithm>

#include "api/app/demo_promises.hpp"
#include "stream/company/company.hpp"

namespace weir::app {
namespace {

constexpr std::uint64_t live_load = 8;
constexpr Duration warm_up = std::chrono::hours{3};
constexpr Duration replay_length = std::chrono::minutes{10};
constexpr std::uint64_t first_part = 10;  // one in

class CompanySource final : public DemoSource {
 public:
  CompanySource(std::unique_ptr<company::Company> company, const DemoRecord& record)
      : company_(std::move(company)), origin_(record.origin) {
    for (const SpeedChange& change : record.speeds) CompanySource::change_speed(change);
  }

  std::string_view name() const override { return "company"; }
  Result<std::optional<Event>> next(DemoMoment moment) override { return company_->next(moment.now); }
  void change_speed(const SpeedChange& change) override {
    company_->set_load(change.at, static_cast<unsigned>(change.speed_percent * live_load));
  }

  std::vector<runtime::SettingsChange> settings() const override {
    std::vector<runtime::SettingsChange> all;
    for (const auto& blueprint : company_->blueprints()) {
      runtime::ProcessSettings settings;
      settings.end_activities = blueprint->ends();
      all.push_back({std::string{blueprint->process()}, std::move(settings)});
    }
    return all;
  }
  std::vector<documents::Change> documents() const override { return demo_promises(origin_); }

 private:
  std::unique_ptr<company::Company> company_;
  const Time origin_;
};

class ReplaySource final : public DemoSource {
 public:
  ReplaySource(std::unique_ptr<ingest::Replay> replay, Time origin) : replay_(std::move(replay)) {
    replay_->shift_by(replay_->shift_to(origin));
  }

  std::string_view name() const override { return "replay"; }
  std::optional<std::uint64_t> total() const override { return replay_->events(); }

  Result<std::optional<Event>> next(DemoMoment moment) override {
    if (told_ >= due(moment.played)) return std::optional<Event>{};
    auto event = replay_->next();
    if (event && *event) ++told_;
    return event;
  }

 private:
  std::uint64_t due(Duration played) const {
    const std::uint64_t all = replay_->events(), at_once = (all + first_part - 1) / first_part;
    const auto share = static_cast<unsigned __int128>(std::min(played, replay_length).count());
    return at_once + static_cast<std::uint64_t>((all - at_once) * share / replay_length.count());
  }

  std::unique_ptr<ingest::Replay> replay_;
  std::uint64_t told_ = 0;
};

}  // namespace

Result<std::unique_ptr<DemoSource>> company_source(const DemoRecord& record) {
  auto company = company::Company::found(record.seed, record.origin);
  if (!company) return company.error();
  return std::unique_ptr<DemoSource>{std::make_unique<CompanySource>(std::move(*company), record)};
}

std::unique_ptr<DemoSource> replay_source(std::unique_ptr<ingest::Replay> replay, const DemoRecord& record) {
  return std::make_unique<ReplaySource>(std::move(replay), record.origin);
}

DemoRecord new_company(std::uint64_t seed, std::uint64_t speed_percent, Time now) {
  DemoRecord record;
  record.seed = seed;
  record.origin = std::chrono::floor<std::chrono::seconds>(now) - company::history;
  record.speeds.push_back({now - warm_up, speed_percent});
  return record;
}

}  // namespace weir::app
