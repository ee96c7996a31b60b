// Inside stream/log only: reading a partition's blocks from the store, each checked against the one before.
#pragma once

#include <functional>
#include <optional>

#include "state/store/store.hpp"
#include "stream/log/block_format.hpp"

namespace weir::log {

/// A partition of a store's log.
struct Place {
  const store::Reader& store;
  const std::string& workspace;
  std::uint32_t partition;

  /// An error that names the partition.
  Error fault(const Error& error) const;
  Error damaged(const std::string& what) const { return fault({Code::log_damaged, what}); }
};

/// Return false to stop.
using VisitBlock = std::function<bool(const std::shared_ptr<const StoredBlock>& block)>;

/// Visits the blocks with from <= base < to. The first has to join on to `before` where that is given, every other to
/// the one before it; a block that is missing, foreign or damaged is log_damaged. Returns the link behind the last one
/// (`before`, or {from} if there is none).
Result<Link> walk(const Place& place, std::uint64_t from, std::uint64_t to, const std::optional<Link>& before,
                  const VisitBlock& visit);

/// The last block with base <= offset; null if there is none.
Result<std::shared_ptr<const StoredBlock>> find_block(const Place& place, std::uint64_t offset);

/// Where the partition begins: its stored start, or the first link.
Result<Link> read_start(const Place& place);
std::string encode_start(const Link& start);

}  // namespace weir::log
