#include "api/app/kafka_origin.hpp"

#include <algorithm>

#include "api/app/copied_folder.hpp"
#include "state/store/durable_file.hpp"

namespace weir::app {
namespace {

namespace fs = std::filesystem;
using checkpoint::Manifest;
using checkpoint::Standing;

std::string place_of(const Standing& standing) {
  return "partition " + std::to_string(standing.partition) + " of workspace " + standing.workspace;
}

}  // namespace

KafkaOrigin::KafkaOrigin(Means means) : means_(std::move(means)), figures_(means_.metrics) {
  std::error_code failed;
  for (std::uint32_t i = 0; i < means_.folder.shards(); ++i) {
    for (const fs::path& left :
         {means_.folder.fetched(i), means_.folder.fetched(i).concat(".restoring"), means_.folder.former(i)}) {
      fs::remove_all(left, failed);
    }
  }
}

// ---- what a shard is asked for --------------------------------------------------------------------------------------

Result<bool> KafkaOrigin::suffices(std::uint32_t shard, const store::Reader& here) {
  const auto standings = read_standings(here, shard, means_.log.workspaces());
  if (!standings) return standings.error();
  const auto source = obtain(shard, *standings, false);
  if (!source) return source.error();
  if (*source == Source::checkpoint) return false;
  count(*source);
  return true;
}

Result<void> KafkaOrigin::renew(std::uint32_t shard, bool damaged) {
  auto source = damaged ? obtain(shard, {}, true) : Result<Source>{Source::checkpoint};
  if (!source) return source.error();
  const DataFolder& folder = means_.folder;
  std::error_code failed;
  if (damaged) {
    if (const auto moved = folder.move_aside(shard); !moved) return moved;
  } else {
    fs::remove_all(folder.former(shard), failed);
    fs::rename(folder.shard(shard), folder.former(shard), failed);
  }
  if (*source == Source::checkpoint) {
    if (!failed) fs::rename(folder.fetched(shard), folder.shard(shard), failed);
    if (failed) return Error{Code::storage_failed, folder.shard(shard) + ": " + failed.message()};
    const auto synced = store::sync_folder(fs::path{folder.shard(shard)}.parent_path());
    if (!synced) return synced;
  } else if (const auto made = store::make_folders(folder.shard(shard)); !made) {
    return made;
  }
  fs::remove_all(folder.former(shard), failed);
  count(*source);
  return {};
}

// ---- finding it -----------------------------------------------------------------------------------------------------

Result<KafkaOrigin::Source> KafkaOrigin::obtain(std::uint32_t shard, const Standings& here, bool damaged) {
  Offer offer = look(shard);
  const bool usable = !damaged && !here.empty();
  for (const Manifest& manifest : offer.manifests) {
    if (usable && !is_worth_it(shard, here, manifest)) return Source::here;
    auto fetched = fits(shard, manifest);
    if (fetched) fetched = fetch(shard, manifest);
    if (fetched) return Source::checkpoint;
    if (fetched.error().code == Code::overloaded) return fetched.error();
    refuse(shard, to_text(manifest.number), fetched.error(), offer);
    if (!usable && fetched.error().code == Code::log_recreated) return fetched.error();
  }
  if (usable) return Source::here;  // if the topics do not go on from there, they say so (stream/log/kafka/feed)
  if (!damaged && !offer.why_not) return Source::log;  // a new shard: from where its topics begin
  const auto whole = log_is_whole(shard, offer.why_not.value_or(Error{Code::state_damaged, "there is no checkpoint"}));
  if (!whole) return whole.error();
  means_.logger.log(LogLevel::warning, "a shard is made again from its topics alone",
                    {{"shard", std::uint64_t{shard}}});
  return Source::log;
}

KafkaOrigin::Offer KafkaOrigin::look(std::uint32_t shard) {
  Offer offer;
  if (!means_.series) return offer;
  const std::string series = means_.series->name(shard);
  const auto catalogue = checkpoint::read_catalogue(means_.series->objects(), series);
  if (!catalogue) {
    refuse(shard, "of any number", catalogue.error(), offer);
    return offer;
  }
  for (const checkpoint::Number& number : catalogue->numbers) {
    auto manifest = checkpoint::read_manifest(means_.series->objects(), series, number);
    if (!manifest && manifest.error().code == Code::not_found) continue;  // its owner has removed it meanwhile
    const auto readable = manifest ? check_formats(*manifest, known_formats()) : Result<void>{manifest.error()};
    if (readable) {
      offer.manifests.push_back(*std::move(manifest));
    } else {
      refuse(shard, to_text(number), readable.error(), offer);
    }
  }
  const auto rank = [](const Manifest& one) { return std::pair{records_in(one.standings), one.number}; };
  std::sort(offer.manifests.begin(), offer.manifests.end(),
            [&](const Manifest& left, const Manifest& right) { return rank(right) < rank(left); });
  return offer;
}

/// It is much further than what is here, or further where the topics no longer have what comes next here.
bool KafkaOrigin::is_worth_it(std::uint32_t shard, const Standings& here, const Manifest& manifest) const {
  const std::uint64_t has = records_in(here), offers = records_in(manifest.standings);
  if (offers <= has) return false;
  if (offers - has > near_records) return true;
  return std::any_of(manifest.standings.begin(), manifest.standings.end(), [&](const Standing& standing) {
    const std::uint64_t next = next_offset_in(here, standing.workspace);
    if (standing.next_offset <= next) return false;
    const auto begin = means_.log.begin_offset(standing.workspace, shard);
    return begin && *begin > next;
  });
}

/// Whether the topics go on from it. Where the brokers do not answer, the shard's reader finds out.
Result<void> KafkaOrigin::fits(std::uint32_t shard, const Manifest& manifest) const {
  for (const Standing& standing : manifest.standings) {
    const auto begin = means_.log.begin_offset(standing.workspace, shard);
    if (!begin) continue;
    const auto end = means_.log.newest_offset(standing.workspace, shard);
    if (*begin > standing.next_offset) {
      return Error{Code::log_truncated, place_of(standing) + " begins at offset " + std::to_string(*begin) +
                                            "; its retention removed what comes next, from " +
                                            std::to_string(standing.next_offset)};
    }
    if (end && *end < standing.next_offset) {
      return Error{Code::log_recreated, place_of(standing) + " ends at offset " + std::to_string(*end) +
                                            ", and the checkpoint " + to_text(manifest.number) +
                                            " has taken it up to " + std::to_string(standing.next_offset)};
    }
  }
  return {};
}

Result<void> KafkaOrigin::fetch(std::uint32_t shard, const Manifest& manifest) {
  const fs::path place = means_.folder.fetched(shard);
  std::error_code failed;
  fs::remove_all(place, failed);
  const Clock::Steady began = means_.clock.steady();
  const auto fetched = checkpoint::restore(means_.series->objects(), means_.series->name(shard), manifest, "", place,
                                           [this] { return !stopping_; });
  if (!fetched) return fetched;
  const double seconds = std::chrono::duration<double>(means_.clock.steady() - began).count();
  figures_.fetch_took.set(seconds);
  means_.logger.log(LogLevel::info, "a shard's state was fetched from a checkpoint",
                    {{"shard", std::uint64_t{shard}},
                     {"checkpoint", to_text(manifest.number)},
                     {"records", records_in(manifest.standings)},
                     {"seconds", seconds}});
  return {};
}

/// Nothing that the shard once took is missing.
Result<void> KafkaOrigin::log_is_whole(std::uint32_t shard, const Error& why) const {
  for (const std::string& workspace : means_.log.workspaces()) {
    const auto begin = means_.log.begin_offset(workspace, shard);
    if (!begin) return begin.error();
    if (*begin == 0) continue;
    return Error{why.code, "shard " + std::to_string(shard) + ": its topic of workspace " + workspace +
                               " begins at offset " + std::to_string(*begin) + ", and " + why.detail};
  }
  return {};
}

void KafkaOrigin::refuse(std::uint32_t shard, const std::string& which, const Error& why, Offer& offer) {
  figures_.refused.add();
  means_.logger.log(LogLevel::error, "a checkpoint of a shard cannot be used",
                    {{"shard", std::uint64_t{shard}},
                     {"series", means_.series->name(shard)},
                     {"checkpoint", which},
                     {"code", name_of(why.code)},
                     {"detail", why.detail}});
  offer.why_not = why;
}

void KafkaOrigin::count(Source source) {
  if (source == Source::here) return figures_.from_here.add();
  if (source == Source::checkpoint) return figures_.from_checkpoint.add();
  figures_.from_log.add();
}

}  // namespace weir::app
