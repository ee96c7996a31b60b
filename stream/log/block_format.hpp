// Inside stream/log only: a block as a row of the store.
//
//   version 1 | check | previous | original | body
//
// `body` is base offset, span of offsets, append time and the records, each with its offset, kind and bytes. `check` is
// the digest of everything behind it; `original` is the digest of the body as it was appended; `previous` is the chain
// up to the block before. The chain up to this block is the digest of previous and original, so that redacting records
// changes body and check, and no chain.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "schemas/base/hash.hpp"
#include "stream/log/embedded_log.hpp"

namespace weir::log {

/// Where a block has to join on: the end of what is before it.
struct Link {
  std::uint64_t offset = 0;
  Hash128 chain;

  friend bool operator==(const Link&, const Link&) = default;
};

/// The link before the first record of a partition.
Link first_link(std::string_view workspace, std::uint32_t partition);

class StoredBlock final : public Block {
 public:
  /// Errors: log_damaged, state_format; the detail says what, the caller adds where.
  static Result<std::shared_ptr<const StoredBlock>> parse(std::string row);

  std::uint64_t base_offset() const override { return base_; }
  std::uint64_t end_offset() const override { return end_; }
  Time append_time() const override { return time_; }
  const std::vector<Entry>& entries() const override { return entries_; }
  std::size_t bytes() const override;

  const std::string& row() const { return row_; }
  Link before() const { return {base_, previous_}; }
  Link after() const { return {end_, chain_}; }

  /// The row of the block with the records that `redact` replaces; nothing if it replaces none. `changed` counts them.
  std::optional<std::string> rewritten(const Redact& redact, std::uint64_t& changed) const;

 private:
  friend class BlockWriter;
  explicit StoredBlock(std::string row) : row_(std::move(row)) {}
  Result<void> read(bool check_digest);

  std::string row_;
  std::uint64_t base_ = 0;
  std::uint64_t end_ = 0;
  Time time_{};
  Hash128 previous_;
  Hash128 original_;
  Hash128 chain_;
  std::vector<Entry> entries_;  // views into row_
};

/// Collects records to a block.
class BlockWriter {
 public:
  bool empty() const { return count_ == 0; }
  std::size_t bytes() const { return records_.size(); }
  void add(const Record& record);
  /// The block of what was added, joined to `before`; the writer is empty again.
  std::shared_ptr<const StoredBlock> finish(const Link& before, Time time);

 private:
  std::string records_;
  std::uint64_t count_ = 0;
};

}  // namespace weir::log
