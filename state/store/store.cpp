#include "state/store/store.hpp"

#include <algorithm>
#include <cstring>

namespace weir::store {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{64} << 10;

}  // namespace

std::string_view Batch::copy(std::string_view bytes) {
  bytes_ += bytes.size();
  if (chunks_.empty() || chunks_.back().free < bytes.size()) {
    const std::size_t size = std::max(chunk_bytes, bytes.size());
    auto made = std::make_unique_for_overwrite<char[]>(size);
    char* const begin = made.get();
    chunks_.push_back({std::move(made), size, begin});
  }
  Chunk& chunk = chunks_.back();
  if (!bytes.empty()) std::memcpy(chunk.at, bytes.data(), bytes.size());
  const std::string_view copied{chunk.at, bytes.size()};
  chunk.at += bytes.size();
  chunk.free -= bytes.size();
  return copied;
}

void Batch::clear() {
  entries_.clear();
  chunks_.clear();
  bytes_ = 0;
}

void Batch::sort() {
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
  auto kept = entries_.begin();
  for (auto at = entries_.begin(); at != entries_.end(); ++at) {
    const bool overwritten = std::next(at) != entries_.end() && std::next(at)->key == at->key;
    if (overwritten) continue;
    *kept = *at;
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
