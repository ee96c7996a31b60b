#include "stream/effects/outbox.hpp"

#include "state/format/codec.hpp"

namespace weir::effects {
namespace {

constexpr std::uint8_t version = 1;

}  // namespace

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::delivered:
      return "delivered";
    case Outcome::again:
      return "again";
    case Outcome::refused:
      return "refused";
    case Outcome::given_up:
      return "given_up";
  }
  return "";
}

std::string encode_progress(const Progress& progress) {
  std::string bytes;
  format::Encoder out(bytes);
  out.byte(version);
  out.number(progress.attempts);
  out.signed_number(to_micros(progress.since));
  out.signed_number(to_micros(progress.due));
  out.signed_number(progress.wait.count());
  return bytes;
}

Result<Progress> decode_progress(std::string_view bytes) {
  format::Decoder in(bytes);
  Progress progress;
  if (in.byte() != version) in.refuse();
  progress.attempts = static_cast<std::uint32_t>(in.number());
  progress.since = from_micros(in.signed_number());
  progress.due = from_micros(in.signed_number());
  progress.wait = Duration{in.signed_number()};
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "the progress of an effect cannot be read"};
  return progress;
}

std::string encode_record(const AttemptRecord& record) {
  std::string bytes;
  format::Encoder out(bytes);
  out.byte(version);
  out.number(record.number);
  out.signed_number(to_micros(record.began));
  out.signed_number(record.took.count());
  out.number(record.status);
  out.text(record.detail);
  out.text(record.answer);
  return bytes;
}

Result<AttemptRecord> decode_record(std::string_view bytes) {
  format::Decoder in(bytes);
  AttemptRecord record;
  if (in.byte() != version) in.refuse();
  record.number = static_cast<std::uint32_t>(in.number());
  record.began = from_micros(in.signed_number());
  record.took = Duration{in.signed_number()};
  record.status = static_cast<std::uint32_t>(in.number());
  record.detail = in.text();
  record.answer = in.text();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "an attempt's record cannot be read"};
  return record;
}

}  // namespace weir::effects
