#include "stream/log/kafka/sealing.hpp"

#include <algorithm>

namespace weir::log::kafka {

Sealer::Sealer(const crypto::Key& key, const std::string& topic, std::uint32_t partition) {
  for (std::size_t kind = 0; kind < keys_.size(); ++kind) {
    keys_[kind] = crypto::seal_key(key, topic + '\0' + std::to_string(partition) + '\0' + std::to_string(kind));
  }
}

Mark Sealer::mark(const Record& record) const {
  const auto kind = static_cast<std::size_t>(record.kind);
  const crypto::Seal seal = crypto::seal(keys_[kind], record.value);
  Mark mark;
  mark[0] = static_cast<char>(kind);
  std::copy(seal.begin(), seal.end(), mark.begin() + 1);
  return mark;
}

Kind Sealer::kind_of(std::string_view mark, std::string_view value) const {
  if (mark.size() != std::tuple_size_v<Mark>) return Kind::unsealed;
  const auto kind = static_cast<unsigned char>(mark.front());
  if (kind >= keys_.size() || !crypto::is_sealed(keys_[kind], value, mark.substr(1))) return Kind::unsealed;
  return static_cast<Kind>(kind);
}

}  // namespace weir::log::kafka
