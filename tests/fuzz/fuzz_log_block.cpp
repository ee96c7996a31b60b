// Rows of the log. A damaged one is refused; one that is accepted can be redacted without moving what is around it.
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/check.hpp"
#include "state/format/codec.hpp"
#include "stream/log/block_format.hpp"

namespace {

using namespace weir;
using namespace weir::log;

/// The row with a digest that fits, or the fuzzer would never get behind it.
std::string with_digest(std::string_view row) {
  constexpr std::size_t checked_from = 1 + 16;
  if (row.size() < checked_from) return std::string{row};
  std::string sealed{row.substr(0, 1)};
  format::Encoder{sealed}.hash(hash128(row.substr(checked_from)));
  return sealed.append(row.substr(checked_from));
}

void check_block(const StoredBlock& block) {
  std::uint64_t next = block.base_offset();
  for (const Entry& entry : block.entries()) {
    WEIR_CHECK(entry.offset >= next && entry.offset < block.end_offset(), "offsets ascend within the block");
    WEIR_CHECK(entry.kind <= last_kind, "kinds are known");
    next = entry.offset + 1;
  }
  std::uint64_t changed = 0;
  const auto row = block.rewritten([](const Entry&) { return Record{Kind::redacted, {}}; }, changed);
  WEIR_CHECK(row.has_value() == !block.entries().empty(), "every record can be redacted");
  if (!row) return;
  const auto redacted = StoredBlock::parse(*row);
  WEIR_CHECK(redacted.ok() && changed == block.entries().size(), "a redacted block can be read");
  WEIR_CHECK((*redacted)->before() == block.before() && (*redacted)->after() == block.after(), "its chain stands");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string row(reinterpret_cast<const char*>(data), size);
  if (const auto block = StoredBlock::parse(row)) check_block(**block);
  if (const auto block = StoredBlock::parse(with_digest(row))) check_block(**block);
  return 0;
}
