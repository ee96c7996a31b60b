#include "stream/dataflow/stored.hpp"

namespace weir::dataflow {
namespace {

using format::Decoder;
using format::Encoder;

constexpr std::uint8_t page_version = 1;
constexpr std::int64_t time_max = std::int64_t{1} << 58;   // µs: some 9,000 years to either side of 1970
constexpr std::uint64_t reserved_entries_max = 128;        // a count may be damaged
constexpr std::int64_t count_max = std::int64_t{1} << 53;  // of anything; sums of a few stay far from overflow

/// What the engine could not have written is refused here, so that nothing behind has to expect it.
std::int64_t within(Decoder& in, std::int64_t value, std::int64_t least, std::int64_t greatest) {
  if (value < least || value > greatest) in.refuse();
  return value;
}

std::int64_t decode_count(Decoder& in, std::int64_t least) { return within(in, in.signed_number(), least, count_max); }
std::int64_t decode_time(Decoder& in) { return within(in, in.signed_number(), -time_max, time_max); }

/// A list of `decode_one`, ascending by `order`.
template <class Item, class Decode, class Order>
std::vector<Item> decode_ascending(Decoder& in, std::size_t items_max, Decode decode_one, Order order) {
  const std::uint64_t size = in.number();
  if (size > items_max) in.refuse();
  std::vector<Item> items;
  for (std::uint64_t i = 0; i < size && in.ok(); ++i) {
    items.push_back(decode_one());
    if (i > 0 && !(order(items[i - 1]) < order(items[i]))) in.refuse();
  }
  if (!in.ok()) items.clear();  // what was refused is nothing to build upon
  return items;
}

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
  const auto decode_kept = [&] {
    const std::int64_t value = within(in, in.signed_number(), -LeastValues::no_limit, LeastValues::no_limit);
    return LeastValues::Kept{value, decode_count(in, 1)};
  };
  auto kept = decode_ascending<LeastValues::Kept>(in, LeastValues::kept_max, decode_kept,
                                                  [](const LeastValues::Kept& one) { return one.value; });
  const std::int64_t outside = decode_count(in, 0);
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
  const auto buckets = full->sketch.buckets();
  out.number(buckets.size());
  std::uint16_t previous = 0;
  for (const auto& bucket : buckets) {
    out.number(static_cast<std::uint64_t>(bucket.index - previous));
    out.signed_number(bucket.count);
    previous = bucket.index;
  }
  encode_extremes(out, full->extremes);
}

DurationStats decode_duration(Decoder& in) {
  DurationStats stats;
  if (in.byte() == 0) {
    const auto decode_few = [&] {
      const std::int64_t value = within(in, in.signed_number(), 0, LeastValues::no_limit);
      return DurationStats::Few{value, decode_count(in, 1)};
    };
    stats.restore(decode_ascending<DurationStats::Few>(in, DurationStats::few_max, decode_few,
                                                       [](const DurationStats::Few& one) { return one.value; }));
    return stats;
  }
  DurationStats::Full full;
  full.count = decode_count(in, 0);
  full.sum = static_cast<Int128>(in.wide());
  full.squares.low = in.wide();
  full.squares.high = in.signed_number();
  std::uint64_t index = 0;
  const auto decode_bucket = [&] {
    index += in.number();
    if (index >= Sketch::indexes) in.refuse();
    return Sketch::Bucket{static_cast<std::uint16_t>(index), decode_count(in, 1)};
  };
  full.sketch.restore(decode_ascending<Sketch::Bucket>(in, Sketch::indexes, decode_bucket,
                                                       [](const Sketch::Bucket& bucket) { return bucket.index; }));
  full.extremes = decode_extremes(in);
  stats.restore(std::move(full));
  return stats;
}

void encode_body(Encoder& out, const Cell& cell) {
  for (const std::int64_t count : cell.counts) out.signed_number(count);
  out.number(cell.durations.size());
  for (const DurationStats& stats : cell.durations) encode_duration(out, stats);
  out.number(cell.ranges.size());
  for (const Extremes& range : cell.ranges) encode_extremes(out, range);
  out.text(cell.note);
}

Cell decode_body(Decoder& in) {
  Cell cell;
  for (std::int64_t& count : cell.counts) count = decode_count(in, 0);
  cell.durations.resize(std::min<std::uint64_t>(in.number(), 16));
  for (DurationStats& stats : cell.durations) stats = decode_duration(in);
  cell.ranges.resize(std::min<std::uint64_t>(in.number(), 16));
  for (Extremes& range : cell.ranges) range = decode_extremes(in);
  cell.note = in.text();
  return cell;
}

/// What `read` makes of a page, all of it.
template <class Page, class Read>
Result<Page> decode_page(std::string_view bytes, Read read) {
  Decoder in{bytes};
  if (const std::uint8_t version = in.byte(); version != page_version) {
    return Error{Code::state_format, "a page of a view has version " + std::to_string(version) +
                                         ", this program reads " + std::to_string(page_version)};
  }
  Page page = read(in);
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a page of a view is damaged"};
  return page;
}

}  // namespace

