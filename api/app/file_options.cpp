#include "api/app/file_options.hpp"

namespace weir::app {

Result<ingest::FileOptions> file_options(const Settings& settings) {
  ingest::FileOptions options;
  options.zone = Zone::utc();
  if (!settings.zone.empty()) {
    const auto zone = Zone::find(settings.zone);
    if (!zone) return zone.error();
    options.zone = *zone;
  }
  for (const std::string& choice : settings.map) {
    const std::size_t equals = choice.find('=');
    options.map.push_back({choice.substr(0, equals), choice.substr(equals + 1)});
  }
  options.classifier = settings.classifier;
  options.sheet = settings.sheet;
  if (!settings.delimiter.empty()) options.delimiter = settings.delimiter.front();
  return options;
}

}  // namespace weir::app
