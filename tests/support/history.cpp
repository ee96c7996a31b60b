#include "tests/support/history.hpp"

#include <algorithm>

#include "schemas/base/check.hpp"
#include "schemas/codec/event_json.hpp"
#include "stream/ingest/identity.hpp"

namespace weir::support {
namespace {

constexpr std::int64_t epoch = 1'700'000'000'000'000;

using Identity = std::tuple<std::string, std::string, std::string>;  // case, source, id

/// An accepted event and everybody who brought it.
struct Accepted {
  Event event;
  std::map<std::string, std::uint64_t> bringers;  // upload ("" for producers) -> sequence
};

std::uint64_t least(const std::map<std::string, std::uint64_t>& bringers) {
  std::uint64_t sequence = ~std::uint64_t{0};
  for (const auto& [upload, one] : bringers) sequence = std::min(sequence, one);
  return sequence;
}

auto order(const Event& event) {
  return std::make_tuple(event.began(), event.timestamp, event.sequence, event.lifecycle == "start" ? 0 : 1,
                         event.source, event.id);
}

}  // namespace

Hash128 test_fingerprint(std::string_view workspace, std::string_view process, std::string_view case_id) {
  return hash128(std::string{workspace} + '|' + std::string{process} + '|' + std::string{case_id});
}

History::History(std::uint64_t seed, const HistoryOptions& options) : random_(seed), options_(options) {
  std::uniform_real_distribution<double> chance{0, 1};
  while (records_.size() < options_.records) {
    if (chance(random_) < options_.controls) {
      records_.push_back(random_control());
      continue;
    }
    Event event = random_event();
    const double draw = chance(random_);
    if (!sent_.empty() && draw < options_.duplicates + options_.conflicts) {
      const std::string upload = event.upload;
      event = sent_[random_() % sent_.size()];
      event.upload = upload;
      event.sequence = random_() % 4;
      if (draw < options_.conflicts) event.activity += "'";
    } else {
      sent_.push_back(event);
    }
    std::string bytes;
    encode_event(event, bytes);
    records_.push_back({log::Kind::event, std::move(bytes)});
  }
}

Event History::random_event() {
  Event event;
  event.process = "p";
  event.case_id = "case" + std::to_string(random_() % options_.cases);
  event.activity = std::string(1, static_cast<char>('a' + random_() % options_.activities));
  const auto span = static_cast<std::uint64_t>(options_.span_micros);
  event.timestamp = from_micros(epoch + static_cast<std::int64_t>(random_() % span));
  if (random_() % 3 == 0) {
    event.start = event.timestamp - Duration{static_cast<std::int64_t>(random_() % (span / 4 + 1))};
  }
  if (random_() % 5 == 0) event.lifecycle = "start";
  if (random_() % 2 == 0) event.resource = "r" + std::to_string(random_() % 3);
  if (random_() % 4 == 0) event.attributes.push_back({"cost", std::to_string(random_() % 9)});
  event.id = "e" + std::to_string(next_id_++);
  event.source = random_() % 4 == 0 ? "other" : "weir:default";
  event.sequence = random_() % 4;
  if (random_() % 3 == 0) {
    if (uploads_.empty() || random_() % 20 == 0) uploads_.push_back("u" + std::to_string(uploads_.size()));
    event.upload = uploads_[random_() % uploads_.size()];
  }
  return event;
}

log::Record History::random_control() {
  switch (random_() % 4) {
    case 0: {
      const std::string case_id = "case" + std::to_string(random_() % options_.cases);
      return {log::Kind::erase, encode(runtime::Erasure{"p", test_fingerprint("w", "p", case_id), case_id})};
    }
    case 1:
      if (!uploads_.empty()) {
        const auto kind = random_() % 2 == 0 ? log::Kind::withdraw : log::Kind::upload_abort;
        return {kind, encode(runtime::UploadMark{"p", uploads_[random_() % uploads_.size()]})};
      }
      [[fallthrough]];
    case 2: {
      clock_ = std::max(clock_, epoch) + static_cast<std::int64_t>(random_() % 300);
      return {log::Kind::tick, encode(runtime::Tick{clock_})};
    }
    default: {
      runtime::ProcessSettings settings;
      if (random_() % 2 == 0) settings.end_activities = {"a"};
      if (random_() % 2 == 0) settings.inactivity_micros = static_cast<std::int64_t>(random_() % 200);
      return {log::Kind::settings, encode(runtime::SettingsChange{"p", settings})};
    }
  }
}

History::Outcome History::outcome(std::size_t count) const {
  Outcome outcome;
  std::map<Identity, Accepted> accepted;
  std::set<std::string> withdrawn, erased;
  for (std::size_t i = 0; i < count; ++i) {
    const log::Record& record = records_[i];
    switch (record.kind) {
      case log::Kind::event: {
        Event event = *decode_stored_event(record.value, from_micros(epoch));
        if (withdrawn.contains(event.upload) || erased.contains(event.case_id)) break;
        const auto [known, fresh] = accepted.try_emplace({event.case_id, event.source, event.id}, Accepted{event, {}});
        if (!fresh && ingest::content_hash(known->second.event) != ingest::content_hash(event)) break;
        const auto [bringer, first] = known->second.bringers.try_emplace(event.upload, event.sequence);
        bringer->second = std::min(bringer->second, event.sequence);
        break;
      }
      case log::Kind::withdraw:
      case log::Kind::upload_abort: {
        const std::string upload = runtime::decode_upload_mark(record.value)->upload;
        withdrawn.insert(upload);
        for (auto& [identity, one] : accepted) one.bringers.erase(upload);
        std::erase_if(accepted, [](const auto& one) { return one.second.bringers.empty(); });
        break;
      }
      case log::Kind::erase: {
        const std::string case_id = runtime::decode_erasure(record.value)->case_id;
        erased.insert(case_id);
        std::erase_if(accepted, [&](const auto& one) { return std::get<0>(one.first) == case_id; });
        break;
      }
      case log::Kind::settings:
        outcome.settings = runtime::decode_settings_change(record.value)->settings;
        break;
      case log::Kind::tick:
        outcome.clock = std::max(outcome.clock, runtime::decode_tick(record.value)->time);
        break;
      default:
        WEIR_CHECK(false, "a history has no such record");
    }
  }
  for (auto& [identity, one] : accepted) {
    one.event.sequence = least(one.bringers);
    outcome.cases[one.event.case_id].push_back(one.event);
  }
  for (auto& [case_id, events] : outcome.cases) {
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return order(a) < order(b); });
  }
  return outcome;
}

}  // namespace weir::support
