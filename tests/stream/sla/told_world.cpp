#include "tests/stream/sla/told_world.hpp"

#include <algorithm>

#include "stream/feed/clocks.hpp"
#include "stream/operators/sla_clocks.hpp"
#include "tests/support/answers.hpp"
#include "tests/support/fake_block.hpp"
#include "tests/support/random_records.hpp"

namespace weir::sla {
namespace {

constexpr const char* workspace = "w";
constexpr const char* process = "p0";
constexpr std::size_t everything = 1'000'000;

template <class Value>
Value must(Result<Value> result) {
  if (!result) throw Mismatch{result.error().detail};
  return *std::move(result);
}
void must(const Result<void>& result) {
  if (!result) throw Mismatch{result.error().detail};
}

std::string text_of(std::optional<Time> time) { return time ? std::to_string(to_micros(*time)) : "-"; }

struct OpenLine {
  std::string case_id, measure, promise;
  std::uint64_t cycle = 0;
  bool paused = false, breached = false;
  Time began;
  std::optional<Time> due;
  std::int64_t passed = 0;

  std::string text() const {
    return "open " + case_id + ' ' + measure + '#' + std::to_string(cycle) + " for " + promise +
           (paused ? " paused" : " running") + (breached ? " breached" : "") + " began " + text_of(began) + " due " +
           text_of(due) + " passed " + std::to_string(passed);
  }
};

struct AlertLine {
  std::string case_id, name, promise;
  State state = State::running;
  Time since, began;
  std::optional<Time> due, warned, breached, ended;

  std::string text() const {
    return "alert " + case_id + ' ' + name + " for " + promise + " state " + std::to_string(static_cast<int>(state)) +
           " since " + text_of(since) + " began " + text_of(began) + " due " + text_of(due) + " warned " +
           text_of(warned) + " breached " + text_of(breached) + " ended " + text_of(ended);
  }
};

std::string first_difference(const std::vector<std::string>& expected, const std::vector<std::string>& found) {
  std::vector<std::string> missing, surplus;
  std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(), std::back_inserter(missing));
  std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(), std::back_inserter(surplus));
  std::string text;
  if (!missing.empty()) text += "\n  expected " + missing.front();
  if (!surplus.empty()) text += "\n  found    " + surplus.front();
  return text;
}

std::string mark_of(const Warning& warning) {
  if (warning.kind == Warning::Kind::percent) return "percent:" + std::to_string(warning.percent);
  const char* const kind = warning.kind == Warning::Kind::before ? "before:" : "before_business:";
  return kind + std::to_string(warning.before.count());
}

}  // namespace

ToldWorld::ToldWorld(std::uint64_t seed, Duration step, int end)
    : random_(seed),
      stage_(draw_stage(random_, step, end)),
      promised_(random_, stage_),
      store_(std::make_unique<memory::MemoryStore>()) {
  operators_.push_back(std::make_unique<operators::SlaClocks>());
  options_.cache_bytes = one_in(2) ? 1 : std::size_t{1} << 20;
  options_.on_recorded = [this](const Hash128& sender, bool counts) {
    if (counts) counting_.insert(sender);
  };
  for (const documents::Change& one : promised_.first()) {
    append(one);
    declared_ = std::max(declared_, stage_.step_of(one.version.effective_at));
  }
  open(*store_);
}

void ToldWorld::run() {
  const int steps = 30 + upto(30);
  for (int i = 0; i < steps; ++i) step();
  now_ = std::max(now_, upto(stage_.end));
  append(log::Kind::tick, encode(runtime::Tick{to_micros(stage_.time_of(now_))}));
  come_to_rest();
  while (tell_some()) come_to_rest();
  audit(1);
  rebuild();
  if (tell_some()) throw Mismatch{"a rebuilt state tells more than was told"};
}

void ToldWorld::step() {
  post();
  if (one_in(8) && now_ < stage_.last()) {
    declared_ = std::max(declared_ + 1, now_ + upto(3));
    append(promised_.edit(declared_));
  }
  pass_time();
  if (one_in(3)) take_log(log_.size(), true);
  if (one_in(3)) {
    come_to_rest();
    tell_some();
  }
  if (one_in(12)) restart();
  if (one_in(25)) rebuild();
  if (one_in(25)) audit(4);
}

