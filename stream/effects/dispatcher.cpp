#include "stream/effects/dispatcher.hpp"

#include <algorithm>

#include "schemas/codec/utf8.hpp"
#include "stream/effects/kafka_topic.hpp"
#include "stream/effects/schedule.hpp"
#include "stream/effects/wording.hpp"

namespace weir::effects {
namespace {

constexpr std::size_t detail_bytes_max = 256, answer_bytes_max = 1024;
constexpr unsigned requests_max = 5;  // of one attempt
constexpr Clock::Steady idle_max = std::chrono::minutes{1};
constexpr Duration clock_slack = std::chrono::minutes{1};
constexpr std::size_t no_limit = SIZE_MAX / 2;

std::size_t weight_of(const Due& due) {
  const Effect& effect = due.effect;
  std::size_t bytes = sizeof(Due) + effect.summary.size() + effect.data.size() + effect.title.size();
  for (const auto& [name, text] : effect.fields) bytes += name.size() + text.size();
  return bytes;
}

/// The begin of what a receiver said, readable whatever it was.
std::string shown(std::string_view answer) {
  std::string text{answer.substr(0, answer_bytes_max * 2)};
  if (!is_utf8(answer)) {
    for (char& c : text) c = static_cast<unsigned char>(c) < 0x80 ? c : '?';
  }
  return shortened(text, answer_bytes_max);
}

}  // namespace

void Inbox::put(Answer answer) {
  const std::lock_guard lock(mutex_);
  if (exchanges_ == nullptr) return;
  content_.answers.push_back(std::move(answer));
  exchanges_->wake();
}

void Inbox::wake(const TargetKey& target) {
  const std::lock_guard lock(mutex_);
  if (exchanges_ == nullptr) return;
  content_.woken.insert(target);
  exchanges_->wake();
}

void Inbox::wake_all() {
  const std::lock_guard lock(mutex_);
  if (exchanges_ == nullptr) return;
  content_.all_woken = true;
  exchanges_->wake();
}

Inbox::Content Inbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(content_, {});
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  exchanges_ = nullptr;
  content_ = {};
}

/// A target, as long as there is anything to remember of it.
struct Dispatcher::Line {
  Line(const TargetKey& its_key, const BreakerOptions& options) : key(its_key), breaker(options) {}

  const TargetKey key;
  Breaker breaker;
  Session session;
  std::uint64_t version = 0;
  std::size_t under_way = 0;           // of what is in hand
  bool in_trouble = false;             // its last attempt failed
  bool ready = false;                  // in ready_, or in held_
  std::optional<Clock::Steady> later;  // the entry in later_ that counts
};

/// An effect from begin() to the answer of end().
struct Dispatcher::InHand {
  Line& line;
  const Due due;
  Stage stage;
  std::size_t weight;
  bool in_trouble;  // counts as such
  KnownTarget known = {};
  std::unique_ptr<Conversation> conversation = {};
  unsigned requests = 0;
  Time began = {};
  Clock::Steady steady_began = {};
};

Dispatcher::Dispatcher(Outbox& outbox, Targets& targets, http::Exchanges& exchanges, log::RecordPublisher& publisher,
                       const Clock& clock, const DispatcherOptions& options)
    : outbox_(outbox),
      targets_(targets),
      exchanges_(exchanges),
      publisher_(publisher),
      clock_(clock),
      options_(options),
      start_(clock.now()),
      steady_start_(clock.steady()),
      inbox_(std::make_shared<Inbox>(exchanges)),
      ready_(no_limit) {}

Dispatcher::~Dispatcher() { inbox_->close(); }

Time Dispatcher::now() const { return start_ + std::chrono::floor<Duration>(clock_.steady() - steady_start_); }

