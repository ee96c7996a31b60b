// Answering fellow nodes that ask about shards which are here (stream/asking).
#pragma once

#include <mutex>
#include <string>

#include "api/app/workers.hpp"
#include "api/metrics/registry.hpp"
#include "api/net/handler.hpp"
#include "stream/asking/freshness.hpp"
#include "stream/asking/pins.hpp"

namespace weir::app {

/// Thread-safe.
class Asked {
 public:
  /// `key` as of Owners; all outlive it. Answers are made on so many threads of its own, which wait for nobody: nodes
  /// that ask each other cannot hold each other up.
  Asked(asking::Pins::Source source, const Clock& clock, const crypto::Key& key, unsigned threads,
        metrics::Registry& metrics);

  /// Where fellows reach this node: what is meant for another address is refused.
  void answer_at(std::string address);
  /// `body`: a question, locked up. Refused with invalid_token (no node of this cluster made it, or it is not fresh),
  /// misdirected_request, overloaded, state_format; on an I/O thread. All else is said within the answer.
  void answer(const std::string& body, net::Respond respond);
  /// To be called about once a second.
  void look() { pins_.expire(); }
  /// Answers what was taken; then nothing is kept open for others any more. Idempotent.
  void stop();

  void collect(metrics::Samples& samples) const;

 private:
  Result<asking::Question> take(const std::string& body);

  const asking::Locks locks_;
  asking::Freshness freshness_;
  asking::Pins pins_;
  const metrics::Counter answered_, refused_, turned_away_;
  std::mutex mutex_;
  std::string address_;  // under mutex_
  Workers workers_;
};

}  // namespace weir::app
