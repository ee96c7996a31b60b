#include "stream/runtime/process_record.hpp"

#include "state/format/codec.hpp"

namespace weir::runtime {

using namespace dataflow;

namespace {

constexpr std::uint8_t process_version = 1;
constexpr std::uint8_t process_version_with_clocks = 2;   // where some case has had SLA clocks
constexpr std::uint8_t process_version_with_archive = 3;  // where some case is archived
constexpr std::uint8_t name_version = 1;
constexpr std::uint64_t variant_buckets_max = std::uint64_t{1} << 32;

}  // namespace

std::string encode(const ProcessRecord& record) {
  std::string bytes;
  format::Encoder out{bytes};
  if (record.archived > 0) {
    out.byte(process_version_with_archive);
    out.byte(record.clocked ? 1 : 0);
  } else {
    out.byte(record.clocked ? process_version_with_clocks : process_version);
  }
  out.text(encode(record.settings));
  out.number(record.counters.accepted);
  out.number(record.counters.duplicates);
  out.number(record.counters.refused);
  out.number(record.counters.erasures);
  out.number(record.counters.withdrawn);
  out.byte(record.exhausted ? 1 : 0);
  out.number(record.variants.cells);
  out.number(record.variants.buckets);
  if (record.archived > 0) out.number(record.archived);
  return bytes;
}

Result<ProcessRecord> decode_process_record(std::string_view bytes) {
  format::Decoder in{bytes};
  const std::uint8_t written = in.byte();
  if (written < process_version || written > process_version_with_archive) {
    return Error{Code::state_format, "a process record has an unknown version"};
  }
  ProcessRecord record;
  const bool has_archive = written == process_version_with_archive;
  record.clocked = has_archive ? in.byte() == 1 : written == process_version_with_clocks;
  auto settings = decode_settings(in.text());
  if (!settings) return settings.error();
  record.settings = std::move(*settings);
  record.counters.accepted = in.number();
  record.counters.duplicates = in.number();
  record.counters.refused = in.number();
  record.counters.erasures = in.number();
  record.counters.withdrawn = in.number();
  record.exhausted = in.byte() == 1;
  record.variants.cells = in.number();
  record.variants.buckets = in.number();
  if (has_archive) record.archived = in.number();
  const std::uint64_t buckets = record.variants.buckets;
  if (!in.ok() || !in.at_end() || buckets == 0 || buckets > variant_buckets_max)
    return Error{Code::state_format, "a process record is damaged"};
  return record;
}

std::string encode(const StoredName& name) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(name_version);
  out.number(name.uses);
  out.text(name.text);
  return bytes;
}

Result<StoredName> decode_name(std::string_view bytes) {
  format::Decoder in{bytes};
  const bool known = in.byte() == name_version;
  StoredName name;
  name.uses = in.number();
  name.text = in.text();
  if (!known || !in.ok() || !in.at_end()) return Error{Code::state_format, "a name is damaged"};
  return name;
}

Result<void> read_names(const store::Reader& store, const format::Scope& scope, std::string_view process,
                        Names& names) {
  const std::string prefix = scope.names(process);
  bool sound = true;
  const auto scanned =
      store.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view value) {
        auto name = decode_name(value);
        const std::string_view number = format::behind(key, prefix);
        sound = name && number.size() == sizeof(NameId) &&
                names.put_back(format::read_big_endian(number), std::move(name->text),
                               static_cast<std::int64_t>(name->uses));
        return sound;
      });
  if (!scanned) return scanned;
  if (!sound) return Error{Code::state_format, "a name is damaged"};
  return {};
}

}  // namespace weir::runtime
