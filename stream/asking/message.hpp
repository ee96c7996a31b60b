// What one node asks another about a shard, and what it is answered. Both travel locked up with a key that the nodes of
// a cluster derive from its one key, another for each direction: who has not the key can neither read, make nor change
// one. An answer carries the nonce of its question, so that it fits no other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "schemas/base/clock.hpp"
#include "schemas/base/hash.hpp"
#include "schemas/base/result.hpp"
#include "schemas/crypto/digest.hpp"

namespace weir::asking {

/// What lies under each of the keys.
struct Keys {
  std::vector<std::string> keys;
};
/// The rows of [from, to) from one end of it on.
struct Range {
  std::string from;
  std::string to;
  bool backwards = false;
};

struct Question {
  std::string to;  // the address of who is asked: nobody else may answer
  Time asked;      // by the wall clock of who asks
  Hash128 nonce;   // another one for each question
  std::string workspace;
  std::uint32_t shard = 0;
  std::optional<Hash128> pin;   // the snapshot that is read; none: one is to be taken
  std::uint64_t includes = 0;   // the offset below which a new one has to include the workspace's records
  std::vector<Hash128> let_go;  // pins of the same asker that are of no use any more
  std::variant<Keys, Range> wanted;
  std::size_t bytes_max = 0;  // of the rows in the answer, about
};

/// Either `refused`, or what was found.
struct Answer {
  Hash128 nonce;                 // the question's
  std::optional<Error> refused;  // shard_elsewhere, not_caught_up, overloaded, forbidden; those of the store
  Hash128 pin;
  std::uint64_t lag = 0;  // records of the log that the shard had not taken when the pin was made
  std::vector<std::optional<std::string>> values;         // of the first so many keys, at least one
  std::vector<std::pair<std::string, std::string>> rows;  // the first so many of the range
  bool more = false;                                      // there are more keys, or more rows
};

/// Thread-safe.
class Locks {
 public:
  /// `key`: the same on every node.
  explicit Locks(const crypto::Key& key);

  std::string lock_up(const Question& question) const;
  std::string lock_up(const Answer& answer) const;
  /// Errors: invalid_token (it was not made with the key, or was changed), state_format (by another version of the
  /// program).
  Result<Question> unlock_question(std::string_view bytes) const;
  Result<Answer> unlock_answer(std::string_view bytes) const;

 private:
  const crypto::Key questions_;
  const crypto::Key answers_;
};

}  // namespace weir::asking
