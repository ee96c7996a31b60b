// Which partition a case belongs to: murmur2 of `process NUL case_id`, as the default partitioner of Kafka's Java
// client does it, so that any producer may write to the topic.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::log {

/// The Java client's Utils.murmur2 (seed 0x9747b28c), as unsigned.
std::uint32_t murmur2(std::string_view bytes);

/// toPositive(murmur2(process NUL case_id)) % count; `count` > 0.
std::uint32_t partition_of(std::string_view process, std::string_view case_id, std::uint32_t count);

}  // namespace weir::log
