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

std::string encode_cell(const Cell& cell);
/// Error: state_format.
Result<Cell> decode_cell(std::string_view bytes);

void encode(format::Encoder& out, const Carry& carry);
Carry decode_carry(format::Decoder& in);
void encode(format::Encoder& out, const Summary& summary);
Summary decode_summary(format::Decoder& in);

/// Entries in trace order; times as differences to the entry before.
void encode(format::Encoder& out, const std::vector<Entry>& entries);
std::vector<Entry> decode_entries(format::Decoder& in);

}  // namespace weir::dataflow
