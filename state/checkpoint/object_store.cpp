#include "state/checkpoint/object_store.hpp"

namespace weir::checkpoint {

Result<std::string> get_whole(ObjectStore& store, const std::string& name, std::size_t bytes_max) {
  std::string whole;
  const auto got = store.get(name, [&](std::string_view piece) -> Result<void> {
    if (piece.size() > bytes_max - whole.size()) return Error{Code::storage_failed, name + " is too large"};
    whole.append(piece);
    return {};
  });
  if (!got) return got.error();
  return whole;
}

}  // namespace weir::checkpoint