/// Often to when a timer is due, as whoever owns a partition would.
void ToldWorld::pass_time() {
  const auto due = task_->next_due(workspace);
  int to = now_ + upto(stage_.last() / 20);
  if (due && one_in(2)) to = std::max(now_, stage_.step_of(*due));
  if (to > stage_.last()) return;
  now_ = to;
  append(log::Kind::tick, encode(runtime::Tick{to_micros(stage_.time_of(now_))}));
}

// ---- what producers send --------------------------------------------------------------------------------------------

void ToldWorld::post() {
  for (int left = upto(12); left > 0; --left) {
    const bool is_repeat = !sent_.empty() && one_in(8);
    const Event event = is_repeat ? sent_[random_() % sent_.size()] : draw_event();
    log_.push_back(support::event_record(event));
    if (is_repeat) continue;
    events_[event.case_id].push_back(event);
    sent_.push_back(event);
  }
}

/// Most are of now; some are late, and some come ahead of time.
Event ToldWorld::draw_event() {
  Event event;
  event.process = process;
  event.case_id = "c" + std::to_string(upto(cases - 1));
  event.activity = one_in(25) ? "all" : "a" + std::to_string(one_in(3) ? 0 : upto(7));
  int at = std::max(0, now_ - upto(stage_.end / 60));
  if (one_in(3)) at = upto(now_);
  if (one_in(10)) at = std::min(stage_.last(), now_ + upto(stage_.end / 30));
  event.timestamp = stage_.time_of(at);
  if (one_in(6)) event.start = stage_.time_of(upto(at));
  event.id = std::to_string(1'000'000 + sent_.size());
  event.source = "s";
  if (one_in(3)) event.attributes.push_back({"hold", one_in(2) ? "true" : "false"});
  if (one_in(2)) event.attributes.push_back({"open", one_in(3) ? "false" : "true"});
  if (one_in(4)) event.attributes.push_back({"tier", one_in(2) ? "\"gold\"" : "\"none\""});
  return event;
}

void ToldWorld::append(const documents::Change& change) {
  if (change.kind == documents::Kind::calendar && change.version.body) {
    calendars_.push_back(options_.calendars->calendar(*change.version.body));
  }
  append(log::Kind::document, encode(change));
}

// ---- the task -------------------------------------------------------------------------------------------------------

void ToldWorld::open(memory::MemoryStore& store) {
  task_.reset();
  task_ =
      must(runtime::Task::open(store, operators_, [](auto, auto, auto case_id) { return hash128(case_id); }, options_));
}

void ToldWorld::take_log(std::uint64_t until, bool may_commit) {
  for (std::uint64_t next = must(task_->next_offset(workspace)); next < until;) {
    const std::uint64_t end = std::min<std::uint64_t>(until, next + 1 + random_() % 60);
    const auto begin = log_.begin();
    const support::FakeBlock block{
        next,
        stage_.time_of(stage_.end),
        {begin + static_cast<std::ptrdiff_t>(next), begin + static_cast<std::ptrdiff_t>(end)}};
    must(task_->process(workspace, block));
    next = must(task_->next_offset(workspace));
    if (may_commit && one_in(3)) must(task_->commit());
  }
}

void ToldWorld::come_to_rest() {
  take_log(log_.size(), true);
  must(task_->commit());
  while (task_->has_sweeps()) must(task_->advance_sweeps());
}

/// What was not committed is taken again.
void ToldWorld::restart() {
  ++met_.restarts;
  open(*store_);
}

/// The state is lost, and made again of the log, in other batches.
void ToldWorld::rebuild() {
  ++met_.rebuilds;
  come_to_rest();
  std::set<std::string> all;
  for (const auto& [case_id, events] : events_) all.insert(case_id);
  const Lines before = shown(all);
  auto store = std::make_unique<memory::MemoryStore>();
  open(*store);
  store_ = std::move(store);
  come_to_rest();
  const std::string difference = first_difference(before, shown(all));
  if (!difference.empty()) throw Mismatch{"a state made again differs:" + difference};
}

// ---- who tells ------------------------------------------------------------------------------------------------------

