#include "stream/company/company.hpp"

#include <algorithm>

#include "schemas/base/check.hpp"

namespace weir::company {
namespace {

constexpr std::uint32_t first_number = 100'001;
constexpr Duration overtime_max = std::chrono::hours{1};

}  // namespace

Result<std::unique_ptr<Company>> Company::found(std::uint64_t seed, Time begin) {
  auto people = hire_everybody();
  if (!people) return people.error();
  std::vector<Zone> zones;
  for (const Region region : {Region::europe, Region::asia, Region::americas}) {
    const auto zone = zone_of(region);
    if (!zone) return zone.error();
    zones.push_back(*zone);
  }
  return std::unique_ptr<Company>{new Company(seed, begin, std::move(*people), std::move(zones))};
}

Company::Company(std::uint64_t seed, Time begin, std::vector<Person> people, std::vector<Zone> zones)
    : chance_(seed),
      now_(begin),
      zones_(std::move(zones)),
      people_(std::move(people)),
      duties_(people_.size()),
      teams_(teams) {
  blueprints_.push_back(support_desk());
  blueprints_.push_back(orders(begin + drift_after));
  blueprints_.push_back(loans());
  opened_.resize(blueprints_.size());
  for (const auto& blueprint : blueprints_) {
    for (std::size_t region = 0; region < regions; ++region) {
      demands_.emplace_back(*blueprint, static_cast<Region>(region), zones_[region], begin);
      plan_arrival(static_cast<std::uint32_t>(demands_.size() - 1));
    }
  }
  for (std::uint32_t i = 0; i < people_.size(); ++i) {
    teams_[people_[i].team].people.push_back(i);
    plan(std::max(begin, next_shift(people_[i], begin).begins), Kind::shift, i);
  }
}

std::optional<Event> Company::next(Time until) {
  while (planned_.top().at <= until) {
    const Planned planned = planned_.top();
    planned_.pop();
    now_ = planned.at;
    if (auto event = happen(planned)) return event;
  }
  now_ = std::max(now_, until);
  return std::nullopt;
}

void Company::set_load(Time at, unsigned load_percent) {
  WEIR_CHECK(at >= now_, "the past does not change");
  plan(at, Kind::load, load_percent);
}

void Company::plan(Time at, Kind kind, std::uint32_t subject, std::uint32_t turn, std::uint8_t step) {
  planned_.push({at, plans_++, kind, step, subject, turn});
}

std::optional<Event> Company::happen(const Planned& planned) {
  const std::uint32_t subject = planned.subject;
  switch (planned.kind) {
    case Kind::arrival:
      if (planned.turn == demand_turn_) arrive(subject);
      return std::nullopt;
    case Kind::load:
      change_load(subject);
      return std::nullopt;
    case Kind::shift:
      begin_shift(subject);
      return std::nullopt;
    case Kind::ready:
      return become_ready(subject);
    case Kind::done:
      return finish(subject);
    case Kind::impatient:
      if (is_current(subject, planned.turn)) lead_to(subject, planned.step);
      return std::nullopt;
    case Kind::beside:
      if (Slot& slot = slots_[subject]; slot.used && slot.first_turn == planned.turn) {
        const Activity& activity = blueprints_[slot.one.process]->activities()[planned.step];
        return tell(slot, planned.step, activity.actor, std::nullopt);
      }
      return std::nullopt;
  }
  WEIR_CHECK(false, "every kind is known");
}

void Company::plan_arrival(std::uint32_t stream) {
  plan(demands_[stream].next(now_, load_percent_, chance_), Kind::arrival, stream, demand_turn_);
}

void Company::arrive(std::uint32_t stream) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t at = free_.back();
  free_.pop_back();
  Slot& slot = slots_[at];
  slot.used = true;
  slot.first_turn = ++slot.turn;
  slot.one = Case{};
  slot.one.process = static_cast<std::uint8_t>(stream / regions);
  slot.one.region = static_cast<Region>(stream % regions);
  slot.one.number = first_number + opened_[slot.one.process]++;
  slot.one.country = draw_country(chance_);
  blueprints_[slot.one.process]->open(slot.one, chance_);
  plan(now_, Kind::ready, at);
  plan_arrival(stream);
}

void Company::change_load(unsigned load_percent) {
  load_percent_ = load_percent;
  ++demand_turn_;
  for (std::uint32_t stream = 0; stream < demands_.size(); ++stream) plan_arrival(stream);
  for (std::uint32_t person = 0; person < people_.size(); ++person) take_work(person);
}

void Company::begin_shift(std::uint32_t person) {
  const Shift shift = next_shift(people_[person], now_);
  duties_[person].until = shift.ends;
  plan(next_shift(people_[person], shift.ends).begins, Kind::shift, person);
  take_work(person);
}

