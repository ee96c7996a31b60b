#include "stream/log/stored_log.hpp"

#include <limits>

#include "schemas/base/event.hpp"
#include "state/format/codec.hpp"
#include "stream/log/chain_walk.hpp"
#include "stream/log/log_keys.hpp"

namespace weir::log {

Result<std::uint32_t> stored_partitions(const store::Reader& store) {
  const auto stored = store.get(format_key());
  if (!stored) return stored.error();
  if (!stored->has_value()) return Error{Code::state_format, "the store holds no log"};
  format::Decoder from(**stored);
  if (const std::uint8_t written = from.byte(); written != log_format) {
    return Error{Code::state_format, "the log was written by another version (format " + std::to_string(written) +
                                         ", this one knows " + std::to_string(log_format) + ")"};
  }
  const std::uint64_t count = from.number();
  if (!from.ok() || !from.at_end()) return Error{Code::log_damaged, "the log's format row cannot be read"};
  return static_cast<std::uint32_t>(count);
}

Result<std::vector<std::string>> stored_workspaces(const store::Reader& store) {
  std::vector<std::string> names;
  const std::string prefix = workspaces_prefix();
  const Result<void> scanned =
      store.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view key, std::string_view) {
        names.emplace_back(key.substr(prefix.size()));
        return true;
      });
  if (!scanned) return scanned.error();
  for (const auto& name : names) {
    if (!is_plain_name(name)) return Error{Code::log_damaged, "the name of a workspace cannot be read"};
  }
  return names;
}

Result<std::uint64_t> stored_begin(const store::Reader& store, const std::string& workspace, std::uint32_t partition) {
  const Result<Link> start = read_start({store, workspace, partition});
  if (!start) return start.error();
  return start->offset;
}

Result<Hash128> stored_fingerprint(const store::Reader& store, const std::string& workspace, std::uint32_t partition,
                                   std::uint64_t offset) {
  const Place place{store, workspace, partition};
  const Result<Link> start = read_start(place);
  if (!start) return start.error();
  if (offset == start->offset) return start->chain;
  Result<std::shared_ptr<const StoredBlock>> block{nullptr};
  if (offset > start->offset) block = find_block(place, offset - 1);
  if (!block) return block.error();
  if (*block == nullptr || (*block)->end_offset() < offset) {
    return place.damaged("the record at offset " + std::to_string(offset - 1) + " is missing");
  }
  return (*block)->after().chain;
}

Result<std::uint64_t> verify_stored(const store::Reader& store, const std::string& workspace, std::uint32_t partition) {
  const Place place{store, workspace, partition};
  const Result<Link> start = read_start(place);
  if (!start) return start.error();
  const Result<Link> last =
      walk(place, start->offset, std::numeric_limits<std::uint64_t>::max(), *start, [](const auto&) { return true; });
  if (!last) return last.error();
  return last->offset;
}

}  // namespace weir::log
