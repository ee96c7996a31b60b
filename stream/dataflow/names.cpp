#include "stream/dataflow/names.hpp"

#include "schemas/base/check.hpp"
#include "stream/dataflow/variant_hash.hpp"

namespace weir::dataflow {

Names::Names() : entries_(1), marked_(1) {}

NameId Names::intern(std::string_view text) {
  if (text.empty()) return no_name;
  if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
  NameId id;
  if (free_.empty()) {
    id = static_cast<NameId>(entries_.size());
    entries_.emplace_back();
    marked_.push_back(false);
  } else {
    std::pop_heap(free_.begin(), free_.end(), std::greater<>{});
    id = free_.back();
    free_.pop_back();
  }
  entries_[id] = {std::string{text}, 0, activity_hash(text)};
  numbers_.emplace(entries_[id].text, id);
  mark(id);  // so that a name that never comes to use is forgotten
  return id;
}

void Names::make_free(NameId id) {
  free_.push_back(id);
  std::push_heap(free_.begin(), free_.end(), std::greater<>{});
}

NameId Names::find(std::string_view text) const {
  const auto known = numbers_.find(text);
  return known == numbers_.end() ? no_name : known->second;
}

void Names::mark(NameId id) {
  if (marked_[id]) return;
  marked_[id] = true;
  changed_.push_back(id);
}

void Names::count(NameId id, std::int64_t uses) {
  if (id == no_name || uses == 0) return;
  Entry& entry = entries_[id];
  entry.uses += uses;
  WEIR_CHECK(entry.uses >= 0, "a name was released more often than used");
  mark(id);
}

bool Names::put_back(std::uint64_t number, std::string text, std::int64_t uses) {
  if (number == no_name || number >= numbers_max || text.empty() || uses <= 0 || numbers_.contains(text)) return false;
  if (number < entries_.size()) return false;
  const auto id = static_cast<NameId>(number);
  while (entries_.size() <= id) {
    if (entries_.size() < id) make_free(static_cast<NameId>(entries_.size()));
    entries_.emplace_back();
    marked_.push_back(false);
  }
  const Hash128 hash = activity_hash(text);
  entries_[id] = {std::move(text), uses, hash};
  numbers_.emplace(entries_[id].text, id);
  return true;
}

std::vector<NameId> Names::take_changed() {
  for (const NameId id : changed_) {
    marked_[id] = false;
    Entry& entry = entries_[id];
    if (entry.uses > 0) continue;
    numbers_.erase(entry.text);
    entry = {};
    make_free(id);
  }
  return std::exchange(changed_, {});
}

}  // namespace weir::dataflow
