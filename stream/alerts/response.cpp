#include "stream/alerts/response.hpp"

#include <algorithm>

namespace weir::alerts {
namespace {

void sooner(const std::optional<Time>& time, std::optional<Time>& next) {
  if (time) next = next ? std::min(*next, *time) : *time;
}

/// One alert of a case.
class Response {
 public:
  Response(const Playbook* playbook, const Subject& subject, std::vector<Done> done, Time now, Alert& alert)
      : playbook_(playbook), subject_(subject), done_(std::move(done)), now_(now), alert_(alert) {}

  std::optional<Time> give() {
    if (alert_.name.source != Source::rule) resolve();
    const Escalation* const escalation =
        playbook_ == nullptr ? nullptr : playbook_->escalation(alert_.escalation, alert_.escalates_from);
    acknowledge(escalation);
    if (escalation != nullptr) escalate_by(*escalation);
    if (playbook_ != nullptr) silence();
    return next_;
  }

 private:
  using Notices = std::vector<Notice>;

  /// The place behind what was told by then; of one instant the end comes last.
  Notices::iterator behind(Time time) {
    return std::find_if(alert_.notices.begin(), alert_.notices.end(), [&](const Notice& one) {
      return one.told_at > time || (one.told_at == time && one.step == Step::ended);
    });
  }

  bool is_up_at(Time time) {
    const auto place = behind(time);
    const bool ends_then = place != alert_.notices.end() && place->told_at == time;
    return place != alert_.notices.begin() && std::prev(place)->step != Step::ended && !ends_then;
  }

  /// Since the time, or earlier; Time::max(): it is up still.
  Time over(Time time) {
    for (const Notice& one : alert_.notices) {
      if (one.step == Step::ended && one.told_at >= time) return one.told_at;
    }
    return Time::max();
  }

  /// Who was told by then.
  std::vector<std::string> told_before(Notices::iterator place) {
    std::vector<std::string> all;
    for (auto one = alert_.notices.begin(); one != place; ++one) {
      for (const std::string& name : one->receivers) {
        if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
      }
    }
    return all;
  }

  void insert(Step step, std::string mark, const Done& done) {
    const auto place = behind(done.at);
    Notice notice{step, std::move(mark), done.at, done.at, told_before(place), {}};
    notice.by = done.by;
    notice.note = done.note;
    alert_.notices.insert(place, std::move(notice));
  }

  /// What ends by itself after somebody resolved it, and nothing happened in between, has ended before.
  void resolve() {
    std::size_t number = 0;
    for (const Done& one : done_) {
      if (one.deed == Deed::resolve && is_up_at(one.at)) {
        insert(Step::ended, "resolved:" + std::to_string(++number), one);
      }
    }
    auto& notices = alert_.notices;
    const auto twice = [](const Notice& a, const Notice& b) { return a.step == Step::ended && b.step == Step::ended; };
    notices.erase(std::unique(notices.begin(), notices.end(), twice), notices.end());
  }

  /// Somebody who took on a warning has not taken on the breach.
  Time breached_after(Time time) const {
    for (const Notice& one : alert_.notices) {
      if (one.step == Step::breached && one.told_at > time) return one.told_at;
    }
    return Time::max();
  }

  /// Whoever acknowledges what is acknowledged has it for longer.
  void acknowledge(const Escalation* escalation) {
    std::size_t number = 0;
    for (const Done& one : done_) {
      if (one.deed != Deed::acknowledge || !is_up_at(one.at)) continue;
      const bool lapses = escalation != nullptr && escalation->ack_timeout;
      const Time lapse = lapses ? one.at + *escalation->ack_timeout : Time::max();
      const Time to = std::min({lapse, over(one.at), breached_after(one.at)});
      if (!periods_.empty() && one.at < periods_.back().to) {
        periods_.back().to = to;
        continue;
      }
      insert(Step::acknowledged, std::to_string(++number), one);
      periods_.push_back({one.at, to});
    }
    alert_.is_acknowledged = !periods_.empty() && periods_.back().contains(now_);
    if (alert_.is_acknowledged && periods_.back().to != Time::max()) sooner(periods_.back().to, next_);
  }

  void escalate_by(const Escalation& escalation) {
    const Time from = alert_.escalates_from;
    std::vector<Period> acknowledged;
    std::copy_if(periods_.begin(), periods_.end(), std::back_inserter(acknowledged),
                 [&](const Period& one) { return one.from >= from; });
    const Escalating found = escalate(escalation, from, over(from), acknowledged, now_, playbook_->calendar());
    sooner(found.next, next_);
    for (const Escalated& one : found.steps) {
      const auto place = behind(one.at);
      alert_.notices.insert(place, {Step::escalated, one.mark, one.at, one.at, one.step->notify, {}});
    }
    for (auto one = alert_.notices.begin(); one != alert_.notices.end(); ++one) {
      if (one->step == Step::ended || one->step == Step::acknowledged) one->receivers = told_before(one);
    }
  }

  Labels labels(const Notice& notice) const {
    const AlertName& name = alert_.name;
    return {subject_.is_case() ? subject_.process : alert_.about,
            subject_.case_id,
            name_of(name.source),
            name.document,
            name.metric,
            alert_.promise,
            effects::name_of(severity_of(notice))};
  }

  effects::Severity severity_of(const Notice& notice) const {
    if (notice.deed) return as_effect(notice.deed->severity);
    return notice.step == Step::warned ? effects::Severity::warning : alert_.severity();
  }

  /// Nobody is told of what is over before its silence is; nor of its end, as they do not know of it. That holds also
  /// for what was so before the silence began and became known behind it: of what was told before nothing is lost.
  void silence() {
    const Notice* last = &alert_.notices.front();
    for (Notice& one : alert_.notices) {
      if (one.is_news()) last = &one;
      Time free = one.told_at;
      for (const Period& period : playbook_->silenced(labels(one), one.told_at)) {
        const bool is_over_then = one.is_news() && period.contains(over(one.told_at));
        if (period.contains(free) || period.contains(now_) || is_over_then) free = period.to;
      }
      if (free == one.told_at) continue;
      one.held_until = free;
      const bool goes_on = one.step == Step::ended || over(one.told_at) > free;
      one.is_held = free > now_ || !goes_on;
      if (free > now_) sooner(free, next_);
    }
    if (alert_.is_over()) return;
    for (const Period& period : playbook_->silenced(labels(*last), now_)) {
      if (period.contains(now_)) alert_.silenced_until = period.to;
      sooner(period.contains(now_) ? period.to : period.from, next_);
      break;
    }
  }

  const Playbook* const playbook_;
  const Subject& subject_;
  const std::vector<Done> done_;
  const Time now_;
  Alert& alert_;
  std::vector<Period> periods_;  // in which somebody has it
  std::optional<Time> next_;
};

}  // namespace

std::optional<Time> respond(const Playbook* playbook, const Subject& subject, const Commands& commands, Time now,
                            std::vector<Alert>& alerts) {
  std::optional<Time> next;
  for (Alert& alert : alerts) {
    sooner(Response{playbook, subject, commands.of(alert.name.text()), now, alert}.give(), next);
  }
  return next;
}

}  // namespace weir::alerts
