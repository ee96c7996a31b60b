#include "stream/operators/variants.hpp"

#include <algorithm>

#include "state/format/codec.hpp"

namespace weir::operators {

using namespace dataflow;

namespace {

std::string encode_note(const VariantNote& note) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(note.listed ? 1 : 0);
  for (const NameId activity : note.activities) out.number(activity);
  for (const std::string& member : note.members) out.text(member);
  return bytes;
}

bool is_long(const CaseFacts& facts) {
  return facts.summary.events > static_cast<std::int64_t>(VariantNote::listed_max);
}

CellKey key_of(const CaseFacts& facts) {
  const Hash128 id = facts.summary.variant.id();
  return {Table::variants, id.high, id.low};
}

void change_member(Cell& cell, std::string_view case_id, bool joins) {
  VariantNote note = cell.note.empty() ? VariantNote{false, {}, {}} : decode_variant_note(cell.note);
  const auto at = std::lower_bound(note.members.begin(), note.members.end(), case_id);
  if (joins) {
    note.members.emplace(at, case_id);
  } else {
    note.members.erase(at);
  }
  cell.note = encode_note(note);
}

void join(const CaseChange& change, Views& views) {
  const CaseFacts& facts = *change.after;
  Cell& cell = views.change(key_of(facts));
  ++cell.counts[VariantCell::cases];
  cell.duration(VariantCell::cycle).add(facts.cycle(), +1);
  if (is_long(facts)) {
    change_member(cell, change.case_id, true);
  } else if (cell.note.empty()) {
    cell.note = encode_note({true, change.activities_after(), {}});
  }
}

void leave(const CaseChange& change, Views& views) {
  const CaseFacts& facts = *change.before;
  Cell& cell = views.change(key_of(facts));
  --cell.counts[VariantCell::cases];
  cell.duration(VariantCell::cycle).add(facts.cycle(), -1);
  if (is_long(facts)) change_member(cell, change.case_id, false);
}

bool same(const CaseFacts& a, const CaseFacts& b) {
  return a.summary.variant == b.summary.variant && a.cycle() == b.cycle();
}

}  // namespace

VariantNote decode_variant_note(std::string_view bytes) {
  format::Decoder in{bytes};
  VariantNote note;
  note.listed = in.byte() == 1;
  while (in.ok() && !in.at_end()) {
    if (note.listed) {
      note.activities.push_back(static_cast<NameId>(in.number()));
    } else {
      note.members.emplace_back(in.text());
    }
  }
  return note;
}

void Variants::apply(const CaseChange& change, Views& views) const {
  if (change.before && change.after && same(*change.before, *change.after)) return;
  if (change.before) leave(change, views);
  if (change.after) join(change, views);
}

bool Variants::relabel(const Relabel& names, CellKey& key, Cell& cell) const {
  if (key.table != Table::variants) return false;
  VariantNote note = decode_variant_note(cell.note);
  for (NameId& activity : note.activities) activity = names(activity);
  cell.note = encode_note(note);
  return true;
}

}  // namespace weir::operators
