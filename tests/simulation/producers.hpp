// Everybody who writes to the log: producers, uploads and people. Each request is sent until it is acknowledged, again
// after every answer that leaves its outcome unknown.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/node.hpp"
#include "tests/support/random_records.hpp"

namespace weir::simulation {

/// The log said that these records are durable.
struct Acknowledged {
  std::string workspace;
  std::vector<log::Addressed> records;
  log::Position position;
};

class Producers {
 public:
  Producers(const Plan& plan, Dice& dice, Trace& trace);

  /// Someone sends something: a new request, or one whose outcome is unknown. `now` is the producers' time.
  void send(Node& node, Time now);
  /// Sends all whose outcome is unknown. False: some was not taken.
  bool resend(Node& node);
  /// Nobody will answer what is under way.
  void process_died();

  const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }
  /// Some request has no answer yet.
  bool waiting() const { return !open_.empty(); }
  /// Somebody was told that the views include what they do not; empty if not.
  const std::string& broken_promise() const { return *broken_promise_; }

 private:
  struct Request {
    Acknowledged content;
    bool under_way = false;
    bool answered = false;
    std::uint64_t attempt = 0;
  };

  log::Addressed event(const std::string& workspace, Time now);
  std::vector<log::Addressed> post(const std::string& workspace, Time now);
  std::vector<log::Addressed> control(const std::string& workspace, Time now);
  std::vector<log::Addressed> replay(const std::string& workspace, Node& node);
  bool hand_over(Node& node, const std::shared_ptr<Request>& request);
  void take_answer(Node& node, Request& request, const log::Position& position);

  const Plan& plan_;
  Dice& dice_;
  Trace& trace_;
  std::map<std::string, support::RandomRecords> sources_;  // by workspace
  std::deque<std::shared_ptr<Request>> open_;
  std::vector<Acknowledged> acknowledged_;
  std::shared_ptr<std::string> broken_promise_ = std::make_shared<std::string>();
};

}  // namespace weir::simulation