Clock::Steady Dispatcher::step() {
  const Inbox::Content content = inbox_->take();
  for (const auto& answer : content.answers) hear(answer);
  const Clock::Steady steady = clock_.steady();
  if (content.all_woken || (all_later_ && *all_later_ <= steady)) look_at_all();
  for (const TargetKey& key : content.woken) look_at(key);
  look_at_what_is_due(steady);
  while (Line* line = next_line()) {
    if (begin_one(*line)) {
      look_at(line->key);
    } else {
      forget_if_idle(*line);
    }
  }
  figures_.in_hand = in_hand_.size();
  figures_.bytes_in_hand = bytes_;
  Clock::Steady next = steady + idle_max;
  if (!later_.empty()) next = std::min(next, later_.begin()->first);
  if (all_later_) next = std::min(next, *all_later_);
  return next;
}

// Targets that work go first; then one of those in trouble for each place that these may take.
Dispatcher::Line* Dispatcher::next_line() {
  if (closed_ || in_hand_.size() >= options_.at_once_max || bytes_ >= options_.bytes_max) return nullptr;
  std::optional<TargetKey> key;
  if (!ready_.empty()) {
    key = ready_.pop();
  } else if (!held_.empty() && in_trouble_ < options_.at_once_in_trouble) {
    key = std::move(held_.front());
    held_.pop_front();
  }
  if (!key) return nullptr;
  Line& line = *lines_.at(*key);
  line.ready = false;
  return &line;
}

void Dispatcher::look_at(const TargetKey& key) {
  auto& line = lines_[key];
  if (!line) line = std::make_unique<Line>(key, options_.breaker);
  if (std::exchange(line->ready, true)) return;
  ready_.push(key.workspace, 1, TargetKey{key});
}

void Dispatcher::look_again(Line& line, Clock::Steady at) {
  if (line.later && *line.later <= at) return;
  line.later = at;
  later_.emplace(at, line.key);
}

void Dispatcher::look_at_all() {
  all_later_.reset();
  const auto keys = outbox_.targets();
  if (!keys) {
    ++figures_.outbox_errors;
    all_later_ = clock_.steady() + options_.again_after_error;
    return;
  }
  for (const TargetKey& key : *keys) look_at(key);
}

void Dispatcher::look_at_what_is_due(Clock::Steady steady) {
  while (!later_.empty() && later_.begin()->first <= steady) {
    const auto [at, key] = *later_.begin();
    later_.erase(later_.begin());
    const auto line = lines_.find(key);
    if (line == lines_.end() || line->second->later != at) continue;
    line->second->later.reset();
    look_at(key);
  }
}

/// Whether there may be more of the line at once. Where there may be not, what it waits for looks at it again.
bool Dispatcher::begin_one(Line& line) {
  if (line.under_way >= options_.at_once_per_target) return false;
  auto found = targets_.find(line.key);
  if (!found) {
    ++figures_.outbox_errors;
    look_again(line, clock_.steady() + options_.again_after_error);
    return false;
  }
  KnownTarget known = *std::move(found);
  know(line, known);
  const bool wanted = known.target && !known.disabled;
  if (wanted && line.in_trouble && in_trouble_ >= options_.at_once_in_trouble) {
    line.ready = true;
    held_.push_back(line.key);
    return false;
  }
  const Clock::Steady steady = clock_.steady();
  if (wanted && !line.breaker.lets_through(steady)) {
    if (*line.breaker.open_until() > steady) look_again(line, *line.breaker.open_until());
    return false;
  }
  auto due = next_of(line);
  if (!due) return false;
  if (!wanted) {
    Ending ending{Outcome::refused, due->progress, {}};
    ending.record.began = clock_.now();
    ending.record.detail = known.target ? "the target is disabled" : "there is no target of this name";
    settle(line, *std::move(due), ending);
  } else if (!line.breaker.is_pristine() && now() - due->progress.since > lifetime) {
    Ending ending{Outcome::given_up, due->progress, {}};
    ending.record.began = clock_.now();
    ending.record.detail = "it could not be delivered for too long";
    settle(line, *std::move(due), ending);
  } else {
    begin(line, *std::move(due), std::move(known));
  }
  return true;
}

