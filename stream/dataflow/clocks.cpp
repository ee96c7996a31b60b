#include "stream/dataflow/clocks.hpp"

#include "schemas/base/hash.hpp"

namespace weir::dataflow {

std::string note_of(const Promised& promised) {
  std::string note;
  format::Encoder out{note};
  out.text(promised.policy);
  out.text(promised.metric);
  out.text(promised.target);
  return note;
}

Result<Promised> promised_of(std::string_view note) {
  format::Decoder in{note};
  Promised promised;
  promised.policy = in.text();
  promised.metric = in.text();
  promised.target = in.text();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "what a clock's cell counts is damaged"};
  return promised;
}

ClockTally tally_of(const Promised& promised) {
  ClockTally tally;
  tally.measure = hash128(promised.measure()).low;
  tally.target = hash128(promised.target).low;
  tally.note = note_of(promised);
  return tally;
}

}  // namespace weir::dataflow
