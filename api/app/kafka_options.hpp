// The log on Kafka, as the settings describe it.
#pragma once

#include <cstdint>

#include "api/app/settings.hpp"
#include "stream/log/kafka/kafka_log.hpp"

namespace weir::app {

/// What the settings say of it, but for secrets, memory and who hears of it.
log::KafkaOptions kafka_options(const Settings& settings, std::uint32_t shards);

}  // namespace weir::app
