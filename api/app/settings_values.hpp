// One function per form of a value: each stores it or returns what is wrong with it, as the end of a sentence that
// begins with the setting's name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/app/settings.hpp"

namespace weir::app {

using Fault = std::optional<std::string>;

Fault store_text(std::string& field, std::string_view value);
/// `choices`: "json|dot|text".
Fault store_choice(std::string& field, std::string_view value, std::string_view choices);
Fault store_number(std::uint64_t& field, std::string_view value, std::uint64_t min, std::uint64_t max);
Fault store_bytes(std::uint64_t& field, std::string_view value, std::uint64_t min, std::uint64_t max);
Fault store_switch(bool& field, std::string_view value);
/// Two sides, neither of them empty. `form`: "FIELD=COLUMN".
Fault store_assignment(std::vector<std::string>& field, std::string_view value, std::string_view form);

Fault store_listen(Settings& settings, std::string_view value);
Fault store_log(Settings& settings, std::string_view value);
/// Of topics: what is left out is what Kafka takes for the same in names.
Fault store_node_id(Settings& settings, std::string_view value);
Fault store_advertise(Settings& settings, std::string_view value);
Fault store_kafka_prefix(Settings& settings, std::string_view value);
Fault store_private_networks(Settings& settings, std::string_view value);
Fault store_delimiter(Settings& settings, std::string_view value);
Fault store_process(Settings& settings, std::string_view value);
Fault store_workspace(Settings& settings, std::string_view value);
/// 0.1 to 20, kept in percent.
Fault store_speed(Settings& settings, std::string_view value);
Fault store_expires(Settings& settings, std::string_view value);

/// Of an IPv4 or IPv6 address.
bool is_loopback(const std::string& address);

}  // namespace weir::app
