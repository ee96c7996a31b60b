#include "stream/log/chain_walk.hpp"

#include "state/format/codec.hpp"
#include "stream/log/log_keys.hpp"

namespace weir::log {
namespace {

/// The block in a row, which has to be the one that its key says.
Result<std::shared_ptr<const StoredBlock>> parse_row(const Place& place, std::string_view key, std::string_view row) {
  auto block = StoredBlock::parse(std::string(row));
  if (!block) return place.fault(block.error());
  if ((*block)->base_offset() != base_of(key)) return place.damaged("a block lies under the key of another");
  return block;
}

std::optional<Error> misfit(const Place& place, const Link& expected, const Link& found) {
  if (found == expected) return std::nullopt;
  if (found.offset > expected.offset) {
    return place.damaged("the records from offset " + std::to_string(expected.offset) + " to " +
                         std::to_string(found.offset) + " are missing");
  }
  return place.damaged("the block at offset " + std::to_string(found.offset) + " does not follow the one before it");
}

}  // namespace

Error Place::fault(const Error& error) const {
  return {error.code, "workspace " + workspace + ", partition " + std::to_string(partition) + ": " + error.detail};
}

Result<Link> walk(const Place& place, std::uint64_t from, std::uint64_t to, const std::optional<Link>& before,
                  const VisitBlock& visit) {
  std::optional<Link> expected = before;
  std::optional<Error> error;
  const Result<void> scanned = place.store.scan(block_key(place.workspace, place.partition, from),
                                                block_key(place.workspace, place.partition, to),
                                                [&](std::string_view key, std::string_view row) {
                                                  auto block = parse_row(place, key, row);
                                                  if (!block) {
                                                    error = block.error();
                                                    return false;
                                                  }
                                                  if (expected) error = misfit(place, *expected, (*block)->before());
                                                  if (error) return false;
                                                  expected = (*block)->after();
                                                  return visit(*block);
                                                });
  if (!scanned) return scanned.error();
  if (error) return *std::move(error);
  return expected.value_or(Link{from, {}});
}

Result<std::shared_ptr<const StoredBlock>> find_block(const Place& place, std::uint64_t offset) {
  Result<std::shared_ptr<const StoredBlock>> found{std::shared_ptr<const StoredBlock>{}};
  const Result<void> scanned = place.store.scan_backwards(blocks_prefix(place.workspace, place.partition),
                                                          block_key(place.workspace, place.partition, offset + 1),
                                                          [&](std::string_view key, std::string_view row) {
                                                            found = parse_row(place, key, row);
                                                            return false;
                                                          });
  if (!scanned) return scanned.error();
  return found;
}

std::string encode_start(const Link& start) {
  std::string bytes;
  format::Encoder to(bytes);
  to.byte(1);
  to.number(start.offset);
  to.hash(start.chain);
  return bytes;
}

Result<Link> read_start(const Place& place) {
  const auto stored = place.store.get(start_key(place.workspace, place.partition));
  if (!stored) return stored.error();
  if (!stored->has_value()) return first_link(place.workspace, place.partition);
  format::Decoder from(**stored);
  const bool known = from.byte() == 1;
  Link start;
  start.offset = from.number();
  start.chain = from.hash();
  if (!known || !from.ok() || !from.at_end()) return place.damaged("its start cannot be read");
  return start;
}

}  // namespace weir::log