std::string encode_cell(const Cell& cell) {
  std::string bytes;
  Encoder out{bytes};
  out.byte(page_version);
  encode_body(out, cell);
  return bytes;
}

Result<Cell> decode_cell(std::string_view bytes) { return decode_page<Cell>(bytes, decode_body); }

std::string encode_tallies(const Tallies& tallies) {
  std::string bytes;
  Encoder out{bytes};
  out.byte(page_version);
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    if (tallies[i] == 0) continue;
    out.byte(static_cast<std::uint8_t>(i));
    out.signed_number(tallies[i]);
  }
  return bytes;
}

Result<Tallies> decode_tallies(std::string_view bytes) {
  return decode_page<Tallies>(bytes, [](Decoder& in) {
    Tallies tallies{};
    for (std::size_t next = 0; in.ok() && !in.at_end();) {
      const std::uint8_t index = in.byte();
      if (index < next || index >= tallies.size()) {
        in.refuse();
        break;
      }
      tallies[index] = decode_count(in, 1);
      next = index + 1U;
    }
    return tallies;
  });
}

std::string encode_bucket(const std::vector<HashedCells::Member>& members) {
  std::string bytes;
  Encoder out{bytes};
  out.byte(page_version);
  out.number(members.size());
  for (const HashedCells::Member& member : members) {
    out.hash({member.a, member.b});
    encode_body(out, member.cell);
  }
  return bytes;
}

Result<std::vector<HashedCells::Member>> decode_bucket(std::string_view bytes) {
  using Member = HashedCells::Member;
  return decode_page<std::vector<Member>>(bytes, [](Decoder& in) {
    const auto decode_member = [&] {
      const Hash128 key = in.hash();
      return Member{key.high, key.low, decode_body(in)};
    };
    return decode_ascending<Member>(in, std::numeric_limits<std::size_t>::max(), decode_member,
                                    [](const Member& one) { return Hash128{one.a, one.b}; });
  });
}

Result<void> read_page(const CellKey& page, std::string_view bytes, const std::function<void(CellKey, Cell)>& visit) {
  if (paging_of(page.table) == Paging::single) {
    auto cell = decode_cell(bytes);
    if (!cell) return cell.error();
    visit(page, std::move(*cell));
    return {};
  }
  if (paging_of(page.table) == Paging::hashed) {
    auto members = decode_bucket(bytes);
    if (!members) return members.error();
    for (auto& member : *members) visit({page.table, member.a, member.b}, std::move(member.cell));
    return {};
  }
  const auto tallies = decode_tallies(bytes);
  if (!tallies) return tallies.error();
  for (std::size_t i = 0; i < tallies->size(); ++i) {
    if ((*tallies)[i] == 0) continue;
    Cell cell;
    cell.counts[0] = (*tallies)[i];
    visit({page.table, page.a, page.b * tallies_per_page + i}, std::move(cell));
  }
  return {};
}

