// What lies in a shard's store, damaged: an error or a value that can be stored again and read as the same.
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/check.hpp"
#include "state/memory/memory_store.hpp"
#include "stream/dataflow/stored.hpp"
#include "stream/operators/variants.hpp"
#include "stream/runtime/process_state.hpp"
#include "stream/runtime/task_records.hpp"

namespace {

using namespace weir;

/// `decode` reads, `encode` writes: a value once read is written and read as itself.
template <class Decode, class Encode>
void check_value(std::string_view bytes, Decode decode, Encode encode) {
  const auto read = decode(bytes);
  if (!read) return;
  const std::string written = encode(*read);
  const auto again = decode(written);
  WEIR_CHECK(again.ok() && encode(*again) == written, "what was read can be written and read again");
}

template <class Record, class Decode>
void check_record(std::string_view bytes, Decode decode) {
  check_value(bytes, decode, [](const Record& record) { return runtime::encode(record); });
}

void check_cell(std::string_view bytes) {
  check_value(bytes, dataflow::decode_cell, dataflow::encode_cell);
  const auto cell = dataflow::decode_cell(bytes);
  if (!cell) return;
  dataflow::Cell merged = *cell;
  merged.merge(*cell);
  for (const auto& duration : merged.durations) {
    duration.stdev_micros();
    duration.quantile(990);
  }
  operators::decode_variant_note(cell->note);
}

void check_entries(std::string_view bytes) {
  format::Decoder in{bytes};
  const auto entries = dataflow::decode_entries(in);
  if (!in.ok()) return;
  for (const auto& entry : entries) dataflow::unpack_detail(entry.detail);
  std::string written;
  format::Encoder out{written};
  dataflow::encode(out, entries);
  format::Decoder again{written};
  WEIR_CHECK(dataflow::decode_entries(again).size() == entries.size() && again.ok(), "entries can be stored again");
}

/// A case of a process with three names, in a store that has none of its pieces.
void check_case(std::string_view bytes) {
  dataflow::Names names;
  for (const char* name : {"a", "b", "c"}) names.count(names.intern(name), 1'000'000'000);
  const memory::MemoryStore store;
  const format::Scope scope{"w"};
  const std::string process = "p", case_id = "c";
  const runtime::CaseHome home{store, scope, process, case_id};
  auto state = runtime::CaseState::decode(bytes, home, names);
  const auto listed = runtime::CaseState::read(bytes, home, names);
  if (!state) return;
  WEIR_CHECK(state->events() > 0 && state->facts(), "a stored case has events, and the views hold them");
  dataflow::Entry entry;
  entry.activity = names.find("a");
  entry.bringers = {{dataflow::no_name, 0}};
  if (!state->insert(entry, home, names)) return;
  const auto withdrawn = state->withdraw(names.find("b"), home, names);
  WEIR_CHECK(withdrawn.ok() || !listed.ok(), "a case that can be listed can be changed");
}

}  // namespace

/// The first byte chooses the decoder, the rest is the value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  using namespace weir::runtime;
  switch (data[0]) {
    case 'c':
      check_cell(bytes);
      break;
    case 'e':
      check_entries(bytes);
      break;
    case 'k':
      check_case(bytes);
      break;
    case 't':
      check_record<Tick>(bytes, decode_tick);
      break;
    case 'u':
      check_record<UploadMark>(bytes, decode_upload_mark);
      break;
    case 'x':
      check_record<Erasure>(bytes, decode_erasure);
      break;
    case 's':
      check_record<SettingsChange>(bytes, decode_settings_change);
      break;
    case 'r':
      check_record<Replay>(bytes, decode_replay);
      break;
    case 'd':
      check_record<DeadLetter>(bytes, decode_dead_letter);
      break;
    case 'o':
      check_record<Progress>(bytes, decode_progress);
      break;
    case 'w':
      check_record<Sweep>(bytes, decode_sweep);
      break;
    case 'p':
      check_record<ProcessRecord>(bytes, decode_process_record);
      break;
    default:
      break;
  }
  return 0;
}