/// The step of the case begins: it is done at once, or the case waits for somebody.
std::optional<Event> Company::become_ready(std::uint32_t slot) {
  const Activity& what = activity(slots_[slot].one);
  if (what.role == Role::nobody) return finish_step(slot, what.actor, std::nullopt);
  wait(slot);
  return std::nullopt;
}

void Company::wait(std::uint32_t slot) {
  const Case& one = slots_[slot].one;
  const std::uint32_t turn = ++slots_[slot].turn;
  if (const auto patience = blueprints_[one.process]->patience(one)) {
    plan(now_ + chance_.log_normal(patience->wait), Kind::impatient, slot, turn, patience->then);
  }
  Team& team = teams_[team_of(activity(one).role, one.region)];
  team.queue.push({one.priority, plans_++, slot, turn});
  const std::size_t size = team.people.size();
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t person = team.people[(team.asked_first + i) % size];
    take_work(person);
    if (team.queue.empty()) {
      team.asked_first = (team.asked_first + i + 1) % size;
      return;
    }
  }
}

/// As much as the person has hands for.
void Company::take_work(std::uint32_t person) {
  const unsigned hands = std::max(1u, (load_percent_ + 50) / 100);
  Duty& duty = duties_[person];
  Team& team = teams_[people_[person].team];
  while (duty.until > now_ && duty.busy_hands < hands && !team.queue.empty()) {
    const Waiting waiting = team.queue.top();
    team.queue.pop();
    if (!is_current(waiting.slot, waiting.turn)) continue;
    Slot& slot = slots_[waiting.slot];
    ++slot.turn;
    slot.person = person;
    slot.began = now_;
    ++duty.busy_hands;
    const Duration work = chance_.log_normal(activity(slot.one).work) * people_[person].pace_percent / 100;
    plan(std::min(now_ + work, duty.until + overtime_max), Kind::done, waiting.slot);
  }
}

Event Company::finish(std::uint32_t slot) {
  const std::uint32_t person = slots_[slot].person;
  --duties_[person].busy_hands;
  Event event = finish_step(slot, people_[person].name, slots_[slot].began);
  take_work(person);
  return event;
}

Event Company::finish_step(std::uint32_t at, std::string_view resource, std::optional<Time> start) {
  Slot& slot = slots_[at];
  const Blueprint& blueprint = *blueprints_[slot.one.process];
  Event event = tell(slot, slot.one.step, resource, start);
  if (const auto beside = blueprint.beside(slot.one)) {
    plan(now_ + chance_.log_normal(blueprint.activities()[*beside].before), Kind::beside, at, slot.first_turn, *beside);
  }
  const std::uint8_t next = blueprint.after(slot.one, chance_, now_);
  if (next != Blueprint::ended) {
    lead_to(at, next);
  } else {
    ++slot.turn;
    slot.used = false;
    free_.push_back(at);
  }
  return event;
}

void Company::lead_to(std::uint32_t at, std::uint8_t step) {
  Slot& slot = slots_[at];
  ++slot.turn;
  slot.one.step = step;
  const Activity& what = activity(slot.one);
  Time ready = now_;
  if (what.before.median > Duration{}) ready += chance_.log_normal(what.before);
  if (what.by_day) ready = by_day(ready, slot.one.region);
  plan(ready, Kind::ready, at);
}

/// If it is night where the customer is: some time of the following day.
Time Company::by_day(Time time, Region region) {
  constexpr auto morning = std::chrono::hours{8}, evening = std::chrono::hours{20};
  const Zone& zone = zones_[static_cast<std::size_t>(region)];
  const LocalTime local = zone.to_local(time);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  if (local - day >= morning && local - day < evening) return time;
  const auto next_day = local - day < morning ? day : day + std::chrono::days{1};
  const Duration into{static_cast<std::int64_t>(chance_.below(Duration{evening - morning}.count()))};
  return std::max(time, zone.to_time(next_day + morning + into));
}

Event Company::tell(Slot& slot, std::uint8_t step, std::string_view resource, std::optional<Time> start) {
  const Blueprint& blueprint = *blueprints_[slot.one.process];
  Event event;
  event.process = blueprint.process();
  event.case_id.append(blueprint.prefix()).append(std::to_string(slot.one.number));
  event.activity = blueprint.activities()[step].name;
  event.timestamp = now_;
  event.start = start;
  event.id = event.case_id + '/' + std::to_string(++slot.one.events);
  event.resource = resource;
  if (step == slot.one.step) {
    Facts facts;
    blueprint.tell(slot.one, chance_, facts);
    event.attributes = facts.take();
  }
  return event;
}

}  // namespace weir::company
