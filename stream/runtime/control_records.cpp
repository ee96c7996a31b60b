#include "stream/runtime/control_records.hpp"

#include "state/format/codec.hpp"

namespace weir::runtime {
namespace {

using format::Decoder;
using format::Encoder;

constexpr std::uint8_t version = 1;

/// Writes the version, then what `fields` writes.
template <class Fields>
std::string write(Fields fields) {
  std::string bytes;
  Encoder out{bytes};
  out.byte(version);
  fields(out);
  return bytes;
}

/// Checks the version, lets `fields` read, and checks that nothing was missing or left over.
template <class Record, class Fields>
Result<Record> read(std::string_view bytes, Fields fields) {
  Decoder in{bytes};
  if (in.byte() != version) return Error{Code::state_format, "a control record has an unknown version"};
  Record record;
  fields(in, record);
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a control record is damaged"};
  return record;
}

}  // namespace

std::string encode(const Tick& tick) {
  return write([&](Encoder& out) { out.signed_number(tick.time); });
}

std::string encode(const UploadMark& mark) {
  return write([&](Encoder& out) {
    out.text(mark.process);
    out.text(mark.upload);
  });
}

std::string encode(const Erasure& erasure) {
  return write([&](Encoder& out) {
    out.text(erasure.process);
    out.hash(erasure.fingerprint);
    out.text(erasure.case_id);
  });
}

std::string encode(const SettingsChange& change) {
  return write([&](Encoder& out) {
    out.text(change.process);
    out.text(encode(change.settings));
  });
}

std::string encode(const Replay& replay) {
  return write([&](Encoder& out) { out.number(replay.offset); });
}

std::string encode(const ProcessSettings& settings) {
  return write([&](Encoder& out) {
    out.number(settings.end_activities.size());
    for (const std::string& activity : settings.end_activities) out.text(activity);
    out.byte(settings.inactivity_micros ? 1 : 0);
    out.signed_number(settings.inactivity_micros.value_or(0));
    out.text(settings.zone);
  });
}

Result<Tick> decode_tick(std::string_view bytes) {
  return read<Tick>(bytes, [](Decoder& in, Tick& tick) { tick.time = in.signed_number(); });
}

Result<UploadMark> decode_upload_mark(std::string_view bytes) {
  return read<UploadMark>(bytes, [](Decoder& in, UploadMark& mark) {
    mark.process = in.text();
    mark.upload = in.text();
  });
}

Result<Erasure> decode_erasure(std::string_view bytes) {
  return read<Erasure>(bytes, [](Decoder& in, Erasure& erasure) {
    erasure.process = in.text();
    erasure.fingerprint = in.hash();
    erasure.case_id = in.text();
  });
}

Result<SettingsChange> decode_settings_change(std::string_view bytes) {
  Result<ProcessSettings> settings{ProcessSettings{}};
  auto change = read<SettingsChange>(bytes, [&](Decoder& in, SettingsChange& record) {
    record.process = in.text();
    settings = decode_settings(in.text());
  });
  if (!change) return change;
  if (!settings) return settings.error();
  change->settings = std::move(*settings);
  return change;
}

Result<Replay> decode_replay(std::string_view bytes) {
  return read<Replay>(bytes, [](Decoder& in, Replay& replay) { replay.offset = in.number(); });
}

Result<ProcessSettings> decode_settings(std::string_view bytes) {
  return read<ProcessSettings>(bytes, [](Decoder& in, ProcessSettings& settings) {
    const std::uint64_t count = in.number();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) settings.end_activities.emplace_back(in.text());
    const bool inactivity = in.byte() == 1;
    const std::int64_t micros = in.signed_number();
    if (inactivity) settings.inactivity_micros = micros;
    settings.zone = in.text();
  });
}

}  // namespace weir::runtime
