#include "stream/runtime/state_stamp.hpp"

#include "state/format/codec.hpp"

namespace weir::runtime {
namespace {

constexpr std::uint8_t version = 1;

std::string encode(std::uint32_t shard, std::uint32_t shards) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.number(shard);
  out.number(shards);
  return bytes;
}

}  // namespace

std::string state_stamp_key() { return {'\0', 'f'}; }

Result<void> check_state_stamp(store::Store& store, std::uint32_t shard, std::uint32_t shards) {
  const std::string expected = encode(shard, shards);
  const auto stored = store.get(state_stamp_key());
  if (!stored) return stored.error();
  if (!*stored) {
    store::Batch batch;
    batch.put(state_stamp_key(), expected);
    return store.write(batch, store::Durability::synced);
  }
  if (**stored == expected) return {};
  format::Decoder in{**stored};
  if (const std::uint8_t written = in.byte(); written != version) {
    return Error{Code::state_format, "the state of shard " + std::to_string(shard) +
                                         " was written by another version (format " + std::to_string(written) + ")"};
  }
  const std::uint64_t of = in.number(), among = in.number();
  return Error{Code::state_format, "the state of shard " + std::to_string(shard) + " of " + std::to_string(shards) +
                                       " is that of shard " + std::to_string(of) + " of " + std::to_string(among)};
}

}  // namespace weir::runtime
