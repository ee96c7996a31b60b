#include "stream/alerts/ledger.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "state/format/codec.hpp"
#include "stream/alerts/wording.hpp"

namespace weir::alerts {
namespace {

constexpr std::uint8_t version = 1;

using Place = std::pair<std::string_view, std::string_view>;

Place place_of(const Telling& telling) { return {telling.notice, telling.target}; }

/// What may be told next, and when it stands in line.
struct Candidate {
  const Alert* alert = nullptr;  // null: it is gone
  Telling telling;
  Time since;
};

/// By alert and target.
using Line = std::map<std::pair<std::string, std::string>, Candidate>;

void stand_in_line(Line& line, const std::string& alert, Candidate candidate) {
  const auto [place, is_first] = line.try_emplace({alert, candidate.telling.target}, candidate);
  if (is_first) return;
  const auto rank = [](const Candidate& one) { return std::pair{one.telling.stands, one.since}; };
  if (rank(candidate) < rank(place->second)) place->second = std::move(candidate);
}

/// Of the alert something stands as the target was told.
bool knows_of(const Ledger& ledger, const std::string& alert, const std::string& target) {
  const auto& all = ledger.all();
  const std::string first = alert + '/';
  auto one = std::lower_bound(all.begin(), all.end(), first,
                              [](const Told& told, const std::string& name) { return told.telling.notice < name; });
  for (; one != all.end() && one->telling.notice.starts_with(first); ++one) {
    const auto named = notice_named(one->telling.notice);
    if (one->telling.target == target && one->telling.stands && named && named->step != Step::ended) return true;
  }
  return false;
}

/// It means something only to those who know of the alert.
bool is_of_known(Step step) { return step == Step::ended || step == Step::acknowledged; }

/// What was done about it, whose time nobody is corrected about.
bool is_done(Step step) { return step == Step::escalated || step == Step::acknowledged; }

/// What is so, and was not told so.
void add_untold(const Ledger& ledger, const Alert& alert, Time quiet_until, Line& line) {
  const std::string name = alert.name.text();
  for (const Notice& notice : alert.notices) {
    const std::string text = name + '/' + notice.text();
    if (notice.is_held) continue;
    for (const std::string& receiver : notice.receivers) {
      const Told* const told = ledger.find(text, receiver);
      if (told == nullptr && notice.told_at <= quiet_until) continue;
      if (told == nullptr && is_of_known(notice.step) && !knows_of(ledger, name, receiver)) continue;
      if (told != nullptr && told->telling.stands && (told->telling.at == notice.at || is_done(notice.step))) continue;
      const std::uint32_t revision = told == nullptr ? 0 : told->telling.revision + 1;
      stand_in_line(line, name,
                    {&alert, {text, receiver, revision, true, notice.at}, notice.held_until.value_or(notice.told_at)});
    }
  }
}

/// What was told, and is no longer so.
void add_retractions(const Ledger& ledger, const std::map<std::string, const Alert*>& alerts_by_notice,
                     std::span<const Alert> alerts, Line& line) {
  for (const Told& told : ledger.all()) {
    if (!told.telling.stands || alerts_by_notice.contains(told.telling.notice)) continue;
    const auto named = notice_named(told.telling.notice);
    if (!named) continue;
    const auto alert =
        std::find_if(alerts.begin(), alerts.end(), [&](const Alert& one) { return one.name == named->alert; });
    Telling telling = told.telling;
    ++telling.revision;
    telling.stands = false;
    stand_in_line(line, named->alert.text(), {alert == alerts.end() ? nullptr : &*alert, telling, telling.at});
  }
}

}  // namespace

const Told* Ledger::find(std::string_view notice, std::string_view target) const {
  const Place place{notice, target};
  const auto found = std::lower_bound(told_.begin(), told_.end(), place,
                                      [](const Told& one, const Place& at) { return place_of(one.telling) < at; });
  return found == told_.end() || place_of(found->telling) != place ? nullptr : &*found;
}

Told* Ledger::find_told(const Telling& telling) {
  return const_cast<Told*>(find(telling.notice, telling.target));  // of this ledger, which is not const
}

/// The first attempt at something that was not told before.
Told& Ledger::begin(const Delivery& delivery) {
  Told* told = find_told(delivery.telling);
  if (told == nullptr) {
    const auto behind = std::lower_bound(told_.begin(), told_.end(), place_of(delivery.telling),
                                         [](const Told& one, const Place& at) { return place_of(one.telling) < at; });
    told = &*told_.emplace(behind);
  }
  told->telling = delivery.telling;
  told->outcome = effects::Outcome::again;
  told->progress = delivery.progress;
  told->effect = delivery.effect;
  return *told;
}

bool Ledger::take(const Delivery& delivery, std::uint64_t offset) {
  Told* told = find_told(delivery.telling);
  const bool is_same = told != nullptr && told->telling == delivery.telling && told->is_under_way();
  const std::uint32_t next = told == nullptr ? 0 : told->telling.revision + 1;
  const bool is_next = (told == nullptr || !told->is_under_way()) && delivery.telling.revision == next;
  const bool is_first = delivery.attempt <= 1 && !delivery.effect.empty();
  if (!is_same && !(is_next && is_first)) return false;
  if (delivery.event == Delivery::Event::begun) {
    if (is_same && delivery.attempt != told->progress.attempts + 1) return false;
    if (!is_same) told = &begin(delivery);
    told->progress.attempts = delivery.attempt;
    return true;
  }
  if (!is_same && delivery.attempt != 0) return false;  // an end without its begin
  const bool is_last = !is_same || delivery.attempt == told->progress.attempts || delivery.attempt == 0;
  if (delivery.outcome == effects::Outcome::again && !is_last) return false;
  if (!is_same) told = &begin(delivery);
  if (delivery.attempt != 0 || delivery.outcome != effects::Outcome::again) {
    told->records.push_back({delivery.time, offset});
  }
  told->outcome = delivery.outcome;
  told->progress = delivery.progress;
  if (!told->is_under_way()) told->effect = {};
  return true;
}

void Ledger::keep_only(std::span<const Alert> alerts) {
  std::erase_if(told_, [&](const Told& one) {
    const auto named = notice_named(one.telling.notice);
    return !named ||
           std::none_of(alerts.begin(), alerts.end(), [&](const Alert& alert) { return alert.name == named->alert; });
  });
}

std::size_t Ledger::bytes() const {
  std::size_t bytes = told_.capacity() * sizeof(Told);
  for (const Told& one : told_) {
    bytes += one.telling.notice.size() + one.telling.target.size() + one.effect.capacity() +
             one.records.capacity() * sizeof(RecordPlace);
  }
  return bytes;
}

namespace {

void write(format::Encoder& out, const Telling& telling) {
  out.text(telling.notice);
  out.text(telling.target);
  out.number(telling.revision);
  out.byte(telling.stands ? 1 : 0);
  out.signed_number(to_micros(telling.at));
}

Telling read_telling(format::Decoder& in) {
  Telling telling;
  telling.notice = in.text();
  telling.target = in.text();
  telling.revision = static_cast<std::uint32_t>(in.number());
  telling.stands = in.byte() == 1;
  telling.at = from_micros(in.signed_number());
  return telling;
}

effects::Progress read_progress(format::Decoder& in) {
  const auto progress = effects::decode_progress(in.text());
  if (!progress) in.refuse();
  return progress ? *progress : effects::Progress{};
}

Told read_told(format::Decoder& in) {
  Told told;
  told.telling = read_telling(in);
  const std::uint8_t outcome = in.byte();
  if (outcome > static_cast<std::uint8_t>(effects::Outcome::given_up)) in.refuse();
  told.outcome = static_cast<effects::Outcome>(outcome);
  told.progress = read_progress(in);
  told.effect = in.text();
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    const Time time = from_micros(in.signed_number());
    told.records.push_back({time, in.number()});
  }
  return told;
}

}  // namespace

