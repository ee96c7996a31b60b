// Records for topics of others, through librdkafka: an idempotent producer for each of the brokers that are named.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schemas/base/clock.hpp"
#include "state/http/address.hpp"
#include "stream/log/record_publisher.hpp"

namespace weir::log {

struct PublisherOptions {
  http::Reach reach;  // which addresses may be connected to, whatever brokers say of themselves
  std::size_t producers_max = 32;
  Clock::Steady idle_max = std::chrono::minutes{1};  // then a producer goes
  std::chrono::milliseconds attempt_max{10'000};
  std::vector<std::pair<std::string, std::string>> settings = {};  // of librdkafka, before those that are needed
};

/// Its thread begins with the first record. Ends with what is under way given up.
std::unique_ptr<RecordPublisher> open_publisher(PublisherOptions options, const Clock& clock);

}  // namespace weir::log
