// An owner that is asked without a network: every question and answer goes through its bytes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stream/asking/asked_snapshot.hpp"
#include "stream/asking/pins.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::asking {

inline crypto::Key some_key(unsigned char byte) {
  crypto::Key key;
  key.fill(byte);
  return key;
}

/// One that has shard 0 of `store`.
class InProcess {
 public:
  explicit InProcess(const store::Store& store, PinOptions options = {})
      : pins({[this, &store](std::uint32_t shard) {
                return shard == 0 && is_here ? store.snapshot() : std::shared_ptr<const store::Snapshot>{};
              },
              [](std::uint32_t) { return std::uint64_t{7}; }},
             clock, options) {}

  Door door() {
    return {[this](Question question) { return ask(std::move(question)); },
            [this](const Hash128& pin) { let_go.push_back(pin); }};
  }
  Result<Answer> ask(Question question) {
    ++asked;
    question.nonce = {1, asked};
    question.let_go = std::exchange(let_go, {});
    const auto heard = locks.unlock_question(locks.lock_up(question));
    if (!heard) return heard.error();
    auto answer = locks.unlock_answer(locks.lock_up(pins.answer(*heard)));
    if (!answer) return answer.error();
    EXPECT_EQ(answer->nonce, question.nonce);
    if (answer->refused) return *answer->refused;
    return answer;
  }

  ManualClock clock;
  const Locks locks{some_key(1)};
  bool is_here = true;
  Pins pins;
  std::uint64_t asked = 0;
  std::vector<Hash128> let_go;
};

}  // namespace weir::asking
