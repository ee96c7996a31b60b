// Inside stream/log/kafka only: a cluster through librdkafka's admin requests.
#pragma once

#include "stream/log/kafka/client.hpp"
#include "stream/log/kafka/cluster.hpp"

namespace weir::log::kafka {

class Brokers final : public Cluster {
 public:
  /// `client` outlives it. What a new topic of events keeps at least: `retention_ms` of records.
  Brokers(rd_kafka_t* client, std::int64_t retention_ms) : client_(client), retention_ms_(retention_ms) {}

  Result<std::string> id() override;
  Result<std::vector<TopicFacts>> topics() override;
  Result<void> create(const std::string& topic, std::uint32_t partitions, Use use) override;
  Result<void> check(const std::string& topic, Use use) override;

 private:
  Result<int> count();
  Result<void> check_once(const std::string& topic, Use use, rd_kafka_resp_err_t& failed);

  rd_kafka_t* const client_;
  const std::int64_t retention_ms_;
};

}  // namespace weir::log::kafka
