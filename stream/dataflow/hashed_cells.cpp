#include "stream/dataflow/hashed_cells.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace weir::dataflow {
namespace {

auto member_at(std::vector<HashedCells::Member>& members, std::uint64_t a, std::uint64_t b) {
  return std::lower_bound(
      members.begin(), members.end(), std::tie(a, b),
      [](const HashedCells::Member& one, const auto& wanted) { return std::tie(one.a, one.b) < wanted; });
}

bool is(const HashedCells::Member& member, std::uint64_t a, std::uint64_t b) { return member.a == a && member.b == b; }

}  // namespace

std::uint64_t HashedCells::Size::bucket_of(std::uint64_t a, std::uint64_t b) const {
  const std::uint64_t power = std::bit_floor(buckets);
  const std::uint64_t wide = (a ^ b) & (2 * power - 1);
  return wide < buckets ? wide : wide & (power - 1);
}

HashedCells::Bucket& HashedCells::bucket(std::uint64_t number) {
  auto& held = buckets_[number];
  if (held == nullptr) {
    held = std::make_unique<Bucket>();
    if (fetch_) held->members = fetch_(number);
    held_ += held->members.size();
  }
  return *held;
}

HashedCells::Bucket& HashedCells::mark(std::uint64_t number) {
  Bucket& marked = bucket(number);
  if (!marked.changed) changed_.push_back(number);
  marked.changed = true;
  return marked;
}

Cell* HashedCells::find(std::uint64_t a, std::uint64_t b) {
  auto& members = bucket(size_.bucket_of(a, b)).members;
  const auto at = member_at(members, a, b);
  return at != members.end() && is(*at, a, b) ? &at->cell : nullptr;
}

Cell& HashedCells::change(std::uint64_t a, std::uint64_t b) {
  auto* members = &mark(size_.bucket_of(a, b)).members;
  auto at = member_at(*members, a, b);
  if (at == members->end() || !is(*at, a, b)) {
    ++held_;
    if (++size_.cells > size_.buckets * bucket_cells) {
      grow();
      members = &mark(size_.bucket_of(a, b)).members;
      at = member_at(*members, a, b);
    }
    at = members->insert(at, {a, b, {}});
  }
  at->changed = true;
  return at->cell;
}

/// One bucket more, which takes its members from the one that they were in so far.
void HashedCells::grow() {
  const std::uint64_t made = size_.buckets;
  Bucket& from = mark(made - std::bit_floor(made));
  ++size_.buckets;
  buckets_.push_back(std::make_unique<Bucket>());
  Bucket& to = mark(made);
  const auto moved = std::stable_partition(from.members.begin(), from.members.end(), [&](const Member& member) {
    return size_.bucket_of(member.a, member.b) != made;
  });
  to.members.assign(std::make_move_iterator(moved), std::make_move_iterator(from.members.end()));
  from.members.erase(moved, from.members.end());
}

std::vector<std::pair<std::uint64_t, const HashedCells::Bucket*>> HashedCells::take_changed(
    const std::function<void(const Member&)>& visit) {
  std::vector<std::pair<std::uint64_t, const Bucket*>> taken;
  taken.reserve(changed_.size());
  for (const std::uint64_t number : changed_) {
    Bucket& bucket = *buckets_[number];
    for (Member& member : bucket.members) {
      if (std::exchange(member.changed, false)) visit(member);
    }
    const auto empty = [](const Member& member) { return member.cell.empty(); };
    const std::size_t left_out = std::erase_if(bucket.members, empty);
    size_.cells -= left_out;
    held_ -= left_out;
    bucket.changed = false;
    taken.emplace_back(number, &bucket);
  }
  changed_.clear();
  return taken;
}

void HashedCells::drop_unchanged() {
  for (auto& bucket : buckets_) {
    if (bucket == nullptr || bucket->changed) continue;
    held_ -= bucket->members.size();
    bucket.reset();
  }
}

void HashedCells::each(const std::function<void(const Member&)>& visit) const {
  for (const auto& bucket : buckets_) {
    if (bucket == nullptr) continue;
    for (const Member& member : bucket->members) visit(member);
  }
}

}  // namespace weir::dataflow
