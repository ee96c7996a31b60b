#include "api/app/doctor.hpp"

#include <sys/timex.h>

#include "api/app/checkpoint_target.hpp"
#include "api/app/cluster_checks.hpp"
#include "api/app/copied_folder.hpp"
#include "api/app/copies.hpp"
#include "api/app/stored_checks.hpp"
#include "state/checkpoint/series.hpp"

namespace weir::app {
namespace {

namespace fs = std::filesystem;

constexpr double share_low = 0.15;  // as DiskGuard
constexpr double share_full = 0.08;
constexpr Duration checkpoint_age_max = std::chrono::hours{24};

struct Visit : Telling {
  const Settings& settings;
  const Environment& environment;
  const Clock& clock;
};
using Check = void (*)(const Visit&);

std::string percent(double share) { return std::to_string(static_cast<int>(share * 100)) + " %"; }

/// As `weir serve` would read them.
void check_configuration(const Visit& visit) {
  const auto parsed = parse_settings({"serve"}, visit.environment);
  if (parsed.settings) return visit.good("configuration", "The WEIR_* variables are those of `weir serve`.");
  std::string text = parsed.text.substr(0, parsed.text.find_last_not_of('\n') + 1);
  visit.fail("configuration", std::move(text), "Correct what is named; `weir serve --help` shows all settings.");
}

void check_folder(const Visit& visit) {
  const fs::path data = visit.settings.data;
  std::error_code failed;
  if (!fs::exists(data / "format", failed)) {
    return visit.fail("data folder", data.string() + " is no data folder.",
                      "Name the right one by --data, or make one by `weir serve` or `weir restore`.");
  }
  for (const auto& file : fs::directory_iterator(data, failed)) {
    if (file.path().extension() != ".key") continue;
    const auto open_to_others = file.status(failed).permissions() & (fs::perms::group_all | fs::perms::others_all);
    if (open_to_others == fs::perms::none) continue;
    visit.fail("data folder", file.path().string() + " can be read by others.", "chmod 600 " + file.path().string());
  }
  visit.good("data folder", data.string() + " is one.");
}

void check_disk(const Visit& visit) {
  const auto space = free_share_of(visit.settings.data);
  if (!space) return visit.fail("disk", space.error().detail, "See whether the disk is mounted.");
  const std::string free = percent(*space) + " of the disk is free.";
  if (*space >= share_low) return visit.good("disk", free);
  const std::string step = "Make room outside the data folder, or give it a larger disk; delete nothing inside it.";
  if (*space >= share_full) return visit.warn("disk", free + " Uploads and checkpoints are refused.", step);
  visit.fail("disk", free + " Events are refused.", step);
}

void check_clock(const Visit& visit) {
  timex state{};
  const int answer = ::adjtimex(&state);
  if (answer < 0 || (state.status & STA_UNSYNC) != 0) {
    return visit.warn("clock", "The machine's clock is not kept by a time service.",
                      "Run one (chrony, systemd-timesyncd): deadlines and refused timestamps depend on the clock.");
  }
  visit.good("clock", "The machine's clock is kept by a time service.");
}

/// A copy, so that it makes no difference whether a server is at work.
void check_stored(const Visit& visit) {
  std::error_code failed;
  if (!fs::exists(fs::path{visit.settings.data} / "format", failed) || is_of_kafka(visit.settings.data)) return;
  const auto copy = obtain_copy(fs::absolute(visit.settings.data));
  if (!copy) {
    return visit.fail("stores", "They cannot be looked at: " + copy.error().detail,
                      "If a server holds the folder, see its log; if it hangs, stop it and ask again.");
  }
  check_copy(*copy, visit.settings.thorough, visit.findings);
  remove_copy(*copy);
}

void check_newest(const Visit& visit, checkpoint::ObjectStore& target, const std::string& series) {
  const std::string subject = "checkpoints of " + series;
  const auto catalogue = checkpoint::read_catalogue(target, series);
  if (!catalogue) return visit.fail(subject, catalogue.error().detail, "Take a new one by `weir backup`.");
  if (catalogue->numbers.empty()) {
    return visit.warn(subject, "There is none yet.", "See the server's log for why the first one failed.");
  }
  const auto manifest = checkpoint::read_manifest(target, series, catalogue->numbers.back());
  if (!manifest) {
    return visit.fail(subject, manifest.error().detail,
                      "Take a new one by `weir backup`; of a shard its owner takes the next. Look for the cause in the "
                      "store.");
  }
  if (const auto known = check_formats(*manifest, known_formats()); !known) {
    return visit.fail(subject, known.error().detail, "Restore it with that version.");
  }
  if (visit.settings.thorough) {
    const auto verified = checkpoint::verify(target, series, *manifest);
    if (!verified)
      return visit.fail(subject, verified.error().detail, "Take a new one; look for the cause in the store.");
  }
  const std::string newest = "The newest is " + to_text(manifest->number) + ".";
  if (visit.clock.now() - manifest->taken_at <= checkpoint_age_max) return visit.good(subject, newest);
  visit.warn(subject, newest + " It is more than a day old.", "See the server's log, or take one by `weir backup`.");
}

void check_checkpoints(const Visit& visit) {
  if (is_of_kafka(visit.settings.data)) return;  // its states are made again from the topics
  if (visit.settings.checkpoints.empty()) {
    return visit.warn("checkpoints", "None are taken: a lost disk is lost data, and the log grows for ever.",
                      "Give `weir serve` a folder on another disk, or a bucket, by --checkpoints.");
  }
  const auto target = open_target(visit.settings, visit.clock);
  if (!target) return visit.fail("checkpoints", target.error().detail, "Correct --checkpoints.");
  const auto series = checkpoint::list_series(**target);
  if (!series) {
    return visit.fail("checkpoints", series.error().detail, "See whether the store is there and the key is right.");
  }
  if (series->empty()) return visit.warn("checkpoints", "The store holds none.", "Take one by `weir backup`.");
  for (const std::string& one : *series) check_newest(visit, **target, one);
}

void check_log_on_kafka(const Visit& visit) {
  const auto server = parse_settings({"serve"}, visit.environment).settings;
  if (!is_of_kafka(visit.settings.data) && !(server && is_on_kafka(*server))) return;
  if (server) check_cluster(*server, visit.settings.data, visit.findings);
}

constexpr Check checks[] = {check_configuration, check_folder,      check_disk,        check_clock,
                            check_stored,        check_checkpoints, check_log_on_kafka};

}  // namespace

Findings examine(const Settings& settings, const Environment& environment, const Clock& clock) {
  Findings findings;
  for (const Check check : checks) check({{findings}, settings, environment, clock});
  return findings;
}

}  // namespace weir::app
