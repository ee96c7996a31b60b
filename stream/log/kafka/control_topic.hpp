// Inside stream/log/kafka only: the control log as a compacted topic of one partition. Values are locked up with a key
// of the cluster and bear their own name, so that whoever may write to the topic can neither read, make nor move one.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "schemas/crypto/digest.hpp"
#include "stream/log/control_log.hpp"
#include "stream/log/kafka/client.hpp"

namespace weir::log::kafka {

struct ControlOptions {
  ClientSettings settings;  // of every client
  std::string topic;
  crypto::Key key{};
  OnLine on_line;
};

class ControlTopic final : public ControlLog {
 public:
  /// Tells all that there is before it returns. Errors: log_unreachable, bad_log_settings, bad_key_file (what is there
  /// was locked up with another key), and `apply`'s.
  static Result<std::unique_ptr<ControlTopic>> open(ControlOptions options, Apply apply, Ended ended);
  ~ControlTopic() override;

  Result<void> put(const std::string& key, const std::optional<std::string>& value) override;

 private:
  struct Record {
    std::string key;
    std::optional<std::string> value;
  };

  ControlTopic(ControlOptions options, Apply apply, Ended ended);
  Result<void> connect();
  Result<void> read_all();
  void follow(const std::stop_token& stop);
  Result<std::optional<Record>> open(const rd_kafka_message_t& message) const;
  Result<std::int64_t> append(const std::string& key, const std::string& value);
  MessageHandle next();

  const ControlOptions options_;
  const Apply apply_;
  const Ended ended_;
  Client reader_, writer_;
  TopicHandle topic_;  // the reader's
  std::mutex mutex_;
  std::condition_variable told_;
  std::int64_t told_up_to_ = 0;  // behind the last record told; under mutex_
  std::jthread follower_, poller_;
};

}  // namespace weir::log::kafka
