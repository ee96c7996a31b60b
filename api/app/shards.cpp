#include "api/app/shards.hpp"

#include <algorithm>

#include "state/store/durable_file.hpp"

namespace weir::app {
namespace {

std::string as_text(const std::vector<std::uint32_t>& shards) {
  std::string text;
  for (const std::uint32_t shard : shards) text += (text.empty() ? "" : ",") + std::to_string(shard);
  return text;
}

}  // namespace

Shards::Shards(Means means)
    : means_(std::move(means)), sinks_(means_.changes.sinks()), crash_marks_(means_.folder.shards()) {}

// ---- one shard ------------------------------------------------------------------------------------------------------

Result<void> Shards::open(std::uint32_t shard) {
  auto opened = open_store(shard);
  if (!opened) return opened.error();
  if (crash_marks_[shard] == nullptr) {
    auto mark = store::MarkerFile::open(means_.folder.crash_mark(shard));
    if (!mark) return mark.error();
    crash_marks_[shard] = std::move(*mark);
  }
  std::shared_ptr<store::Store> store{*opened, (*opened)->watched.get()};
  if (means_.publisher != nullptr) {
    const auto lag = [&engine = means_.engine, shard] { return engine.lag(shard); };
    store = means_.publisher->own(shard, std::move(store), lag);
  }
  const auto driven = means_.engine.open_shard(shard, {std::move(store), sinks_[shard], crash_marks_[shard].get()});
  if (driven) means_.changes.renew(shard);
  return driven;
}

/// What lies here, or what its origin puts in the place of it. Who still reads a store keeps it, and what lies here
/// will do.
Result<std::shared_ptr<OpenStore>> Shards::open_store(std::uint32_t shard) {
  bool damaged = means_.folder.is_marked_damaged(shard);
  if (!damaged) {
    auto opened = means_.stores.open(shard);
    const auto suffices = opened ? means_.origin.suffices(shard, *(*opened)->watched) : Result<bool>{opened.error()};
    if (!suffices && suffices.error().code != Code::state_damaged) return suffices.error();
    if (suffices && *suffices) return opened;
    damaged = !suffices;
  }
  const auto renewed = means_.stores.while_closed(shard, [&] { return means_.origin.renew(shard, damaged); });
  if (!renewed) return renewed.error();
  if (damaged && !*renewed) return Error{Code::state_damaged, means_.folder.shard(shard) + " is still being read"};
  auto opened = means_.stores.open(shard);
  if (!opened || !damaged) return opened;
  std::error_code failed;
  std::filesystem::remove(means_.folder.damage_mark(shard), failed);
  ++rebuilt_;
  return opened;
}

/// For the next start; this process ends.
void Shards::mark_damaged(std::uint32_t shard, const Error& error) {
  const auto marked = store::replace_file(means_.folder.damage_mark(shard), error.detail);
  means_.logger.log(
      LogLevel::error, "the state of a shard is damaged; the next start makes it again",
      {{"shard", std::uint64_t{shard}}, {"detail", error.detail}, {"marked", std::uint64_t{marked.ok()}}});
}

void Shards::close(std::uint32_t shard) {
  means_.engine.close_shard(shard);
  const auto released = means_.publisher != nullptr ? means_.publisher->release(shard) : Result<void>{};
  if (!released) return means_.on_fatal(released.error());
  means_.changes.renew(shard);
}

// ---- all of them ----------------------------------------------------------------------------------------------------

void Shards::assigned(const std::vector<std::uint32_t>& shards) {
  for (std::uint32_t i = 0; i < means_.engine.shards(); ++i) {
    if (means_.engine.has(i) && !std::binary_search(shards.begin(), shards.end(), i)) close(i);
  }
  means_.logger.log(LogLevel::info, "the group has shared out the shards", {{"here", as_text(shards)}});
  means_.engine.resume();  // no shard waits until another has come
  for (const std::uint32_t shard : shards) {
    if (means_.engine.has(shard)) continue;
    const auto opened = open(shard);
    if (!opened && opened.error().code == Code::overloaded) return;  // the node stops
    if (!opened) return means_.on_fatal(opened.error());
    means_.engine.resume();
  }
}

void Shards::revoked() { means_.engine.rest(); }

void Shards::lost() {
  means_.logger.log(LogLevel::warning, "the group went on without this node; its shards are closed");
  for (std::uint32_t i = 0; i < means_.engine.shards(); ++i) {
    if (means_.engine.has(i)) close(i);
  }
}

}  // namespace weir::app
