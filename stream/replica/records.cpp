#include "stream/replica/records.hpp"

#include "state/format/codec.hpp"
#include "state/format/keys.hpp"

namespace weir::replica {
namespace {

constexpr std::size_t generation_bytes = 8;

std::string key_of(RecordKind kind, std::uint64_t generation, std::string_view rest = {}) {
  std::string key;
  key.reserve(1 + generation_bytes + rest.size());
  key.push_back(static_cast<char>(kind));
  format::append_big_endian(key, generation);
  return key.append(rest);
}

Error other_version(std::uint8_t version) { return {Code::state_format, "views of format " + std::to_string(version)}; }

}  // namespace

std::string claim_key(std::string_view address) { return static_cast<char>(RecordKind::claim) + std::string{address}; }
std::string row_key(std::uint64_t generation, std::string_view row) { return key_of(RecordKind::row, generation, row); }
std::string mark_key(std::uint64_t generation) { return key_of(RecordKind::mark, generation); }
std::string head_key(std::uint64_t generation) { return key_of(RecordKind::head, generation); }

std::optional<RecordKey> parse_key(std::string_view key) {
  if (key.empty()) return std::nullopt;
  const auto kind = static_cast<RecordKind>(key.front());
  key.remove_prefix(1);
  if (kind == RecordKind::claim) return RecordKey{kind, 0, key};
  const bool is_row = kind == RecordKind::row;
  if (!is_row && kind != RecordKind::mark && kind != RecordKind::head) return std::nullopt;
  if (key.size() < generation_bytes || is_row != (key.size() > generation_bytes)) return std::nullopt;
  const std::uint64_t generation = format::read_big_endian(key.substr(0, generation_bytes));
  if (generation == 0) return std::nullopt;
  return RecordKey{kind, generation, key.substr(generation_bytes)};
}

std::string encode_claim() { return {static_cast<char>(views_format)}; }

std::string encode(const Mark& mark) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(views_format);
  out.number(mark.batch);
  out.number(mark.rows);
  out.number(mark.lag);
  return bytes;
}

std::string encode(const Head& head) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(views_format);
  out.number(head.rows);
  out.number(head.lag);
  out.text(head.address);
  return bytes;
}

Result<Mark> decode_mark(std::string_view bytes) {
  format::Decoder in{bytes};
  if (const std::uint8_t version = in.byte(); version != views_format) return other_version(version);
  Mark mark;
  mark.batch = in.number();
  mark.rows = in.number();
  mark.lag = in.number();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "the mark of a batch of views is damaged"};
  return mark;
}

Result<Head> decode_head(std::string_view bytes) {
  format::Decoder in{bytes};
  if (const std::uint8_t version = in.byte(); version != views_format) return other_version(version);
  Head head;
  head.rows = in.number();
  head.lag = in.number();
  head.address = in.text();
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "the head of a generation of views is damaged"};
  return head;
}

}  // namespace weir::replica
