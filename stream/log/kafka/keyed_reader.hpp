// Inside stream/log/kafka only: the records of one partition of a keyed topic, from its begin on.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <string>

#include "schemas/crypto/seal.hpp"
#include "stream/log/kafka/client.hpp"
#include "stream/log/keyed_topic.hpp"

namespace weir::log::kafka {

/// Seals key and value together, of one partition: the header of sealing.hpp, without a kind.
class KeyedSealer {
 public:
  KeyedSealer(const crypto::Key& key, const std::string& topic, std::uint32_t partition);

  crypto::Seal seal(std::string_view key, std::optional<std::string_view> value) const;
  bool is_sealed(std::string_view key, std::optional<std::string_view> value, std::string_view seal) const;

 private:
  crypto::SealKey key_;
};

class PartitionReader final : public KeyedReader {
 public:
  /// `client` (a consumer that reads nothing else of the partition), `sealer` and `unsealed` (where what is left out is
  /// counted) outlive it.
  PartitionReader(rd_kafka_t* client, const std::string& topic, std::uint32_t partition, const KeyedSealer& sealer,
                  std::atomic<std::uint64_t>& unsealed, std::function<void()> arrived);
  ~PartitionReader() override;
  PartitionReader(const PartitionReader&) = delete;
  PartitionReader& operator=(const PartitionReader&) = delete;

  Result<KeyedPiece> take(std::size_t bytes_max) override;

 private:
  void take(const rd_kafka_message_t& message, KeyedPiece& piece);
  void take_record(const rd_kafka_message_t& message, KeyedPiece& piece);

  const std::uint32_t partition_;
  const KeyedSealer& sealer_;
  std::atomic<std::uint64_t>& unsealed_;
  const std::function<void()> arrived_;
  TopicHandle topic_;
  QueueHandle queue_;
  bool started_ = false;
  bool at_end_ = false;
  std::optional<Error> failed_;
};

}  // namespace weir::log::kafka
