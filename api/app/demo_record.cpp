#include "api/app/demo_record.hpp"

#include "state/format/codec.hpp"

namespace weir::app {
namespace {

constexpr std::uint8_t version = 1;

}  // namespace

std::string encode(const DemoRecord& record) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.text(record.file);
  out.number(record.file_bytes);
  out.number(record.seed);
  out.signed_number(to_micros(record.origin));
  out.number(record.speeds.size());
  for (const SpeedChange& change : record.speeds) {
    out.signed_number(to_micros(change.at));
    out.number(change.speed_percent);
  }
  out.number(record.posted);
  out.signed_number(record.played.count());
  return bytes;
}

Result<DemoRecord> decode_demo_record(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) return Error{Code::state_format, "the demo's record has an unknown version"};
  DemoRecord record;
  record.file = in.text();
  record.file_bytes = in.number();
  record.seed = in.number();
  record.origin = from_micros(in.signed_number());
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    const Time at = from_micros(in.signed_number());
    record.speeds.push_back({at, in.number()});
  }
  record.posted = in.number();
  record.played = Duration{in.signed_number()};
  if (!in.ok() || !in.at_end() || record.speeds.empty())
    return Error{Code::state_format, "the demo's record is damaged"};
  return record;
}

}  // namespace weir::app
