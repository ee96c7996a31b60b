#include "stream/alerts/playbook.hpp"

#include <algorithm>

#include "stream/alerts/rule_books.hpp"
#include "stream/documents/accepted.hpp"

namespace weir::alerts {

using documents::Kind;
using documents::Version;

std::optional<Silence> silence_of(const std::string& body) { return documents::read_accepted(body, read_silence); }

std::optional<Escalation> escalation_of(const std::string& body) {
  return documents::read_accepted(body, read_escalation);
}

std::shared_ptr<const Playbook> Playbook::read(const documents::Documents& documents, Time now,
                                               sla::CalendarPool& calendars) {
  const auto made = std::make_shared<Playbook>();
  for (const auto& [name, versions] : documents.all(Kind::silence)) made->add_silence(versions, now);
  for (const auto& [name, versions] : documents.all(Kind::escalation)) made->add_escalation(name, versions, now);
  if (made->silences_.empty() && made->escalations_.empty()) return nullptr;
  std::stable_sort(made->silences_.begin(), made->silences_.end(),
                   [](const Silenced& a, const Silenced& b) { return a.period.to > b.period.to; });
  if (!made->escalations_.empty()) made->calendar_ = calendars_at(documents, now, calendars);
  return made;
}

bool Playbook::concerns(const documents::Change& change) {
  return change.kind == Kind::silence || change.kind == Kind::escalation || change.kind == Kind::calendar;
}

/// A version holds until the next one does, so a silence that is withdrawn ends there.
void Playbook::add_silence(std::span<const Version> versions, Time now) {
  for (std::size_t i = 0; i < versions.size() && versions[i].effective_at <= now; ++i) {
    auto silence = versions[i].body ? silence_of(*versions[i].body) : std::nullopt;
    if (!silence) continue;
    const Time declared = versions[i].effective_at;
    Period period{std::max(silence->starts_at.value_or(declared), declared), silence->ends_at};
    const bool is_replaced = i + 1 < versions.size() && versions[i + 1].effective_at <= now;
    if (is_replaced) period.to = std::min(period.to, versions[i + 1].effective_at);
    if (period.from < period.to) silences_.push_back({period, std::move(silence->matchers)});
  }
}

void Playbook::add_escalation(std::string_view name, std::span<const Version> versions, Time now) {
  for (const Version& version : versions) {
    if (version.effective_at > now) break;
    escalations_[std::string{name}].emplace_back(version.effective_at,
                                                 version.body ? escalation_of(*version.body) : std::nullopt);
  }
}

std::vector<Period> Playbook::silenced(const Labels& labels, Time from) const {
  std::vector<Period> found;
  for (const Silenced& one : silences_) {
    if (one.period.to <= from) break;
    if (take_all(one.matchers, labels)) found.push_back(one.period);
  }
  std::sort(found.begin(), found.end(), [](const Period& a, const Period& b) { return a.from < b.from; });
  std::vector<Period> apart;
  for (const Period& one : found) {
    if (apart.empty() || apart.back().to < one.from) {
      apart.push_back(one);
    } else {
      apart.back().to = std::max(apart.back().to, one.to);
    }
  }
  return apart;
}

const Escalation* Playbook::escalation(std::string_view name, Time at) const {
  const auto known = escalations_.find(name);
  const Escalation* found = nullptr;
  if (known == escalations_.end()) return found;
  for (const auto& [since, escalation] : known->second) {
    if (since <= at) found = escalation ? &*escalation : nullptr;
  }
  return found;
}

}  // namespace weir::alerts
