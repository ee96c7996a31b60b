#include "stream/feed/case_scan.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>

#include "stream/feed/merging.hpp"
#include "stream/runtime/task.hpp"

namespace weir::feed {

using namespace dataflow;

namespace {

struct Interval {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

/// An event of the fold: an entry, or a start and a complete paired into one.
struct Selected {
  const Entry* entry = nullptr;
  std::int64_t began = 0;
  std::int64_t ended = 0;
  std::vector<Interval> pauses = {};  // within it, ascending, apart from each other

  std::int64_t paused() const {
    std::int64_t micros = 0;
    for (const Interval& pause : pauses) micros += pause.to - pause.from;
    return micros;
  }
};

/// What an activity instance has gone through so far.
struct Instance {
  std::deque<std::int64_t> started;  // not completed
  std::vector<Interval> pauses;
  std::optional<std::int64_t> suspended;  // and not resumed

  void take(Lifecycle lifecycle, std::string_view other, std::int64_t time) {
    if (lifecycle == Lifecycle::start) started.push_back(time);
    if (lifecycle != Lifecycle::other) return;
    if (other == "suspend" && !suspended) suspended = time;
    if (other == "resume") resume(time);
  }
  void resume(std::int64_t time) {
    if (suspended && *suspended < time) pauses.push_back({*suspended, time});
    suspended.reset();
  }
};

/// lifecycle=complete (reference process-mining B8): each complete takes the oldest unpaired start of its activity and
/// instance before it; one without a start is instantaneous; starts and other transitions are no events, but from a
/// suspend to the resume, else to the complete, nobody worked.
std::vector<Selected> pair_lifecycles(const std::vector<Entry>& entries) {
  std::map<std::pair<NameId, std::string>, Instance> instances;
  std::vector<Selected> selected;
  for (const Entry& entry : entries) {
    Detail detail = unpack_detail(entry.detail);
    Instance& instance = instances[{entry.activity, std::move(detail.instance)}];
    instance.take(entry.lifecycle, detail.lifecycle, entry.began);
    if (entry.lifecycle != Lifecycle::complete) continue;
    std::int64_t began = entry.began;
    if (auto& open = instance.started; !open.empty() && !entry.has_start) {
      began = std::min(open.front(), entry.ended);
      open.pop_front();
    }
    instance.resume(entry.ended);
    Selected& one = selected.emplace_back(Selected{&entry, began, entry.ended});
    for (const Interval& pause : std::exchange(instance.pauses, {})) {
      const Interval within{std::max(pause.from, began), std::min(pause.to, entry.ended)};
      if (within.from < within.to) one.pauses.push_back(within);
    }
  }
  std::stable_sort(selected.begin(), selected.end(), [](const Selected& a, const Selected& b) {
    return a.began != b.began ? a.began < b.began : a.ended < b.ended;
  });
  return selected;
}

/// The length of the union of what is left of the events between their pauses.
std::int64_t busy_of(const std::vector<Selected>& selected) {
  std::vector<Interval> work;
  for (const Selected& one : selected) {
    std::int64_t from = one.began;
    for (const Interval& pause : one.pauses) {
      work.push_back({from, pause.from});
      from = pause.to;
    }
    work.push_back({from, one.ended});
  }
  std::sort(work.begin(), work.end(), [](const Interval& a, const Interval& b) { return a.from < b.from; });
  std::int64_t busy = 0, covered = std::numeric_limits<std::int64_t>::min();
  for (const Interval& one : work) {
    busy += std::max<std::int64_t>(0, one.to - std::max(one.from, covered));
    covered = std::max(covered, one.to);
  }
  return busy;
}

void fold(const std::vector<Selected>& selected, const Names& names, WholeCase& whole) {
  bool paused = false;
  whole.begin();
  for (const Selected& one : selected) {
    paused = paused || !one.pauses.empty();
    whole.add(names, one.entry->activity, one.entry->resource, one.began, one.ended, one.paused());
  }
  if (paused) whole.set_busy(busy_of(selected));
}

std::vector<Selected> select_events(const std::vector<Entry>& entries, const Filter& filter) {
  std::vector<Selected> selected;
  if (filter.complete_only) {
    selected = pair_lifecycles(entries);
  } else {
    for (const Entry& entry : entries) selected.push_back({&entry, entry.began, entry.ended});
  }
  if (filter.window == Window::events) {
    std::erase_if(selected, [&](const Selected& one) {
      return (filter.from && one.ended < *filter.from) || (filter.to && one.ended >= *filter.to);
    });
  }
  return selected;
}

bool in_window(const CaseFacts& facts, const Filter& filter) {
  const std::int64_t began = facts.summary.first_began;
  const std::int64_t ended = facts.summary.last_ended;
  const auto inside = [&](std::int64_t at) {
    return (!filter.from || at >= *filter.from) && (!filter.to || at < *filter.to);
  };
  switch (filter.window) {
    case Window::intersecting:
      return (!filter.from || ended >= *filter.from) && (!filter.to || began < *filter.to);
    case Window::contained:
      return inside(began) && inside(ended);
    case Window::started:
      return inside(began);
    case Window::completed:
      return inside(ended) && (!facts.has_policy || facts.completed);
    case Window::events:
      return true;
  }
  return true;
}

/// A canonical JSON value equals the text that a person types for it: 12.5, true, or a string without its quotes.
bool has_value(std::string_view json, std::string_view text) {
  if (json == text) return true;
  return json.size() >= 2 && json.front() == '"' && json.substr(1, json.size() - 2) == text;
}

bool has_attribute(const Entry& entry, const std::pair<std::string, std::string>& wanted) {
  const Detail detail = unpack_detail(entry.detail);
  return std::any_of(detail.attributes.begin(), detail.attributes.end(), [&](const Attribute& attribute) {
    return attribute.name == wanted.first && has_value(attribute.json, wanted.second);
  });
}

bool has_each(const std::vector<Entry>& entries, const Names& names, const Filter& filter) {
  const auto some = [&](const auto& test) { return std::any_of(entries.begin(), entries.end(), test); };
  for (const std::string& activity : filter.activities) {
    const NameId id = names.find(activity);
    if (id == no_name || !some([&](const Entry& entry) { return entry.activity == id; })) return false;
  }
  for (const std::string& resource : filter.resources) {
    const NameId id = names.find(resource);
    if (id == no_name || !some([&](const Entry& entry) { return entry.resource == id; })) return false;
  }
  return std::all_of(filter.attributes.begin(), filter.attributes.end(), [&](const auto& wanted) {
    return some([&](const Entry& entry) { return has_attribute(entry, wanted); });
  });
}

bool has_variant(const CaseFacts& facts, const Filter& filter) {
  if (filter.variants.empty()) return true;
  const std::string id = to_hex(facts.summary.variant.id());
  return std::find(filter.variants.begin(), filter.variants.end(), id) != filter.variants.end();
}

}  // namespace

ShardScan::ShardScan(const store::Reader& shard, const std::string& workspace, std::string process_name)
    : store(shard), scope(workspace), process(std::move(process_name)) {}

Result<void> ShardScan::open() {
  auto stored = read_record(store, scope, process);
  if (!stored) return stored.error();
  record = std::move(*stored);
  if (const auto read = runtime::read_names(store, scope, process, names); !read) return read;
  auto progress = store.get(scope.progress());
  if (!progress) return progress.error();
  std::int64_t clock = 0;
  if (*progress) {
    auto decoded = runtime::decode_progress(**progress);
    if (!decoded) return decoded.error();
    clock = decoded->clock;
  }
  completion = runtime::completion_of(record.settings, names, clock);
  return {};
}

Result<void> ShardScan::read_judges() {
  const auto documents = documents::Documents::read(store, scope);
  if (!documents) return documents.error();
  sla::CalendarPool calendars;
  judges.policies = sla::judges_of(*documents, process, from_micros(completion.clock), calendars);
  return {};
}

Result<void> ShardScan::each(const Filter& filter, std::string_view after,
                             const std::function<bool(const ScannedCase&)>& visit) {
  WholeCase whole;
  Result<void> outcome;
  const auto take = [&](std::string_view case_id, std::string_view value) {
    const auto goes_on = look_at(filter, std::string{case_id}, value, whole, visit);
    if (!goes_on) outcome = goes_on.error();
    return goes_on && *goes_on;
  };
  const auto behind = after.empty() ? std::nullopt : std::optional{after};
  const auto scanned = cases(filter.archived).each(behind, take);
  return outcome ? scanned : outcome;
}

Result<void> ShardScan::one(const Filter& filter, const std::string& case_id,
                            const std::function<void(const ScannedCase&)>& visit) {
  const auto stored = cases(filter.archived).record(case_id);
  if (!stored) return stored.error();
  if (!*stored) return {};
  WholeCase whole;
  const auto looked = look_at(filter, case_id, **stored, whole, [&](const ScannedCase& found) {
    visit(found);
    return true;
  });
  return looked ? Result<void>{} : looked.error();
}

std::vector<Event> ShardScan::events_of(const std::vector<Entry>& entries, std::string_view case_id) const {
  std::vector<Event> events;
  events.reserve(entries.size());
  for (const Entry& entry : entries) {
    Event& event = events.emplace_back(to_event(entry, names));
    event.process = process;
    event.case_id = case_id;
  }
  return events;
}

Result<bool> ShardScan::look_at(const Filter& filter, const std::string& case_id, std::string_view value,
                                WholeCase& whole, const std::function<bool(const ScannedCase&)>& visit) {
  const auto stored = runtime::CaseState::read(value, {store, scope, process, case_id}, names);
  if (!stored) return stored.error();
  if (!has_each(stored->entries, names, filter)) return true;
  fold(select_events(stored->entries, filter), names, whole);
  if (whole.empty()) return true;
  // A whole case stands as the views hold it, so that a filter and the views agree; a part of one is judged as it is.
  const CaseFacts facts = filter.selects_events() ? whole.facts(completion) : whole.facts(stored->judgement);
  if (!in_window(facts, filter) || !has_variant(facts, filter)) return true;
  if (!judges.empty()) {
    auto clocks = runtime::judge_clocks(judges, {{}, process, case_id}, events_of(stored->entries, case_id), {},
                                        completion.clock);
    whole.set_clocks(std::move(clocks.tallies));
  }
  const ScannedCase found{case_id, stored->entries, whole, facts, stored->archived};
  return visit(found);
}

}  // namespace weir::feed