std::string encode(const Ledger& ledger) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.number(ledger.told_.size());
  for (const Told& told : ledger.told_) {
    write(out, told.telling);
    out.byte(static_cast<std::uint8_t>(told.outcome));
    out.text(effects::encode_progress(told.progress));
    out.text(told.effect);
    out.number(told.records.size());
    for (const RecordPlace& place : told.records) {
      out.signed_number(to_micros(place.time));
      out.number(place.offset);
    }
  }
  return bytes;
}

Result<Ledger> decode_ledger(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) in.refuse();
  Ledger ledger;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    Told told = read_told(in);
    if (!ledger.told_.empty() && place_of(ledger.told_.back().telling) >= place_of(told.telling)) in.refuse();
    ledger.told_.push_back(std::move(told));
  }
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "the ledger of a case cannot be read"};
  return ledger;
}

std::string encode(const Announcement& announcement) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.text(announcement.alert);
  write(out, announcement.telling);
  out.text(effects::encode_progress(announcement.progress));
  out.text(announcement.effect);
  return bytes;
}

Result<Announcement> decode_announcement(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) in.refuse();
  Announcement announcement;
  announcement.alert = in.text();
  announcement.telling = read_telling(in);
  announcement.progress = read_progress(in);
  announcement.effect = in.text();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "an announcement cannot be read"};
  return announcement;
}

std::vector<Announcement> next_announcements(const Subject& subject, const Ledger& ledger,
                                             std::span<const Alert> alerts, Time quiet_until) {
  Line line;
  if (quiet_until != Time::max()) {
    std::map<std::string, const Alert*> by_notice;
    for (const Alert& alert : alerts) {
      for (const Notice& notice : alert.notices) by_notice[alert.name.text() + '/' + notice.text()] = &alert;
      add_untold(ledger, alert, quiet_until, line);
    }
    add_retractions(ledger, by_notice, alerts, line);
  }
  std::map<std::pair<std::string, std::string>, Announcement> next;
  for (const Told& told : ledger.all()) {
    const auto named = notice_named(told.telling.notice);
    if (!told.is_under_way() || !named) continue;
    std::string alert = named->alert.text();
    line.erase({alert, told.telling.target});
    next[{alert, told.telling.target}] = {alert, told.telling, told.progress, told.effect};
  }
  for (auto& [place, candidate] : line) {
    const effects::Effect effect = effect_of(subject, candidate.alert, candidate.telling);
    const effects::Progress progress{0, candidate.since, candidate.since, {}};
    next[place] = {place.first, std::move(candidate.telling), progress, effects::encode_effect(effect)};
  }
  std::vector<Announcement> found;
  for (auto& [place, announcement] : next) found.push_back(std::move(announcement));
  return found;
}

}  // namespace weir::alerts