void Dispatcher::know(Line& line, const KnownTarget& known) {
  if (line.version == known.version) return;
  line.version = known.version;
  if (line.breaker.open_until()) --figures_.targets_held;
  line.breaker = Breaker(options_.breaker);
  line.session = {};
  line.in_trouble = false;
}

std::optional<Due> Dispatcher::next_of(Line& line) {
  auto listed = outbox_.due(line.key, line.under_way + 1, options_.bytes_max);
  if (!listed) {
    ++figures_.outbox_errors;
    look_again(line, clock_.steady() + options_.again_after_error);
    return std::nullopt;
  }
  for (Due& due : *listed) {
    if (places_.contains(due.place)) continue;
    const Duration left = due.progress.due - now();
    if (left <= Duration{}) return std::move(due);
    if (left > due.progress.wait + clock_slack) {  // the wall clock was set back while the process did not run
      Ending ending{Outcome::again, due.progress, {}};
      ending.progress.due = now() + due.progress.wait;
      ++figures_.redated;
      settle(line, std::move(due), ending);
    } else {
      look_again(line, clock_.steady() + left);
    }
    break;
  }
  return std::nullopt;
}

std::pair<Dispatcher::Ticket, Dispatcher::InHand&> Dispatcher::take_in_hand(Line& line, Due due, Stage stage) {
  const Ticket ticket = next_ticket_++;
  const std::size_t weight = weight_of(due);
  const bool in_trouble = line.in_trouble && stage == Stage::beginning;
  auto made = std::make_unique<InHand>(InHand{line, std::move(due), stage, weight, in_trouble});
  auto& one = *in_hand_.emplace(ticket, std::move(made)).first->second;
  places_.insert(one.due.place);
  bytes_ += weight;
  if (in_trouble) ++in_trouble_;
  ++line.under_way;
  return {ticket, one};
}

void Dispatcher::begin(Line& line, Due due, KnownTarget known) {
  const auto [ticket, one] = take_in_hand(line, std::move(due), Stage::beginning);
  one.known = std::move(known);
  line.breaker.began();
  outbox_.begin(one.due, one.due.progress.attempts + 1,
                [inbox = inbox_, of = ticket](const Result<bool>& may) { inbox->put({of, may}); });
}

void Dispatcher::hear(const Inbox::Answer& answer) {
  const auto found = in_hand_.find(answer.ticket);
  if (found == in_hand_.end()) return;
  InHand& one = *found->second;
  Line& line = one.line;
  if (one.stage == Stage::sending) return conclude(answer.ticket, one, verdict_of(answer.result), {});
  if (one.stage == Stage::beginning && answer.result && *answer.result && !closed_) return send(answer.ticket, one);
  if (one.stage == Stage::beginning) line.breaker.abandoned();
  let_go(answer.ticket);
  if (answer.result) return look_at(line.key);
  ++figures_.outbox_errors;
  look_again(line, clock_.steady() + options_.again_after_error);
}

void Dispatcher::send(Ticket ticket, InHand& one) {
  one.stage = Stage::sending;
  one.began = clock_.now();
  one.steady_began = clock_.steady();
  one.requests = 1;
  ++figures_.attempts;
  if (const auto* topic = std::get_if<KafkaTopic>(&one.known.target->receiver)) return publish(ticket, one, *topic);
  one.conversation = converse(one.known.target->receiver, one.due.effect, one.line.session);
  exchanges_.start(ticket, one.conversation->open(clock_.now()));
}

void Dispatcher::publish(Ticket ticket, const InHand& one, const KafkaTopic& topic) {
  publisher_.publish(topic.access, record_of(topic, one.due.effect),
                     [inbox = inbox_, ticket](const Result<void>& done) {
                       inbox->put({ticket, done ? Result<bool>{true} : done.error()});
                     });
}

