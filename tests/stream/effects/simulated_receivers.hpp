// Receivers as functions, on a virtual clock.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "state/http/exchanges.hpp"
#include "stream/effects/dispatcher.hpp"
#include "tests/stream/effects/making.hpp"
#include "tests/stream/effects/memory_outbox.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::effects {

/// What a receiver does with a request: its answer, and how long it takes.
struct Reply {
  http::Answer answer;
  Clock::Steady after{};
};

inline Reply hangs() { return {failure(http::Failure::timed_out), std::chrono::seconds{10}}; }

/// Brokers that answer at once.
class SimulatedTopics final : public log::RecordPublisher {
 public:
  void publish(const log::BrokerAccess& access, log::TopicRecord record, Published published) override {
    received.emplace_back(access.brokers, std::move(record));
    published(answer());
  }

  std::function<Result<void>()> answer = [] { return Result<void>{}; };
  std::vector<std::pair<std::string, log::TopicRecord>> received;
};

class SimulatedReceivers final : public http::Exchanges {
 public:
  struct Received {
    std::string url;
    std::string id;  // webhook-id
    Clock::Steady at;
  };

  explicit SimulatedReceivers(const Clock& clock) : clock_(clock) {}

  std::function<Reply(const http::Call&)> reply = [](const http::Call&) { return Reply{answer(200), {}}; };

  void start(std::uint64_t ticket, http::Outgoing outgoing) override {
    const auto& call = std::get<http::Call>(outgoing);
    received.push_back({call.url, std::string(header(call, "webhook-id")), clock_.steady()});
    ++at_once_[call.url];
    at_once_max = std::max(at_once_max, under_way_.size() + 1);
    at_once_of_one_max = std::max(at_once_of_one_max, at_once_[call.url]);
    Reply said = reply(call);
    under_way_.emplace(clock_.steady() + said.after, UnderWay{ticket, call.url, std::move(said.answer)});
  }
  std::vector<Ended> wait(Clock::Steady) override {
    woken = false;
    std::vector<Ended> ended;
    while (!under_way_.empty() && under_way_.begin()->first <= clock_.steady()) {
      auto& one = under_way_.begin()->second;
      --at_once_[one.url];
      ended.push_back({one.ticket, std::move(one.answer)});
      under_way_.erase(under_way_.begin());
    }
    return ended;
  }
  void wake() override { woken = true; }

  /// When the next one answers.
  Clock::Steady next(Clock::Steady otherwise) const {
    return under_way_.empty() ? otherwise : std::min(otherwise, under_way_.begin()->first);
  }
  std::size_t count(const std::string& url) const {
    return static_cast<std::size_t>(
        std::count_if(received.begin(), received.end(), [&](const Received& one) { return one.url == url; }));
  }

  std::vector<Received> received;
  bool woken = false;
  std::size_t at_once_max = 0;
  std::size_t at_once_of_one_max = 0;

 private:
  struct UnderWay {
    std::uint64_t ticket;
    std::string url;
    http::Answer answer;
  };
  const Clock& clock_;
  std::multimap<Clock::Steady, UnderWay> under_way_;
  std::map<std::string, std::size_t> at_once_;
};

/// All of it, and time that passes at once.
class SimulatedDelivery {
 public:
  SimulatedDelivery() { restart(); }

  /// A target `name` at https://NAME.example/, in workspace `w`.
  void add_target(const std::string& name) {
    targets.put({"w", name}, Target{Webhook{"https://" + name + ".example/", {"k"}, {}}, {}});
  }
  void put(const std::string& target, const std::string& id, const std::string& key) {
    Effect effect = an_effect();
    effect.workspace = "w";
    effect.target = target;
    effect.id = id;
    effect.key = key;
    outbox.put(effect, clock.now());
    dispatcher->inbox().wake({"w", target});
  }
  void put(const std::string& target, const std::string& id) { put(target, id, "key of " + id); }
  /// As after a crash: what was under way is lost.
  void restart() {
    dispatcher.reset();
    receivers = std::make_unique<SimulatedReceivers>(clock);
    dispatcher = std::make_unique<Dispatcher>(outbox, targets, *receivers, topics, clock, options);
    dispatcher->inbox().wake_all();
  }
  void run_for(Clock::Steady span) {
    const Clock::Steady end = clock.steady() + span;
    for (;;) {
      const Clock::Steady next = receivers->next(dispatcher->step());
      if (!receivers->woken && next > end) break;
      if (!receivers->woken) clock.advance(std::max(Clock::Steady{}, next - clock.steady()));
      dispatcher->take(receivers->wait({}));
    }
    clock.advance(end - clock.steady());
  }
  const DeliveryFigures& figures() const { return dispatcher->figures(); }

  ManualClock clock;
  MemoryOutbox outbox;
  MemoryTargets targets;
  DispatcherOptions options;
  std::unique_ptr<SimulatedReceivers> receivers;
  SimulatedTopics topics;
  std::unique_ptr<Dispatcher> dispatcher;
};

}  // namespace weir::effects
