#include "tests/support/random_records.hpp"

#include "schemas/codec/event_json.hpp"
#include "stream/runtime/control_records.hpp"
#include "tests/support/model.hpp"

namespace weir::support {
namespace {

std::string name(std::string_view kind, std::uint64_t number) { return std::string{kind} + std::to_string(number); }

}  // namespace

log::Record event_record(const Event& event) {
  std::string bytes;
  encode_event(event, bytes);
  return {log::Kind::event, std::move(bytes)};
}

std::string RandomRecords::upload_of(std::mt19937_64& random, const std::string& process) {
  if (random() % 3 != 0) return {};
  auto& uploads = uploads_[process];
  if (uploads.empty() || random() % 20 == 0) uploads.push_back(name(process + "-u", uploads.size()));
  return uploads[random() % uploads.size()];
}

Event RandomRecords::fresh_event(std::mt19937_64& random, Time first) {
  Event event;
  event.process = name("p", random() % options_.processes);
  event.case_id = name("case", random() % options_.cases);
  event.activity = std::string(1, static_cast<char>('a' + random() % options_.activities));
  const auto span = static_cast<std::uint64_t>(options_.span_micros);
  event.timestamp = first + Duration{static_cast<std::int64_t>(random() % span)};
  if (random() % 3 == 0) {
    event.start = event.timestamp - Duration{static_cast<std::int64_t>(random() % (span / 4 + 1))};
  }
  if (random() % 5 == 0) event.lifecycle = "start";
  if (random() % 2 == 0) event.resource = name("r", random() % 3);
  if (random() % 4 == 0) event.attributes.push_back({"cost", std::to_string(random() % 9)});
  event.id = name("e", next_id_++);
  event.source = random() % 4 == 0 ? "other" : "weir:default";
  event.sequence = random() % 4;
  event.upload = upload_of(random, event.process);
  return event;
}

Event RandomRecords::event(std::mt19937_64& random, Time first) {
  std::uniform_real_distribution<double> chance{0, 1};
  const double draw = chance(random);
  if (sent_.empty() || draw >= options_.duplicates + options_.conflicts) {
    sent_.push_back(fresh_event(random, first));
    return sent_.back();
  }
  Event event = sent_[random() % sent_.size()];
  event.upload = upload_of(random, event.process);
  event.sequence = random() % 4;
  if (draw < options_.conflicts) event.activity += "'";
  return event;
}

Control RandomRecords::settings(std::mt19937_64& random, std::string process) const {
  runtime::ProcessSettings settings;
  if (random() % 2 == 0) settings.end_activities = {"a"};
  if (random() % 2 == 0) {
    settings.inactivity_micros = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(options_.span_micros));
  }
  constexpr std::int64_t day = 86'400'000'000;
  if (options_.span_micros >= day && random() % 2 == 0) {
    settings.retain_micros = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(options_.span_micros / 4));
  }
  return {process, std::nullopt, {log::Kind::settings, encode(runtime::SettingsChange{process, settings})}};
}

Control RandomRecords::control(std::mt19937_64& random) {
  std::string process = name("p", random() % options_.processes);
  const auto& uploads = uploads_[process];
  const std::uint64_t draw = random() % 4;
  if (draw == 0) {
    const std::string case_id = name("case", random() % options_.cases);
    const runtime::Erasure erasure{process, test_fingerprint(workspace_, process, case_id), case_id};
    return {process, case_id, {log::Kind::erase, encode(erasure)}};
  }
  if (draw == 3 || uploads.empty()) return settings(random, process);
  constexpr std::array kinds{log::Kind::upload_end, log::Kind::upload_abort, log::Kind::withdraw};
  const runtime::UploadMark mark{process, uploads[random() % uploads.size()]};
  return {process, std::nullopt, {kinds[random() % kinds.size()], encode(mark)}};
}

}  // namespace weir::support