Result<std::optional<Cell>> cell_in_page(const CellKey& key, const CellKey& page, std::string_view bytes) {
  std::optional<Cell> found;
  const auto read = read_page(page, bytes, [&](const CellKey& here, Cell cell) {
    if (here == key) found = std::move(cell);
  });
  if (!read) return read.error();
  return found;
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
  carry.previous_ended = decode_time(in);
  carry.enabled = decode_time(in);
  carry.covered_until = decode_time(in);
  const std::uint64_t running = in.number();
  for (std::uint64_t i = 0; i < running && in.ok(); ++i) carry.running.push_back(decode_time(in));
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
  summary.events = decode_count(in, 0);
  summary.first_began = decode_time(in);
  summary.last_ended = decode_time(in);
  summary.busy = within(in, in.signed_number(), 0, 2 * time_max);
  summary.overlaps = decode_count(in, 0);
  summary.self_loops = decode_count(in, 0);
  summary.first_activity = static_cast<NameId>(in.number());
  summary.last_activity = static_cast<NameId>(in.number());
  summary.variant.value = in.hash();
  summary.variant.length = in.number();
  return summary;
}

void encode_head(Encoder& out, const Entry& entry, std::int64_t& previous, std::uint8_t more) {
  out.signed_number(entry.began - previous);
  out.number(static_cast<std::uint64_t>(entry.ended - entry.began));
  previous = entry.began;
  out.byte(static_cast<std::uint8_t>(static_cast<unsigned>(entry.lifecycle) | (entry.has_start ? 4U : 0U) | more));
  out.number(entry.activity);
  out.number(entry.resource);
  out.number(entry.source);
}

std::uint8_t decode_head(Decoder& in, Entry& entry, std::int64_t& previous) {
  const std::int64_t later = within(in, in.signed_number(), -2 * time_max, 2 * time_max);
  const std::uint64_t lasts = in.number();
  if (lasts > static_cast<std::uint64_t>(2 * time_max)) in.refuse();
  if (!in.ok()) return 0;
  entry.began = previous = within(in, previous + later, -time_max, time_max);
  entry.ended = within(in, entry.began + static_cast<std::int64_t>(lasts), -time_max, time_max);
  const std::uint8_t flags = in.byte();
  if ((flags & 3) > static_cast<unsigned>(Lifecycle::other)) in.refuse();
  entry.lifecycle = static_cast<Lifecycle>(flags & 3);
  entry.has_start = (flags & 4) != 0;
  entry.activity = static_cast<NameId>(in.number());
  entry.resource = static_cast<NameId>(in.number());
  entry.source = static_cast<NameId>(in.number());
  return flags & head_flags_free;
}

void encode_bringers(Encoder& out, const Bringers& bringers) {
  out.number(bringers.size());
  for (const Bringer& bringer : bringers) {
    out.number(bringer.upload);
    out.number(bringer.sequence);
  }
}

void decode_bringers(Decoder& in, Entry& entry) {
  const std::uint64_t bringers = in.number();
  entry.sequence = ~std::uint64_t{0};
  for (std::uint64_t b = 0; b < bringers && in.ok(); ++b) {
    Bringer& bringer = entry.bringers.emplace_back();
    bringer.upload = static_cast<NameId>(in.number());
    bringer.sequence = in.number();
    entry.sequence = std::min(entry.sequence, bringer.sequence);
  }
}

std::vector<Entry> decode_each(Decoder& in, const std::function<void(Entry&, std::int64_t& previous)>& decode_one) {
  std::vector<Entry> entries;
  const std::uint64_t count = in.number();
  entries.reserve(std::min<std::uint64_t>(count, reserved_entries_max) + 1);  // an event is about to come
  std::int64_t previous = 0;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) decode_one(entries.emplace_back(), previous);
  return entries;
}

void encode(Encoder& out, const std::vector<Entry>& entries) {
  out.number(entries.size());
  std::int64_t previous = 0;
  for (const Entry& entry : entries) {
    encode_head(out, entry, previous, 0);
    out.hash(entry.identity);
    out.fixed64(entry.content);
    encode_bringers(out, entry.bringers);
    out.text(entry.detail);
  }
}

std::vector<Entry> decode_entries(Decoder& in) {
  return decode_each(in, [&](Entry& entry, std::int64_t& previous) {
    decode_head(in, entry, previous);
    entry.identity = in.hash();
    entry.content = in.fixed64();
    decode_bringers(in, entry);
    entry.detail = in.text();
  });
}

}  // namespace weir::dataflow
