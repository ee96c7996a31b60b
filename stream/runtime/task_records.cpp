#include "stream/runtime/task_records.hpp"

#include "state/format/codec.hpp"
#include "state/format/keys.hpp"

namespace weir::runtime {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint8_t letter_version = 2;    // with a kind other than event
constexpr std::uint8_t progress_version = 2;  // with the last record

}  // namespace

std::string encode(const DeadLetter& letter) {
  std::string bytes;
  format::Encoder out{bytes};
  const bool is_plain = letter.kind == log::Kind::event;
  out.byte(is_plain ? version : letter_version);
  out.number(letter.offset);
  out.signed_number(to_micros(letter.appended));
  out.text(name_of(letter.code));
  out.text(letter.detail);
  out.text(letter.bytes);
  if (!is_plain) out.byte(static_cast<std::uint8_t>(letter.kind));
  return bytes;
}

Result<DeadLetter> decode_dead_letter(std::string_view bytes) {
  format::Decoder in{bytes};
  const std::uint8_t written = in.byte();
  if (written != 1 && written != letter_version) {
    return Error{Code::state_format, "a dead letter has an unknown version"};
  }
  DeadLetter letter;
  letter.offset = in.number();
  letter.appended = from_micros(in.signed_number());
  letter.code = code_named(in.text()).value_or(Code::internal);
  letter.detail = in.text();
  letter.bytes = in.text();
  if (written == letter_version) letter.kind = static_cast<log::Kind>(in.byte());
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a dead letter is damaged"};
  return letter;
}

std::string encode(const SentAgain& sent) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.number(sent.offset);
  out.signed_number(to_micros(sent.appended));
  return bytes;
}

Result<SentAgain> decode_sent_again(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) return Error{Code::state_format, "the mark of an erasure has an unknown version"};
  SentAgain sent;
  sent.offset = in.number();
  sent.appended = from_micros(in.signed_number());
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "the mark of an erasure is damaged"};
  return sent;
}

std::string encode(const StoredFate& fate) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(fate.withdrawn ? 'w' : 'e');
  if (fate.began) out.signed_number(*fate.began);
  return bytes;
}

Result<StoredFate> decode_fate(std::string_view bytes) {
  format::Decoder in{bytes};
  const std::uint8_t kind = in.byte();
  StoredFate fate{kind == 'w'};
  if (!in.at_end()) fate.began = in.signed_number();
  if ((kind != 'w' && kind != 'e') || !in.ok() || !in.at_end()) {
    return Error{Code::state_format, "the fate of an upload cannot be read"};
  }
  return fate;
}

std::string encode(const Progress& progress) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(progress.has_last ? progress_version : version);
  out.number(progress.next_offset);
  out.signed_number(progress.clock);
  out.number(progress.dead_letters);
  if (progress.has_last) {
    out.number(progress.last_offset);
    out.hash(progress.last_content);
  }
  return bytes;
}

Result<Progress> decode_progress(std::string_view bytes) {
  format::Decoder in{bytes};
  const std::uint8_t written = in.byte();
  if (written != 1 && written != progress_version) {
    return Error{Code::state_format, "the progress of a shard has an unknown version"};
  }
  Progress progress;
  progress.next_offset = in.number();
  progress.clock = in.signed_number();
  progress.dead_letters = in.number();
  progress.has_last = written == progress_version;
  if (progress.has_last) {
    progress.last_offset = in.number();
    progress.last_content = in.hash();
  }
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "the progress of a shard is damaged"};
  return progress;
}

Result<Progress> read_progress(const store::Reader& state, const std::string& workspace) {
  const auto stored = state.get(format::Scope{workspace}.progress());
  if (!stored) return stored.error();
  return *stored ? decode_progress(**stored) : Progress{};
}

std::string encode(const Sweep& sweep) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.text(sweep.process);
  out.number(sweep.offset);
  out.text(sweep.upload);
  out.byte(sweep.begun ? 1 : 0);
  out.text(sweep.cursor);
  return bytes;
}

Result<Sweep> decode_sweep(std::string_view bytes) {
  format::Decoder in{bytes};
  if (in.byte() != version) return Error{Code::state_format, "a sweep has an unknown version"};
  Sweep sweep;
  sweep.process = in.text();
  sweep.offset = in.number();
  sweep.upload = in.text();
  sweep.begun = in.byte() == 1;
  sweep.cursor = in.text();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "a sweep is damaged"};
  return sweep;
}

}  // namespace weir::runtime
