#include "api/app/settings_values.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

#include "schemas/base/event.hpp"

namespace weir::app {
namespace {

// Digits alone. Nothing if there is anything else, or too much of it.
std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

struct Unit {
  std::string_view suffix;
  std::uint64_t factor;
};

// A whole number with one of the suffixes; of those that fit, the first counts.
std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::initializer_list<Unit> units) {
  for (const auto& unit : units) {
    if (!text.ends_with(unit.suffix)) continue;
    const auto number = parse_whole(text.substr(0, text.size() - unit.suffix.size()));
    std::uint64_t product = 0;
    if (!number || __builtin_mul_overflow(*number, unit.factor, &product)) return std::nullopt;
    return product;
  }
  return std::nullopt;
}

std::string quoted(std::string_view value) {
  constexpr std::size_t shown_bytes_max = 64;
  std::string text = "\"";
  for (const char c : value.substr(0, shown_bytes_max)) text.push_back(static_cast<unsigned char>(c) < 0x20 ? '?' : c);
  return text + (value.size() > shown_bytes_max ? "…\"" : "\"");
}

Fault store_in_range(std::uint64_t& field, std::optional<std::uint64_t> number, std::string_view value,
                     std::string_view what, std::uint64_t min, std::uint64_t max) {
  if (number && *number >= min && *number <= max) {
    field = *number;
    return std::nullopt;
  }
  return quoted(value) + " is not " + std::string(what) + " from " + std::to_string(min) + " to " + std::to_string(max);
}

Fault store_plain_name(std::string& field, std::string_view value) {
  if (!is_plain_name(value)) return quoted(value) + " is not 1 to 64 characters of a-z, 0-9, _ and -";
  field = value;
  return std::nullopt;
}

bool is_ip_address(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1 || inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace

Fault store_text(std::string& field, std::string_view value) {
  field = value;
  return std::nullopt;
}

Fault store_choice(std::string& field, std::string_view value, std::string_view choices) {
  for (auto rest = choices; !value.empty() && !rest.empty();) {
    const auto end = std::min(rest.find('|'), rest.size());
    if (rest.substr(0, end) == value) {
      field = value;
      return std::nullopt;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return quoted(value) + " is not one of " + std::string(choices);
}

Fault store_number(std::uint64_t& field, std::string_view value, std::uint64_t min, std::uint64_t max) {
  return store_in_range(field, parse_whole(value), value, "a whole number", min, max);
}

Fault store_bytes(std::uint64_t& field, std::string_view value, std::uint64_t min, std::uint64_t max) {
  constexpr std::uint64_t kib = 1024;
  const auto number = parse_with_unit(value, {{"KiB", kib}, {"MiB", kib * kib}, {"GiB", kib * kib * kib}, {"", 1}});
  return store_in_range(field, number, value, "a number of bytes (also KiB, MiB, GiB)", min, max);
}

Fault store_switch(bool& field, std::string_view value) {
  if (value != "true" && value != "false") return quoted(value) + " is not true or false";
  field = value == "true";
  return std::nullopt;
}

Fault store_assignment(std::vector<std::string>& field, std::string_view value, std::string_view form) {
  const auto equals = value.find('=');
  if (equals == 0 || equals == std::string_view::npos || equals + 1 == value.size()) {
    return quoted(value) + " is not " + std::string(form);
  }
  field.emplace_back(value);
  return std::nullopt;
}

Fault store_listen(Settings& settings, std::string_view value) {
  const auto fault = quoted(value) + " is not HOST:PORT with an IP address or localhost ([::1]:8080 for IPv6)";
  const auto colon = value.rfind(':');
  if (colon == std::string_view::npos) return fault;
  auto host = value.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool needs_brackets = host.find(':') != std::string_view::npos;
  const std::string address(host == "localhost" ? "127.0.0.1" : host);
  const auto port = parse_whole(value.substr(colon + 1));
  if (bracketed != needs_brackets || !is_ip_address(address) || !port || *port > 65'535) return fault;
  settings.listen_address = address;
  settings.listen_port = static_cast<std::uint16_t>(*port);
  return std::nullopt;
}

Fault store_log(Settings& settings, std::string_view value) {
  settings.log = value;
  if (value == "embedded") return std::nullopt;
  std::string_view brokers = value;
  bool usable = value.starts_with(kafka_scheme);
  if (usable) brokers.remove_prefix(kafka_scheme.size());
  while (usable) {
    const std::string_view broker = brokers.substr(0, brokers.find(','));
    const auto colon = broker.rfind(':');
    const auto port = colon == std::string_view::npos ? std::nullopt : parse_whole(broker.substr(colon + 1));
    usable = port && colon > 0 && *port > 0 && *port <= 65'535 && broker.find('/') == std::string_view::npos;
    if (broker.size() == brokers.size()) break;
    brokers.remove_prefix(broker.size() + 1);
  }
  if (usable) return std::nullopt;
  return quoted(value) + " is not embedded, nor kafka://HOST:PORT[,HOST:PORT]";
}

Fault store_node_id(Settings& settings, std::string_view value) {
  constexpr std::size_t bytes_max = 128;
  const bool plain = std::all_of(value.begin(), value.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-';
  });
  if (!plain || value.size() > bytes_max) {
    return quoted(value) + " is not up to 128 characters of a-z, A-Z, 0-9, ., _ and -";
  }
  settings.node_id = value;
  return std::nullopt;
}

Fault store_advertise(Settings& settings, std::string_view value) {
  const auto colon = value.rfind(':');
  const auto port = colon == std::string_view::npos ? std::nullopt : parse_whole(value.substr(colon + 1));
  const bool usable = port && *port > 0 && *port <= 65'535 && colon > 0 && value.find('/') == std::string_view::npos;
  if (!value.empty() && !usable) return quoted(value) + " is not HOST:PORT";
  settings.advertise = value;
  return std::nullopt;
}

Fault store_kafka_prefix(Settings& settings, std::string_view value) {
  if (!is_plain_name(value) || value.find('_') != std::string_view::npos) {
    return quoted(value) + " is not 1 to 64 characters of a-z, 0-9 and -";
  }
  settings.kafka_prefix = value;
  return std::nullopt;
}

Fault store_private_networks(Settings& settings, std::string_view value) {
  settings.private_networks.clear();
  for (std::string_view rest = value; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(','));
    const auto network = http::parse_network(one);
    if (!network || one.size() + 1 == rest.size()) return quoted(value) + " is not NETWORK[,NETWORK], as 10.0.0.0/8";
    settings.private_networks.push_back(*network);
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
  }
  return std::nullopt;
}

Fault store_delimiter(Settings& settings, std::string_view value) {
  if (value == "tab") value = "\t";
  const bool usable = value.size() == 1 && value != "\"" && value != "\r" && value != "\n" &&
                      static_cast<unsigned char>(value.front()) < 0x80;
  if (!usable) return quoted(value) + " is not one ASCII character other than a quote, nor `tab`";
  settings.delimiter = value;
  return std::nullopt;
}

Fault store_process(Settings& settings, std::string_view value) { return store_plain_name(settings.process, value); }
Fault store_workspace(Settings& settings, std::string_view value) {
  return store_plain_name(settings.workspace, value);
}

Fault store_speed(Settings& settings, std::string_view value) {
  double speed = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), speed, std::chars_format::fixed);
  if (error != std::errc() || end != value.data() + value.size() || !(speed >= 0.1 && speed <= 20)) {
    return quoted(value) + " is not a number from 0.1 to 20";
  }
  settings.speed_percent = static_cast<std::uint64_t>(speed * 100 + 0.5);
  return std::nullopt;
}

Fault store_expires(Settings& settings, std::string_view value) {
  constexpr std::uint64_t day_s = 24 * 60 * 60;
  settings.expires_seconds = 0;
  if (value == "never") return std::nullopt;
  const auto seconds = parse_with_unit(value, {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", day_s}});
  if (!seconds || *seconds == 0 || *seconds > 36'500 * day_s) {
    return quoted(value) + " is not a number with s, m, h or d, of at most 36500d, nor `never`";
  }
  settings.expires_seconds = *seconds;
  return std::nullopt;
}

bool is_loopback(const std::string& address) {
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace weir::app