/// As the deliverer does: each attempt is a record before it is made, and what came of it another.
bool ToldWorld::tell_some() {
  const auto waiting = must(feed::list_waiting(snapshots(), workspace, std::nullopt, {}, everything));
  std::vector<Attempt> attempts;
  for (const feed::WaitingRow& row : waiting) {
    if (waiting.size() > 1 && one_in(5)) continue;
    const alerts::Announcement& next = row.row.announcement;
    alerts::Delivery begun;
    begun.process = process;
    begun.case_id = row.row.case_id;
    begun.telling = next.telling;
    begun.attempt = next.progress.attempts + 1;
    begun.sender = {++senders_, 0};
    begun.progress = next.progress;
    if (begun.attempt == 1) begun.effect = next.effect;
    append(log::Kind::delivery, encode(begun));
    attempts.push_back({row, std::move(begun)});
  }
  come_to_rest();
  for (const Attempt& attempt : attempts) {
    if (!counting_.contains(attempt.begun.sender)) throw Mismatch{"an attempt that was listed does not count"};
    if (one_in(20)) continue;  // it died before it sent anything
    hear(attempt);
    if (one_in(20)) continue;  // it died before it could say so
    alerts::Delivery ended = attempt.begun;
    ended.event = alerts::Delivery::Event::ended;
    ended.outcome = one_in(10) ? effects::Outcome::again : effects::Outcome::delivered;
    ended.progress.attempts = ended.attempt;
    ended.effect.clear();
    append(log::Kind::delivery, encode(ended));
  }
  return !waiting.empty();
}

/// Nothing is told early, nothing as two, and what is told again under an id is the same.
void ToldWorld::hear(const Attempt& attempt) {
  ++met_.told;
  const alerts::Telling& telling = attempt.begun.telling;
  const std::string notice = attempt.begun.case_id + ' ' + telling.notice;
  const bool is_end = telling.notice.ends_with("/ended");
  if (telling.stands && !is_end && telling.at > stage_.time_of(now_)) throw Mismatch{"told early: " + notice};
  const std::string content = notice + ' ' + std::to_string(telling.revision) + ' ' + attempt.row.effect.data;
  const auto [sent, is_new] = sent_ids_.try_emplace(attempt.row.effect.id, content);
  if (!is_new && (attempt.begun.attempt == 1 || sent->second != content)) throw Mismatch{"told twice: " + content};
  const auto known = heard_.find(notice);
  const std::uint32_t next = known == heard_.end() ? 0 : known->second.revision + (is_new ? 1 : 0);
  if (telling.revision != next) throw Mismatch{"the revisions of " + notice + " are not 0, 1, 2 …"};
  if (telling.revision > 0) ++met_.corrections;
  heard_[notice] = {telling.revision, telling.stands, telling.at};
}

// ---- audit ----------------------------------------------------------------------------------------------------------

void ToldWorld::audit(unsigned one_case_in) {
  come_to_rest();
  std::set<std::string> case_ids;
  for (const auto& [case_id, events] : events_) {
    if (one_in(one_case_in)) case_ids.insert(case_id);
  }
  tallies_.clear();
  std::map<std::string, Time> notices;
  const Lines found = shown(case_ids), walked = expected(case_ids, notices);
  if (const auto difference = first_difference(walked, found); !difference.empty()) {
    throw Mismatch{"at step " + std::to_string(now_) + difference};
  }
  if (one_case_in > 1) return;
  Lines tallies;
  for (const auto& [promise, counts] : tallies_) {
    std::string line = "count " + promise;
    for (const std::int64_t one : counts) line += ' ' + std::to_string(one);
    tallies.push_back(std::move(line));
  }
  if (const auto difference = first_difference(tallies, counted()); !difference.empty()) throw Mismatch{difference};
  check_told(notices);
}

