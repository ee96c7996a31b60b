#include "stream/log/log_keys.hpp"

#include "schemas/base/check.hpp"
#include "schemas/base/event.hpp"
#include "state/format/keys.hpp"

namespace weir::log {
namespace {

std::string of_partition(std::string_view workspace, char kind, std::uint32_t partition) {
  WEIR_CHECK(is_plain_name(workspace), "a workspace name was not checked");
  std::string key{workspace};
  key.push_back('\0');
  key.push_back(kind);
  format::append_big_endian(key, partition);
  return key;
}

}  // namespace

std::string format_key() { return {'\0', 'f'}; }
std::string workspaces_prefix() { return {'\0', 'w'}; }
std::string workspace_key(std::string_view workspace) { return workspaces_prefix().append(workspace); }

std::string start_key(std::string_view workspace, std::uint32_t partition) {
  return of_partition(workspace, 's', partition);
}

std::string rewrite_key(std::string_view workspace, std::uint32_t partition) {
  return of_partition(workspace, 'r', partition);
}

std::string blocks_prefix(std::string_view workspace, std::uint32_t partition) {
  return of_partition(workspace, 'b', partition);
}

std::string block_key(std::string_view workspace, std::uint32_t partition, std::uint64_t base) {
  std::string key = blocks_prefix(workspace, partition);
  format::append_big_endian(key, base);
  return key;
}

std::uint64_t base_of(std::string_view block_key) {
  constexpr std::size_t base_bytes = 8;
  WEIR_CHECK(block_key.size() > base_bytes, "the key of something else than a block");
  return format::read_big_endian(block_key.substr(block_key.size() - base_bytes));
}

}  // namespace weir::log