void Dispatcher::take(std::vector<http::Exchanges::Ended> ended) {
  for (auto& [ticket, answer] : ended) {
    InHand& one = *in_hand_.at(ticket);
    auto next = one.conversation->hear(answer, clock_.now());
    auto* more = std::get_if<http::Outgoing>(&next);
    if (more != nullptr && ++one.requests <= requests_max) {
      exchanges_.start(ticket, std::move(*more));
    } else if (more != nullptr) {
      conclude(ticket, one, {Verdict::Kind::again, {}, "it asks for too much"}, answer);
    } else {
      conclude(ticket, one, std::get<Verdict>(next), answer);
    }
  }
}

void Dispatcher::conclude(Ticket ticket, InHand& one, const Verdict& verdict, const http::Answer& answer) {
  Ending ending = ending_of(one.due, verdict);
  AttemptRecord& record = ending.record;
  record.number = ending.progress.attempts;
  record.began = one.began;
  record.took = std::chrono::floor<Duration>(clock_.steady() - one.steady_began);
  record.status = answer.response.status;
  record.detail = shortened(verdict.why, detail_bytes_max);
  if (!verdict.confidential) record.answer = shown(answer.response.body);
  judge_line(one.line, verdict);
  if (verdict.kind == Verdict::Kind::gone) targets_.disable(one.line.key, one.known.version, verdict.why);
  one.conversation.reset();
  end(ticket, one, ending);
}

void Dispatcher::judge_line(Line& line, const Verdict& verdict) {
  const Clock::Steady steady = clock_.steady();
  const bool was_held = line.breaker.open_until().has_value();
  if (verdict.kind == Verdict::Kind::again) {
    line.breaker.failed(steady);
  } else if (verdict.kind == Verdict::Kind::limited) {
    line.breaker.hold(steady, verdict.wait ? Clock::Steady{*verdict.wait} : options_.limited_for);
  } else {
    line.breaker.succeeded();
  }
  line.in_trouble = verdict.kind == Verdict::Kind::again;
  if (was_held) --figures_.targets_held;
  if (line.breaker.open_until()) ++figures_.targets_held;
}

Ending Dispatcher::ending_of(const Due& due, const Verdict& verdict) {
  Ending ending{Outcome::again, due.progress, {}};
  ++ending.progress.attempts;
  if (verdict.kind == Verdict::Kind::delivered) {
    ending.outcome = Outcome::delivered;
    return ending;
  }
  ++figures_.failed;
  if (verdict.kind == Verdict::Kind::refused || verdict.kind == Verdict::Kind::gone) {
    ending.outcome = Outcome::refused;
    return ending;
  }
  if (const auto wait = wait_after(due.effect.id, ending.progress.attempts, verdict.wait)) {
    ending.progress.wait = *wait;
    ending.progress.due = now() + *wait;
  } else {
    ending.outcome = Outcome::given_up;
  }
  return ending;
}

void Dispatcher::settle(Line& line, Due due, const Ending& ending) {
  const auto [ticket, one] = take_in_hand(line, std::move(due), Stage::ending);
  end(ticket, one, ending);
}

void Dispatcher::end(Ticket ticket, InHand& one, const Ending& ending) {
  one.stage = Stage::ending;
  if (ending.outcome == Outcome::delivered) ++figures_.delivered;
  if (ending.outcome == Outcome::refused) ++figures_.refused;
  if (ending.outcome == Outcome::given_up) ++figures_.given_up;
  outbox_.end(one.due, ending, [inbox = inbox_, ticket](const Result<void>& ended) {
    inbox->put({ticket, ended ? Result<bool>{true} : Result<bool>{ended.error()}});
  });
}

void Dispatcher::let_go(Ticket ticket) {
  const auto found = in_hand_.find(ticket);
  InHand& one = *found->second;
  places_.erase(one.due.place);
  bytes_ -= one.weight;
  if (one.in_trouble) --in_trouble_;
  --one.line.under_way;
  in_hand_.erase(found);
}

void Dispatcher::forget_if_idle(const Line& line) {
  const bool idle = line.under_way == 0 && !line.ready && !line.later;
  if (idle && line.breaker.is_pristine() && line.session.token.empty()) lines_.erase(TargetKey{line.key});
}

}  // namespace weir::effects
