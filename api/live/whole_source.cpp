#include "api/live/whole_source.hpp"

namespace weir::live {

Result<std::optional<Reading>> WholeSource::follow() {
  auto look = reader_.look();
  if (!look) return look.error();
  if (look->changes.all_cases) return std::optional<Reading>{};  // of a shard whose owner has to be asked, too
  if (!look->changes.any) return std::optional{Reading{}};
  auto answer = write(*look);
  if (!answer) return answer.error();
  return std::optional{Reading{std::move(*answer), true, {}}};
}

Result<std::string> WholeSource::load() {
  auto look = reader_.look();
  if (!look) return look.error();
  return write(*look);
}

}  // namespace weir::live
