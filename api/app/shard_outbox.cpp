#include "api/app/shard_outbox.hpp"

#include <algorithm>

#include "schemas/crypto/digest.hpp"
#include "state/format/keys.hpp"

namespace weir::app {
namespace {

using effects::Due;
using effects::TargetKey;

constexpr std::chrono::seconds record_patience{30};  // from an append until its shard has committed it
constexpr std::size_t shard_bytes = sizeof(std::uint32_t);

/// Of the row behind the prefix of all outboxes: those of other targets are other places.
std::string place_of(std::uint32_t shard, std::string_view rest_of_key) {
  std::string place;
  format::append_big_endian(place, shard);
  return place.append(rest_of_key);
}

std::uint32_t shard_of(const Due& due) {
  return static_cast<std::uint32_t>(format::read_big_endian(std::string_view{due.place}.substr(0, shard_bytes)));
}

Hash128 draw() {
  const std::string bytes = crypto::random_bytes(sizeof(Hash128));
  return {format::read_big_endian(std::string_view{bytes}.substr(0, 8)),
          format::read_big_endian(std::string_view{bytes}.substr(8))};
}

}  // namespace

void ShardOutbox::announced(std::uint32_t shard, const TargetKey& target) {
  const std::lock_guard lock{mutex_};
  ++homes_[target][shard];
}

void ShardOutbox::recorded(const Hash128& sender, bool counts) { answer(sender, counts); }

void ShardOutbox::answer(const Hash128& sender, const Result<bool>& result) {
  Begun told;
  {
    const std::lock_guard lock{mutex_};
    const auto found = waiting_.find(sender);
    if (found == waiting_.end()) return;  // of another node, or it was given up
    told = std::move(found->second.answer);
    waiting_.erase(found);
  }
  told(result);
}

/// A shard that went on to another node never says that it has committed.
void ShardOutbox::give_up_waiting() {
  const Clock::Steady now = node_.clock().steady();
  std::vector<Begun> late;
  {
    const std::lock_guard lock{mutex_};
    for (auto one = waiting_.begin(); one != waiting_.end();) {
      if (one->second.deadline > now) {
        ++one;
        continue;
      }
      late.push_back(std::move(one->second.answer));
      one = waiting_.erase(one);
    }
  }
  for (const Begun& told : late) told(Error{Code::shard_elsewhere, "its shard did not take the record in time"});
}

Result<std::vector<TargetKey>> ShardOutbox::targets() {
  std::map<TargetKey, std::vector<std::uint32_t>> found;
  for (std::uint32_t shard = 0; shard < node_.engine().shards(); ++shard) {
    const auto snapshot = node_.engine().snapshot(shard);
    if (snapshot == nullptr) continue;
    for (const std::string& workspace : node_.log().workspaces()) {
      const std::string prefix = format::Scope{workspace}.outboxes();
      for (std::string from = prefix; !from.empty();) {
        std::string name;
        const auto scanned = snapshot->scan(from, store::end_of_prefix(prefix), [&](std::string_view key, auto) {
          const std::string_view rest = format::behind(key, prefix);
          name = rest.substr(0, rest.find('\0'));
          return false;
        });
        if (!scanned) return scanned.error();
        from = name.empty() ? "" : store::end_of_prefix(format::Scope{workspace}.outbox(name));
        if (!name.empty()) found[{workspace, name}].push_back(shard);
      }
    }
  }
  const std::lock_guard lock{mutex_};
  std::vector<TargetKey> keys;
  for (const auto& [target, shards] : found) {
    for (const std::uint32_t shard : shards) ++homes_[target][shard];
    keys.push_back(target);
  }
  return keys;
}

ShardOutbox::Homes ShardOutbox::homes_of(const TargetKey& target) const {
  const std::lock_guard lock{mutex_};
  const auto known = homes_.find(target);
  return known == homes_.end() ? Homes{} : known->second;
}

void ShardOutbox::leave(const TargetKey& target, std::uint32_t shard, std::uint64_t seen) {
  const std::lock_guard lock{mutex_};
  const auto known = homes_.find(target);
  if (known == homes_.end()) return;
  const auto home = known->second.find(shard);
  if (home != known->second.end() && home->second == seen) known->second.erase(home);
  if (known->second.empty()) homes_.erase(known);
}

/// As long as a shard takes again what it knew before, it does not know yet what was told.
bool ShardOutbox::has_caught_up(std::uint32_t shard, const std::string& workspace) {
  const auto newest = node_.log().newest_offset(workspace, shard);
  if (!newest) return false;
  const std::lock_guard lock{mutex_};
  auto& behind = behind_.try_emplace({shard, workspace}, *newest).first->second;
  if (behind && node_.engine().watch().committed_offset(shard, workspace) >= *behind) behind.reset();
  return !behind;
}

Result<std::vector<Due>> ShardOutbox::due(const TargetKey& target, std::size_t count, std::size_t bytes_max) {
  give_up_waiting();
  const format::Scope scope{target.workspace};
  const std::string all = scope.outboxes(), prefix = scope.outbox(target.name);
  const Time now = node_.clock().now();
  std::vector<Due> listed;
  for (const auto& [shard, seen] : homes_of(target)) {
    const auto snapshot = node_.engine().snapshot(shard);
    if (snapshot != nullptr && !has_caught_up(shard, target.workspace)) {
      return Error{Code::shard_elsewhere, "a shard has not caught up with its log"};
    }
    std::size_t taken = 0;
    Result<void> outcome;
    const auto take = [&](std::string_view key, std::string_view value) {
      const auto row = runtime::decode_outbox_row(value);
      if (!row) return outcome = row.error(), false;
      auto effect = effects::decode_effect(row->announcement.effect);
      if (!effect) return outcome = effect.error(), false;
      effects::Progress progress = row->announcement.progress;
      if (progress.attempts == 0) progress.since = now;
      listed.push_back({place_of(shard, format::behind(key, all)), *std::move(effect), progress});
      return ++taken < count;
    };
    if (snapshot != nullptr) {
      const auto scanned = snapshot->scan(prefix, store::end_of_prefix(prefix), take);
      if (!scanned) return scanned.error();
      if (!outcome) return outcome.error();
    }
    if (taken == 0) leave(target, shard, seen);
  }
  std::sort(listed.begin(), listed.end(), [](const Due& a, const Due& b) {
    return std::tie(a.progress.due, a.place) < std::tie(b.progress.due, b.place);
  });
  std::size_t bytes = 0, kept = 0;
  while (kept < std::min(count, listed.size()) && (kept == 0 || bytes < bytes_max)) {
    bytes += effects::encode_effect(listed[kept++].effect).size();
  }
  listed.resize(kept);
  return listed;
}

Result<runtime::OutboxRow> ShardOutbox::row_of(const Due& due) const {
  const auto snapshot = node_.engine().snapshot(shard_of(due));
  if (snapshot == nullptr) return Error{Code::shard_elsewhere, "the shard of the effect is not here any more"};
  const std::string key = format::Scope{due.effect.workspace}.outboxes() + due.place.substr(shard_bytes);
  const auto stored = snapshot->get(key);
  if (!stored) return stored.error();
  if (!*stored) return Error{Code::not_found, "the effect is not there any more"};
  return runtime::decode_outbox_row(**stored);
}

void ShardOutbox::append(const Due& due, alerts::Delivery delivery, Begun answer) {
  delivery.sender = draw();
  delivery.time = node_.clock().now();
  const Hash128 sender = delivery.sender;
  {
    const std::lock_guard lock{mutex_};
    waiting_.emplace(sender, Waiting{std::move(answer), node_.clock().steady() + record_patience});
  }
  const auto queued =
      node_.log().append(due.effect.workspace, {{shard_of(due), {log::Kind::delivery, alerts::encode(delivery)}}},
                         [self = weak_from_this(), sender](const Result<log::Position>& appended) {
                           const auto outbox = appended ? nullptr : self.lock();
                           if (outbox) outbox->answer(sender, appended.error());
                         });
  if (!queued) this->answer(sender, queued.error());
}

void ShardOutbox::begin(const Due& due, std::uint32_t attempt, Begun answer) {
  const auto row = row_of(due);
  if (!row && row.error().code == Code::not_found) return answer(false);
  if (!row) return answer(row.error());
  alerts::Delivery delivery;
  delivery.process = row->process;
  delivery.case_id = row->case_id;
  delivery.telling = row->announcement.telling;
  delivery.attempt = attempt;
  delivery.progress = due.progress;
  if (attempt == 1) delivery.effect = row->announcement.effect;
  append(due, std::move(delivery), std::move(answer));
}

void ShardOutbox::end(const Due& due, const effects::Ending& ending, Ended answer) {
  const auto row = row_of(due);
  if (!row && row.error().code == Code::not_found) return answer({});  // its case was erased meanwhile
  if (!row) return answer(row.error());
  alerts::Delivery delivery;
  delivery.event = alerts::Delivery::Event::ended;
  delivery.process = row->process;
  delivery.case_id = row->case_id;
  delivery.telling = row->announcement.telling;
  delivery.attempt = ending.record.number;
  delivery.outcome = ending.outcome;
  delivery.progress = ending.progress;
  delivery.record = ending.record;
  if (row->announcement.progress.attempts == 0) delivery.effect = row->announcement.effect;
  append(due, std::move(delivery), [answer = std::move(answer)](const Result<bool>& recorded) {
    answer(recorded ? Result<void>{} : recorded.error());
  });
}

}  // namespace weir::app
