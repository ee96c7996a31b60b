// `weir backup`, `weir restore`, `weir checkpoint`: checkpoints from the command line.
#include <algorithm>
#include <cstdio>
#include <map>

#include "api/app/checkpoint_target.hpp"
#include "api/app/commands.hpp"
#include "api/app/copied_folder.hpp"
#include "api/app/copies.hpp"
#include "api/app/shard_series.hpp"
#include "schemas/base/clock.hpp"
#include "schemas/codec/timestamp.hpp"
#include "state/checkpoint/publisher.hpp"

namespace weir::app {
namespace {

using checkpoint::Manifest;

struct Named {
  std::string series;
  Manifest manifest;

  std::string name() const { return series + '/' + to_text(manifest.number); }
};

std::uint64_t bytes_of(const Manifest& manifest) {
  std::uint64_t bytes = 0;
  for (const checkpoint::StoredFile& file : manifest.files) bytes += file.bytes;
  return bytes;
}

void print(const Named& one) {
  std::printf("%s\t%s\t%zu files\t%llu bytes\t%llu records\tWeir %s\n", one.name().c_str(),
              to_rfc3339(one.manifest.taken_at).c_str(), one.manifest.files.size(),
              static_cast<unsigned long long>(bytes_of(one.manifest)),
              static_cast<unsigned long long>(records_in(one.manifest.standings)), one.manifest.release.c_str());
}

/// Of all series, oldest first. One that cannot be read is told on stderr and left out.
Result<std::vector<Named>> list_all(checkpoint::ObjectStore& target) {
  const auto all = checkpoint::list_series(target);
  if (!all) return all.error();
  std::vector<Named> found;
  for (const std::string& series : *all) {
    const auto catalogue = checkpoint::read_catalogue(target, series);
    if (!catalogue) return catalogue.error();
    for (const checkpoint::Number& number : catalogue->numbers) {
      auto manifest = checkpoint::read_manifest(target, series, number);
      if (manifest) {
        found.push_back({series, std::move(*manifest)});
      } else {
        std::fprintf(stderr, "weir: %s/%s\n", series.c_str(), manifest.error().detail.c_str());
      }
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Named& left, const Named& right) {
    return left.manifest.taken_at < right.manifest.taken_at;
  });
  return found;
}

/// The one that the settings name, or the newest of each series.
Result<std::vector<Named>> choose(checkpoint::ObjectStore& target, const std::string& wanted) {
  auto all = list_all(target);
  if (!all) return all.error();
  std::map<std::string, Named> chosen;
  for (Named& one : *all) {
    if (wanted.empty() || one.name() == wanted) chosen.insert_or_assign(one.series, std::move(one));
  }
  std::vector<Named> found;
  for (auto& [series, one] : chosen) found.push_back(std::move(one));
  if (!found.empty()) return found;
  return Error{Code::not_found, wanted.empty() ? "there is no checkpoint" : "there is no checkpoint " + wanted};
}

Result<void> list(checkpoint::ObjectStore& target, const Settings&) {
  const auto all = list_all(target);
  if (!all) return all.error();
  for (const Named& one : *all) print(one);
  return {};
}

Result<void> verify_chosen(checkpoint::ObjectStore& target, const Settings& settings) {
  const auto chosen = choose(target, settings.checkpoint);
  if (!chosen) return chosen.error();
  for (const Named& one : *chosen) {
    if (const auto verified = checkpoint::verify(target, one.series, one.manifest); !verified) {
      return Error{verified.error().code, one.name() + ": " + verified.error().detail};
    }
    print(one);
  }
  return {};
}

Result<void> restore_chosen(checkpoint::ObjectStore& target, const Settings& settings) {
  auto all = choose(target, settings.checkpoint);
  if (!all) return all.error();
  std::erase_if(*all, [](const Named& one) { return !is_of_a_folder(one.manifest); });
  if (all->empty()) {
    return Error{Code::bad_request,
                 "a checkpoint of a shard makes no data folder; the node that has the shard fetches it"};
  }
  const Named& chosen = *std::max_element(all->begin(), all->end(), [](const Named& left, const Named& right) {
    return left.manifest.taken_at < right.manifest.taken_at;
  });
  if (const auto known = check_formats(chosen.manifest, known_formats()); !known) return known;
  const std::filesystem::path folder = std::filesystem::absolute(settings.data);
  std::error_code not_empty;
  std::filesystem::remove(folder, not_empty);  // an empty folder makes room
  const auto restored = checkpoint::restore(target, chosen.series, chosen.manifest, "", folder);
  if (!restored) return restored;
  print(chosen);
  return {};
}

Result<void> take_backup(checkpoint::ObjectStore& target, const Settings& settings) {
  auto publisher = checkpoint::Publisher::claim(target, backup_series);
  if (!publisher) return publisher.error();
  const auto copy = obtain_copy(std::filesystem::absolute(settings.data));
  if (!copy) return copy.error();
  const SystemClock clock;
  const auto described = describe_copy(*copy, clock.now());
  auto published =
      described ? publisher->publish(*copy, *described) : Result<checkpoint::Publisher::Published>{described.error()};
  remove_copy(*copy);
  if (!published) return published.error();
  print({backup_series, std::move(published->manifest)});
  return {};
}

int run(const Settings& settings, Result<void> (*work)(checkpoint::ObjectStore&, const Settings&)) {
  const SystemClock clock;
  const auto target = open_target(settings, clock);
  const auto done = target ? work(**target, settings) : Result<void>{target.error()};
  return done ? 0 : failed(name_of(settings.command), done.error());
}

}  // namespace

int back_up(const Settings& settings) { return run(settings, take_backup); }
int restore(const Settings& settings) { return run(settings, restore_chosen); }

int checkpoints(const Settings& settings) {
  if (settings.action == "list") return run(settings, list);
  return run(settings, settings.action == "verify" ? verify_chosen : restore_chosen);
}

}  // namespace weir::app
