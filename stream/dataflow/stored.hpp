// The stored forms of what a shard keeps: cells, entries of traces, carries and summaries. Each begins with its version
// (here or in the value it is part of); golden tests hold the bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "state/format/codec.hpp"
#include "stream/dataflow/fold.hpp"
#include "stream/dataflow/views.hpp"

namespace weir::dataflow {

// Pages of views (cell.hpp), one form for each Paging. Errors: state_format.
std::string encode_cell(const Cell& cell);
Result<Cell> decode_cell(std::string_view bytes);
std::string encode_tallies(const Tallies& tallies);
Result<Tallies> decode_tallies(std::string_view bytes);
std::string encode_bucket(const std::vector<HashedCells::Member>& members);
Result<std::vector<HashedCells::Member>> decode_bucket(std::string_view bytes);

/// One cell of the page that it lies in (page_of); nothing: it is not there. Error: state_format.
Result<std::optional<Cell>> cell_in_page(const CellKey& key, const CellKey& page, std::string_view bytes);
/// Calls for every cell of a page; a tally comes as a cell with that count alone. Error: state_format.
Result<void> read_page(const CellKey& page, std::string_view bytes, const std::function<void(CellKey, Cell)>& visit);

void encode(format::Encoder& out, const Carry& carry);
Carry decode_carry(format::Decoder& in);
void encode(format::Encoder& out, const Summary& summary);
Summary decode_summary(format::Decoder& in);

/// Entries in trace order; times as differences to the entry before.
void encode(format::Encoder& out, const std::vector<Entry>& entries);
std::vector<Entry> decode_entries(format::Decoder& in);

// What other forms of entries are made of too (runtime/compact_entries.hpp).
/// Times, lifecycle and names. `previous`: when the entry before began; this one's from then on. `more`: flags of that
/// form, of these bits.
inline constexpr std::uint8_t head_flags_free = 0xf8;
void encode_head(format::Encoder& out, const Entry& entry, std::int64_t& previous, std::uint8_t more);
/// -> `more`.
std::uint8_t decode_head(format::Decoder& in, Entry& entry, std::int64_t& previous);
void encode_bringers(format::Encoder& out, const Bringers& bringers);
/// With the least of their sequences.
void decode_bringers(format::Decoder& in, Entry& entry);
/// As many as a number before them says.
std::vector<Entry> decode_each(format::Decoder& in,
                               const std::function<void(Entry&, std::int64_t& previous)>& decode_one);

}  // namespace weir::dataflow
