#include "stream/runtime/control_records.hpp"

#include "state/format/codec.hpp"

namespace weir::runtime {
namespace {

using format::Decoder;
using format::Encoder;

constexpr std::uint8_t version = 1;
constexpr std::uint8_t version_with_retention = 2;  // of settings alone, where they declare it
constexpr std::uint8_t version_with_archive = 3;    // the same, where it is archived then
constexpr std::uint8_t version_with_begin = 2;      // of uploads alone

/// Writes the version, then what `fields` writes.
template <class Fields>
std::string write(Fields fields, std::uint8_t as = version) {
  std::string bytes;
  Encoder out{bytes};
  out.byte(as);
  fields(out);
  return bytes;
}

bool is_known(std::uint8_t written) { return written == version; }
bool is_known_of_settings(std::uint8_t written) { return written >= version && written <= version_with_archive; }
bool is_known_of_uploads(std::uint8_t written) { return written == version || written == version_with_begin; }

/// Checks the version, lets `fields` read, and checks that nothing was missing or left over.
template <class Record, class Fields>
Result<Record> read(std::string_view bytes, Fields fields, bool (*known)(std::uint8_t) = is_known) {
  Decoder in{bytes};
  if (const std::uint8_t written = in.byte(); !known(written)) {
    return Error{Code::state_format,
                 "a control record is of version " + std::to_string(written) + ", which this one does not know"};
  }
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
  const auto fields = [&](Encoder& out) {
    out.text(mark.process);
    out.text(mark.upload);
    if (mark.began) out.signed_number(*mark.began);
  };
  return write(fields, mark.began ? version_with_begin : version);
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

/// As version 1 where that says it all: then earlier versions can read it too.
std::string encode(const ProcessSettings& settings) {
  const auto fields = [&](Encoder& out) {
    out.number(settings.end_activities.size());
    for (const std::string& activity : settings.end_activities) out.text(activity);
    out.byte(settings.inactivity_micros ? 1 : 0);
    out.signed_number(settings.inactivity_micros.value_or(0));
    out.text(settings.zone);
    if (settings.retain_micros) out.signed_number(*settings.retain_micros);
  };
  if (!settings.retain_micros) return write(fields, version);
  return write(fields, settings.archives ? version_with_archive : version_with_retention);
}

Result<Tick> decode_tick(std::string_view bytes) {
  return read<Tick>(bytes, [](Decoder& in, Tick& tick) { tick.time = in.signed_number(); });
}

Result<UploadMark> decode_upload_mark(std::string_view bytes) {
  const auto fields = [&](Decoder& in, UploadMark& mark) {
    mark.process = in.text();
    mark.upload = in.text();
    if (bytes.front() == version_with_begin) mark.began = in.signed_number();
  };
  return read<UploadMark>(bytes, fields, is_known_of_uploads);
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
  const auto fields = [&](Decoder& in, ProcessSettings& settings) {
    const std::uint64_t count = in.number();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) settings.end_activities.emplace_back(in.text());
    const bool inactivity = in.byte() == 1;
    const std::int64_t micros = in.signed_number();
    if (inactivity) settings.inactivity_micros = micros;
    settings.zone = in.text();
    if (bytes.front() >= version_with_retention) settings.retain_micros = in.signed_number();
    settings.archives = bytes.front() == version_with_archive;
  };
  return read<ProcessSettings>(bytes, fields, is_known_of_settings);
}

}  // namespace weir::runtime
