#include "stream/log/block_format.hpp"

#include "state/format/codec.hpp"

namespace weir::log {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t check_offset = 1;
constexpr std::size_t hash_bytes = 16;
constexpr std::size_t checked_offset = check_offset + hash_bytes;  // what the check covers

void encode_record(std::string& out, std::uint64_t offset_in_block, Kind kind, std::string_view value) {
  format::Encoder to(out);
  to.number(offset_in_block);
  to.byte(static_cast<std::uint8_t>(kind));
  to.text(value);
}

std::string encode_body(std::uint64_t base, std::uint64_t span, Time time, std::uint64_t count,
                        std::string_view records) {
  std::string body;
  body.reserve(records.size() + 40);
  format::Encoder to(body);
  to.number(base);
  to.number(span);
  to.signed_number(to_micros(time));
  to.number(count);
  body.append(records);
  return body;
}

std::string encode_row(const Hash128& previous, const Hash128& original, std::string_view body) {
  std::string checked;
  checked.reserve(body.size() + 2 * hash_bytes);
  format::Encoder of_checked(checked);
  of_checked.hash(previous);
  of_checked.hash(original);
  checked.append(body);
  std::string row;
  row.reserve(checked.size() + checked_offset);
  format::Encoder to(row);
  to.byte(version);
  to.hash(hash128(checked));
  return row.append(checked);
}

Hash128 chain_of(const Hash128& previous, const Hash128& original) {
  std::string both;
  format::Encoder to(both);
  to.hash(previous);
  to.hash(original);
  return hash128(both);
}

}  // namespace

Link first_link(std::string_view workspace, std::uint32_t partition) {
  std::string name{workspace};
  name.push_back('\0');
  format::Encoder(name).number(partition);
  return {0, hash128(name)};
}

Result<std::shared_ptr<const StoredBlock>> StoredBlock::parse(std::string row) {
  const std::shared_ptr<StoredBlock> block(new StoredBlock(std::move(row)));
  const Result<void> read = block->read(true);
  if (!read) return read.error();
  return std::shared_ptr<const StoredBlock>(block);
}

Result<void> StoredBlock::read(bool check_digest) {
  format::Decoder from(row_);
  if (const std::uint8_t written = from.byte(); written != version) {
    return Error{Code::state_format, "a block of version " + std::to_string(written)};
  }
  const Hash128 check = from.hash();
  if (!from.ok()) return Error{Code::log_damaged, "a block is cut short"};
  if (check_digest && check != hash128(std::string_view(row_).substr(checked_offset))) {
    return Error{Code::log_damaged, "the content of a block does not fit its digest"};
  }
  previous_ = from.hash();
  original_ = from.hash();
  chain_ = chain_of(previous_, original_);
  base_ = from.number();
  const std::uint64_t span = from.number();
  end_ = base_ + span;
  if (end_ < base_) from.refuse();
  time_ = from_micros(from.signed_number());
  const std::uint64_t count = from.number();
  entries_.reserve(std::min<std::uint64_t>(count, row_.size()));
  for (std::uint64_t i = 0; i < count && from.ok(); ++i) {
    const std::uint64_t in_block = from.number();
    const std::uint64_t offset = base_ + in_block;
    const auto kind = static_cast<Kind>(from.byte());
    if (in_block >= span || (i > 0 && offset <= entries_.back().offset)) from.refuse();
    if (kind > last_kind) return Error{Code::state_format, "a record of an unknown kind"};
    entries_.push_back({offset, kind, from.text()});
  }
  if (!from.ok() || !from.at_end()) return Error{Code::log_damaged, "a block does not follow its form"};
  return {};
}

std::size_t StoredBlock::bytes() const { return sizeof *this + row_.capacity() + entries_.capacity() * sizeof(Entry); }

std::optional<std::string> StoredBlock::rewritten(const Redact& redact, std::uint64_t& changed) const {
  std::string records;
  records.reserve(row_.size());
  std::uint64_t replaced = 0;
  for (const Entry& entry : entries_) {
    const std::optional<Record> instead = redact(entry);
    replaced += instead.has_value();
    encode_record(records, entry.offset - base_, instead ? instead->kind : entry.kind,
                  instead ? std::string_view(instead->value) : entry.value);
  }
  if (replaced == 0) return std::nullopt;
  changed += replaced;
  return encode_row(previous_, original_, encode_body(base_, end_ - base_, time_, entries_.size(), records));
}

void BlockWriter::add(const Record& record) { encode_record(records_, count_++, record.kind, record.value); }

std::shared_ptr<const StoredBlock> BlockWriter::finish(const Link& before, Time time) {
  const std::string body = encode_body(before.offset, count_, time, count_, records_);
  const std::shared_ptr<StoredBlock> block(new StoredBlock(encode_row(before.chain, hash128(body), body)));
  const Result<void> read = block->read(false);
  WEIR_CHECK(read.ok(), "a block that was just written cannot be read");
  records_.clear();
  count_ = 0;
  return block;
}

}  // namespace weir::log
