#include "api/app/kafka_options.hpp"

namespace weir::app {

log::KafkaOptions kafka_options(const Settings& settings, std::uint32_t shards) {
  log::KafkaOptions options;
  options.brokers = settings.log.substr(kafka_scheme.size());
  options.prefix = settings.kafka_prefix;
  options.group = settings.group;
  options.session_timeout = std::chrono::seconds{settings.group_seconds};
  options.partitions = shards;
  for (const std::string& setting : settings.kafka) {
    const std::size_t equals = setting.find('=');
    options.settings.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  options.retention = std::chrono::hours{24 * settings.kafka_retention_days};
  return options;
}

}  // namespace weir::app
