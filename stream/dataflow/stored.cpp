#include "stream/dataflow/stored.hpp"

namespace weir::dataflow {
namespace {

using format::Decoder;
using format::Encoder;

constexpr std::uint8_t cell_version = 1;

void encode_least(Encoder& out, const LeastValues& values) {
  out.number(values.kept().size());
  for (const auto& kept : values.kept()) {
    out.signed_number(kept.value);
    out.signed_number(kept.count);
  }
  out.signed_number(values.outside());
  if (values.outside() != 0) out.signed_number(values.limit());
}

void decode_least(Decoder& in, LeastValues& values) {
  std::vector<LeastValues::Kept> kept(std::min<std::uint64_t>(in.number(), LeastValues::kept_max));
  for (auto& one : kept) {
    one.value = in.signed_number();
    one.count = in.signed_number();
  }
  const std::int64_t outside = in.signed_number();
  values.restore(std::move(kept), outside, outside != 0 ? in.signed_number() : LeastValues::no_limit);
}

void encode_extremes(Encoder& out, const Extremes& extremes) {
  encode_least(out, extremes.low());
  encode_least(out, extremes.high());
}

Extremes decode_extremes(Decoder& in) {
  Extremes extremes;
  decode_least(in, extremes.low());
  decode_least(in, extremes.high());
  return extremes;
}

void encode_duration(Encoder& out, const DurationStats& stats) {
  const DurationStats::Full* full = stats.full();
  out.byte(full != nullptr ? 1 : 0);
  if (full == nullptr) {
    out.number(stats.few().size());
    for (const DurationStats::Few& one : stats.few()) {
      out.signed_number(one.value);
      out.signed_number(one.count);
    }
    return;
  }
  out.signed_number(full->count);
  out.wide(static_cast<unsigned __int128>(full->sum));
  out.wide(full->squares.low);
  out.signed_number(full->squares.high);
  out.number(full->sketch.buckets().size());
  std::uint16_t previous = 0;
  for (const auto& bucket : full->sketch.buckets()) {
    out.number(static_cast<std::uint64_t>(bucket.index - previous));
    out.signed_number(bucket.count);
    previous = bucket.index;
  }
  encode_extremes(out, full->extremes);
}

DurationStats decode_duration(Decoder& in) {
  DurationStats stats;
  if (in.byte() == 0) {
    std::vector<DurationStats::Few> few(std::min<std::uint64_t>(in.number(), DurationStats::few_max));
    for (DurationStats::Few& one : few) {
      one.value = in.signed_number();
      one.count = in.signed_number();
    }
    stats.restore(std::move(few));
    return stats;
  }
  DurationStats::Full full;
  full.count = in.signed_number();
  full.sum = static_cast<Int128>(in.wide());
  full.squares.low = in.wide();
  full.squares.high = in.signed_number();
  std::vector<Sketch::Bucket> buckets(std::min<std::uint64_t>(in.number(), 1 << 13));
  std::uint64_t index = 0;
  for (auto& bucket : buckets) {
    index += in.number();
    bucket = {static_cast<std::uint16_t>(index), in.signed_number()};
  }
  full.sketch.restore(std::move(buckets));
  full.extremes = decode_extremes(in);
  stats.restore(std::move(full));
  return stats;
}

}  // namespace

std::string encode_cell(const Cell& cell) {
  std::string bytes;
  Encoder out{bytes};
  out.byte(cell_version);
  for (const std::int64_t count : cell.counts) out.signed_number(count);
  out.number(cell.durations.size());
  for (const DurationStats& stats : cell.durations) encode_duration(out, stats);
  out.number(cell.ranges.size());
  for (const Extremes& range : cell.ranges) encode_extremes(out, range);
  out.text(cell.note);
  return bytes;
}

Result<Cell> decode_cell(std::string_view bytes) {
  Decoder in{bytes};
  if (const std::uint8_t version = in.byte(); version != cell_version) {
    return Error{Code::state_format, "a view cell has version " + std::to_string(version) + ", this program reads 1"};
  }
  Cell cell;
  for (std::int64_t& count : cell.counts) count = in.signed_number();
  cell.durations.resize(std::min<std::uint64_t>(in.number(), 16));
  for (DurationStats& stats : cell.durations) stats = decode_duration(in);
  cell.ranges.resize(std::min<std::uint64_t>(in.number(), 16));
  for (Extremes& range : cell.ranges) range = decode_extremes(in);
  cell.note = in.text();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a view cell is damaged"};
  return cell;
}

void encode(Encoder& out, const Carry& carry) {
  out.byte(carry.first ? 1 : 0);
  if (carry.first) return;
  out.number(carry.activity);
  out.number(carry.resource);
  out.signed_number(carry.previous_ended);
  out.signed_number(carry.enabled);
  out.signed_number(carry.covered_until);
  out.number(carry.running.size());
  for (const std::int64_t end : carry.running) out.signed_number(end);
}

Carry decode_carry(Decoder& in) {
  Carry carry;
  carry.first = in.byte() == 1;
  if (carry.first) return carry;
  carry.activity = static_cast<NameId>(in.number());
  carry.resource = static_cast<NameId>(in.number());
  carry.previous_ended = in.signed_number();
  carry.enabled = in.signed_number();
  carry.covered_until = in.signed_number();
  const std::uint64_t running = in.number();
  for (std::uint64_t i = 0; i < running && in.ok(); ++i) carry.running.push_back(in.signed_number());
  return carry;
}

void encode(Encoder& out, const Summary& summary) {
  out.signed_number(summary.events);
  out.signed_number(summary.first_began);
  out.signed_number(summary.last_ended);
  out.signed_number(summary.busy);
  out.signed_number(summary.overlaps);
  out.signed_number(summary.self_loops);
  out.number(summary.first_activity);
  out.number(summary.last_activity);
  out.hash(summary.variant.value);
  out.number(summary.variant.length);
}

Summary decode_summary(Decoder& in) {
  Summary summary;
  summary.events = in.signed_number();
  summary.first_began = in.signed_number();
  summary.last_ended = in.signed_number();
  summary.busy = in.signed_number();
  summary.overlaps = in.signed_number();
  summary.self_loops = in.signed_number();
  summary.first_activity = static_cast<NameId>(in.number());
  summary.last_activity = static_cast<NameId>(in.number());
  summary.variant.value = in.hash();
  summary.variant.length = in.number();
  return summary;
}

void encode(Encoder& out, const std::vector<Entry>& entries) {
  out.number(entries.size());
  std::int64_t previous = 0;
  for (const Entry& entry : entries) {
    out.signed_number(entry.began - previous);
    out.number(static_cast<std::uint64_t>(entry.ended - entry.began));
    previous = entry.began;
    out.byte(static_cast<std::uint8_t>(static_cast<unsigned>(entry.lifecycle) | (entry.has_start ? 4U : 0U)));
    out.number(entry.activity);
    out.number(entry.resource);
    out.number(entry.source);
    out.hash(entry.identity);
    out.fixed64(entry.content);
    out.number(entry.bringers.size());
    for (const Bringer& bringer : entry.bringers) {
      out.number(bringer.upload);
      out.number(bringer.sequence);
    }
    out.text(entry.detail);
  }
}

std::vector<Entry> decode_entries(Decoder& in) {
  std::vector<Entry> entries;
  const std::uint64_t count = in.number();
  std::int64_t previous = 0;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Entry& entry = entries.emplace_back();
    entry.began = previous + in.signed_number();
    entry.ended = entry.began + static_cast<std::int64_t>(in.number());
    previous = entry.began;
    const std::uint8_t flags = in.byte();
    entry.lifecycle = static_cast<Lifecycle>(flags & 3);
    entry.has_start = (flags & 4) != 0;
    entry.activity = static_cast<NameId>(in.number());
    entry.resource = static_cast<NameId>(in.number());
    entry.source = static_cast<NameId>(in.number());
    entry.identity = in.hash();
    entry.content = in.fixed64();
    const std::uint64_t bringers = in.number();
    entry.sequence = ~std::uint64_t{0};
    for (std::uint64_t b = 0; b < bringers && in.ok(); ++b) {
      Bringer& bringer = entry.bringers.emplace_back();
      bringer.upload = static_cast<NameId>(in.number());
      bringer.sequence = in.number();
      entry.sequence = std::min(entry.sequence, bringer.sequence);
    }
    entry.detail = in.text();
  }
  return entries;
}

}  // namespace weir::dataflow
