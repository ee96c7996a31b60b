#include "state/store/store.hpp"

#include <algorithm>

namespace weir::store {

void Batch::sort() {
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
  auto kept = entries_.begin();
  for (auto at = entries_.begin(); at != entries_.end(); ++at) {
    const bool overwritten = std::next(at) != entries_.end() && std::next(at)->key == at->key;
    if (overwritten) continue;
    if (kept != at) *kept = std::move(*at);
    ++kept;
  }
  entries_.erase(kept, entries_.end());
}

std::string end_of_prefix(std::string_view prefix) {
  std::string end{prefix};
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace weir::store
