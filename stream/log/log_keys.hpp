// Inside stream/log only: the keys of the embedded log's store. The workspace comes first; partitions and offsets are
// big-endian, so that key order is offset order.
//
//   NUL 'f'                            format: version, partition count
//   NUL 'w' workspace                  the workspace exists
//   workspace NUL 's' partition        start: where a trimmed partition begins
//   workspace NUL 'r' partition        a rewrite whose old bytes may still be on the disk
//   workspace NUL 'b' partition base   block
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::log {

std::string format_key();
std::string workspaces_prefix();
std::string workspace_key(std::string_view workspace);
std::string start_key(std::string_view workspace, std::uint32_t partition);
std::string rewrite_key(std::string_view workspace, std::uint32_t partition);
std::string blocks_prefix(std::string_view workspace, std::uint32_t partition);
std::string block_key(std::string_view workspace, std::uint32_t partition, std::uint64_t base);
/// The base offset in a block's key.
std::uint64_t base_of(std::string_view block_key);

}  // namespace weir::log
