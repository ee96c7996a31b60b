#include "stream/asking/message.hpp"

#include "schemas/crypto/box.hpp"
#include "state/format/codec.hpp"

namespace weir::asking {
namespace {

constexpr std::uint8_t message_version = 1;

enum class Kind : std::uint8_t { keys, forwards, backwards };

Error damaged() { return {Code::state_format, "what another node sent makes no sense"}; }

Result<std::string> unlock(const crypto::Key& key, std::string_view bytes) {
  auto plain = crypto::unlock(key, bytes);
  if (!plain) return Error{Code::invalid_token, "it was not locked up with this cluster's key"};
  const std::uint8_t version = plain->empty() ? 0 : static_cast<std::uint8_t>(plain->front());
  if (version == message_version) return *std::move(plain);
  return Error{Code::state_format, "another node speaks version " + std::to_string(version)};
}

/// Nothing that follows takes less than a byte each.
std::size_t count_in(format::Decoder& in, std::size_t size) {
  const std::uint64_t count = in.number();
  if (count > size) in.refuse();
  return in.ok() ? count : 0;
}

void encode_wanted(format::Encoder& out, const Keys& keys) {
  out.byte(static_cast<std::uint8_t>(Kind::keys));
  out.number(keys.keys.size());
  for (const std::string& key : keys.keys) out.text(key);
}

void encode_wanted(format::Encoder& out, const Range& range) {
  out.byte(static_cast<std::uint8_t>(range.backwards ? Kind::backwards : Kind::forwards));
  out.text(range.from);
  out.text(range.to);
}

std::variant<Keys, Range> decode_wanted(format::Decoder& in, std::size_t size) {
  const auto kind = static_cast<Kind>(in.byte());
  if (kind == Kind::keys) {
    Keys keys;
    for (std::size_t left = count_in(in, size); left > 0 && in.ok(); --left) keys.keys.emplace_back(in.text());
    return keys;
  }
  if (kind != Kind::forwards && kind != Kind::backwards) in.refuse();
  Range range;
  range.from = in.text();
  range.to = in.text();
  range.backwards = kind == Kind::backwards;
  return range;
}

void decode_found(format::Decoder& in, std::size_t size, Answer& answer) {
  answer.pin = in.hash();
  answer.lag = in.number();
  answer.more = in.byte() != 0;
  for (std::size_t left = count_in(in, size); left > 0 && in.ok(); --left) {
    const bool is_there = in.byte() != 0;
    answer.values.push_back(is_there ? std::optional<std::string>{in.text()} : std::nullopt);
  }
  for (std::size_t left = count_in(in, size); left > 0 && in.ok(); --left) {
    std::string key{in.text()};
    answer.rows.emplace_back(std::move(key), in.text());
  }
}

void encode_found(format::Encoder& out, const Answer& answer) {
  out.hash(answer.pin);
  out.number(answer.lag);
  out.byte(answer.more ? 1 : 0);
  out.number(answer.values.size());
  for (const auto& value : answer.values) {
    out.byte(value ? 1 : 0);
    if (value) out.text(*value);
  }
  out.number(answer.rows.size());
  for (const auto& [key, value] : answer.rows) {
    out.text(key);
    out.text(value);
  }
}

}  // namespace

Locks::Locks(const crypto::Key& key)
    : questions_(crypto::hmac_sha256(key, "questions between nodes")),
      answers_(crypto::hmac_sha256(key, "answers between nodes")) {}

std::string Locks::lock_up(const Question& question) const {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(message_version);
  out.text(question.to);
  out.signed_number(to_micros(question.asked));
  out.hash(question.nonce);
  out.text(question.workspace);
  out.number(question.shard);
  out.byte(question.pin ? 1 : 0);
  if (question.pin) out.hash(*question.pin);
  out.number(question.includes);
  out.number(question.let_go.size());
  for (const Hash128& pin : question.let_go) out.hash(pin);
  std::visit([&](const auto& wanted) { encode_wanted(out, wanted); }, question.wanted);
  out.number(question.bytes_max);
  return crypto::lock_up(questions_, bytes);
}

Result<Question> Locks::unlock_question(std::string_view bytes) const {
  const auto plain = unlock(questions_, bytes);
  if (!plain) return plain.error();
  format::Decoder in{*plain};
  in.byte();
  Question question;
  question.to = in.text();
  question.asked = from_micros(in.signed_number());
  question.nonce = in.hash();
  question.workspace = in.text();
  question.shard = static_cast<std::uint32_t>(in.number());
  if (in.byte() != 0) question.pin = in.hash();
  question.includes = in.number();
  for (std::size_t left = count_in(in, plain->size()); left > 0 && in.ok(); --left) {
    question.let_go.push_back(in.hash());
  }
  question.wanted = decode_wanted(in, plain->size());
  question.bytes_max = in.number();
  if (!in.ok() || !in.at_end()) return damaged();
  return question;
}

std::string Locks::lock_up(const Answer& answer) const {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(message_version);
  out.hash(answer.nonce);
  out.byte(answer.refused ? 1 : 0);
  if (answer.refused) {
    out.text(name_of(answer.refused->code));
    out.text(answer.refused->detail);
  } else {
    encode_found(out, answer);
  }
  return crypto::lock_up(answers_, bytes);
}

Result<Answer> Locks::unlock_answer(std::string_view bytes) const {
  const auto plain = unlock(answers_, bytes);
  if (!plain) return plain.error();
  format::Decoder in{*plain};
  in.byte();
  Answer answer;
  answer.nonce = in.hash();
  if (in.byte() != 0) {
    const auto code = code_named(in.text());
    answer.refused = Error{code.value_or(Code::internal), std::string{in.text()}};
  } else {
    decode_found(in, plain->size(), answer);
  }
  if (!in.ok() || !in.at_end()) return damaged();
  return answer;
}

}  // namespace weir::asking