ToldWorld::Lines ToldWorld::shown(const std::set<std::string>& case_ids) const {
  Lines lines;
  for (const auto& row : must(feed::list_clocks(snapshots(), workspace, process, {}, {}, everything))) {
    const runtime::OpenClock& one = row.clock;
    if (!case_ids.contains(row.case_id)) continue;
    std::optional<Time> due;
    if (one.due) due = from_micros(*one.due);
    lines.push_back(OpenLine{row.case_id, one.promised.measure(), one.promised.target, one.cycle, one.paused,
                             one.breached, from_micros(one.began), due, one.passed}
                        .text());
  }
  for (const bool are_over : {false, true}) {
    for (const auto& row : must(feed::list_alerts(snapshots(), workspace, are_over, {}, {}, everything))) {
      const runtime::ListedAlert& one = row.alert;
      if (!case_ids.contains(one.case_id)) continue;
      lines.push_back(AlertLine{one.case_id, one.name.text(), one.promise, one.state, one.since, one.began, one.due,
                                one.warned_at, one.breached_at, one.ended_at}
                          .text());
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

ToldWorld::Lines ToldWorld::expected(const std::set<std::string>& case_ids, std::map<std::string, Time>& notices) {
  Lines lines;
  for (const std::string& case_id : case_ids) {
    for (std::size_t metric = 0; metric < metric_names.size(); ++metric) add_expected(case_id, metric, notices, lines);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// Of what a walk finds: what lists show of it, what is counted, and what somebody has to hear.
void ToldWorld::add_expected(const std::string& case_id, std::size_t metric, std::map<std::string, Time>& notices,
                             Lines& lines) {
  const CaseHistory history = promised_.history(metric, events_[case_id], now_);
  std::vector<int> terms;
  const Standing standing = walk(history.walked, &terms);
  const auto moved = [&](Time time) { return stage_.base + time.time_since_epoch(); };
  const auto maybe_moved = [&](std::optional<Time> time) { return time ? std::optional{moved(*time)} : time; };
  const std::string measure = std::string{"p/"} + metric_names[metric];
  for (std::size_t i = 0; i < standing.cycles.size(); ++i) {
    const Cycle& cycle = standing.cycles[i];
    const std::string promise = segment_names[history.segments[static_cast<std::size_t>(terms[i])]];
    const bool breached = cycle.breach && !cycle.breach->retracted;
    ++met_.cycles;
    met_.breaches += breached;
    auto& tally = tallies_[measure + ' ' + promise];
    ++tally[static_cast<std::size_t>(cycle.state)];
    tally.back() += breached;
    if (!cycle.ended) {
      lines.push_back(OpenLine{case_id, measure, promise, i + 1, cycle.state == State::paused, breached,
                               moved(cycle.began), maybe_moved(cycle.due), cycle.passed.count()}
                          .text());
    }
    if (!breached && cycle.warned.empty()) continue;
    AlertLine alert{case_id,
                    "sla/" + measure + '/' + std::to_string(i + 1),
                    promise,
                    cycle.state,
                    Time::max(),
                    moved(cycle.began),
                    maybe_moved(cycle.due),
                    {},
                    {},
                    maybe_moved(cycle.ended)};
    const std::string name = case_id + ' ' + alert.name;
    std::map<std::string, int> warned;
    for (const Warned& one : cycle.warned) {
      const std::string mark = mark_of(one.warning);
      notices[name + "/warning/" + mark + '#' + std::to_string(++warned[mark])] = moved(one.at);
      if (!alert.warned) alert.warned = moved(one.at);
      alert.since = std::min(alert.since, moved(one.at));
    }
    if (breached) {
      notices[name + "/breached"] = moved(cycle.breach->at);
      alert.breached = moved(cycle.breach->at);
      alert.since = std::min(alert.since, moved(cycle.breach->detected));
    }
    if (cycle.ended) notices[name + "/ended"] = moved(*cycle.ended);
    lines.push_back(alert.text());
  }
}

/// As the view of the process counts.
ToldWorld::Lines ToldWorld::counted() const {
  using dataflow::ClockCell;
  constexpr std::array<ClockCell::Count, 6> as_states{ClockCell::running,  ClockCell::paused,    ClockCell::met,
                                                      ClockCell::met_late, ClockCell::cancelled, ClockCell::breached};
  const auto view = must(feed::read_view(snapshots(), workspace, process, operators_, {dataflow::Table::clocks}));
  Lines lines;
  view->views.each(dataflow::Table::clocks, [&](const dataflow::CellKey&, const dataflow::Cell& cell) {
    const auto promised = must(dataflow::promised_of(cell.note));
    std::string line = "count " + promised.measure() + ' ' + promised.target;
    for (const ClockCell::Count one : as_states) line += ' ' + std::to_string(cell.counts[one]);
    lines.push_back(std::move(line));
  });
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// All that is so was told, as it is, and nothing else stands.
void ToldWorld::check_told(const std::map<std::string, Time>& notices) const {
  for (const auto& [notice, at] : notices) {
    const auto told = heard_.find(notice);
    if (told == heard_.end() || !told->second.stands) throw Mismatch{"not told: " + notice};
    if (told->second.at != at) throw Mismatch{"told with another time: " + notice};
  }
  for (const auto& [notice, heard] : heard_) {
    if (heard.stands && !notices.contains(notice)) throw Mismatch{"told and not taken back: " + notice};
  }
}

}  // namespace weir::sla
