// The control log as a keyed topic of one partition. Values are locked up with a key of the cluster and bear their own
// name, so that whoever may write to the topic can neither read, make nor move one.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "schemas/crypto/digest.hpp"
#include "stream/log/control_log.hpp"
#include "stream/log/keyed_topic.hpp"

namespace weir::log {

class ControlTopic final : public ControlLog {
 public:
  /// Tells all that there is before it returns. Errors: bad_key_file (what is there is of a cluster with another key),
  /// log_unreachable, those of the topic's reader, and `apply`'s.
  static Result<std::unique_ptr<ControlTopic>> open(std::unique_ptr<KeyedTopic> topic, const crypto::Key& key,
                                                    Apply apply, Ended ended);
  ~ControlTopic() override;

  Result<void> put(const std::string& key, const std::optional<std::string>& value) override;

 private:
  ControlTopic(std::unique_ptr<KeyedTopic> topic, const crypto::Key& key, Apply apply, Ended ended);
  Result<void> read_all();
  Result<std::uint64_t> gather(const KeyedPiece& piece, std::map<std::string, KeyedRecord>& newest);
  void follow(const std::stop_token& stop);
  Result<void> tell(const KeyedPiece& piece);
  Result<std::optional<KeyedRecord>> open_record(const KeyedEntry& entry) const;
  Result<std::uint64_t> append(const std::string& key, const std::string& value);
  void wait_for_more();

  const std::unique_ptr<KeyedTopic> topic_;
  const crypto::Key key_;
  const Apply apply_;
  const Ended ended_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool arrived_ = false;          // under mutex_, as the next
  std::uint64_t told_up_to_ = 0;  // behind the last record told
  std::unique_ptr<KeyedReader> reader_;
  std::jthread follower_;
};

}  // namespace weir::log
