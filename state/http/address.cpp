#include "state/http/address.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace weir::http {
namespace {

constexpr unsigned ipv4_bits = 96;
constexpr Address mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};

Address address_of_ipv4(std::uint32_t value) {
  Address address = mapped;
  for (int i = 0; i < 4; ++i) address[12 + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  return address;
}

std::optional<Address> parse_ipv6(std::string_view text) {
  Address address;
  const std::string ended{text};
  if (::inet_pton(AF_INET6, ended.c_str(), address.data()) != 1) return std::nullopt;
  return address;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t dot = text.find('.');
    parts.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    text.remove_prefix(dot + 1);
  }
}

/// Decimal, 0x hexadecimal, or octal after a 0, as inet_aton has it.
std::optional<std::uint64_t> parse_part(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
    if (text.empty()) return 0;
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// One to four parts; the last one fills what the others leave.
std::optional<Address> parse_ipv4(const std::vector<std::string_view>& parts) {
  if (parts.size() > 4) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = parse_part(parts[i]);
    const bool last = i + 1 == parts.size();
    const unsigned bits = last ? 32 - 8 * static_cast<unsigned>(i) : 8;
    if (!part || *part >> bits != 0) return std::nullopt;
    value = (value << bits) | *part;
  }
  return address_of_ipv4(static_cast<std::uint32_t>(value));
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_label(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), allowed) && text.front() != '-' &&
         text.back() != '-';
}

std::vector<Network> networks(std::initializer_list<const char*> texts) {
  std::vector<Network> parsed;
  for (const char* text : texts) parsed.push_back(parse_network(text).value());
  return parsed;
}

/// IANA's registries of special-purpose addresses, what is not globally reachable of them; multicast and reserved.
const std::vector<Network>& not_public() {
  static const auto list = networks({
      "0.0.0.0/8",
      "10.0.0.0/8",
      "100.64.0.0/10",
      "127.0.0.0/8",
      "169.254.0.0/16",
      "172.16.0.0/12",
      "192.0.0.0/24",
      "192.0.2.0/24",
      "192.88.99.0/24",
      "192.168.0.0/16",
      "198.18.0.0/15",
      "198.51.100.0/24",
      "203.0.113.0/24",
      "224.0.0.0/4",
      "240.0.0.0/4",  // 255.255.255.255 among the last
      "2001::/23",    // protocol assignments: Teredo, benchmarks, ORCHID
      "2001:db8::/32",
      "3fff::/20",
  });
  return list;
}

/// The IPv4 address that a gateway makes of it.
std::optional<Address> carried(const Address& address) {
  static const Network nat64 = parse_network("64:ff9b::/96").value(), six_to_four = parse_network("2002::/16").value();
  const auto at = [&](std::size_t first) {
    Address inner = mapped;
    std::copy_n(address.begin() + static_cast<std::ptrdiff_t>(first), 4, inner.begin() + 12);
    return inner;
  };
  if (is_in(nat64, address)) return at(12);
  if (is_in(six_to_four, address)) return at(2);
  return std::nullopt;
}

}  // namespace

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const bool ipv6 = address.find(':') != std::string_view::npos;
  Network network;
  network.bits = 128;
  const auto base = ipv6 ? parse_ipv6(address) : parse_ipv4(split(address));
  if (!base || (!ipv6 && std::count(address.begin(), address.end(), '.') != 3)) return std::nullopt;
  network.base = *base;
  if (slash != std::string_view::npos) {
    const std::string_view length = text.substr(slash + 1);
    if (!is_digits(length) || length.size() > 3) return std::nullopt;
    std::from_chars(length.data(), length.data() + length.size(), network.bits);
    if (!ipv6) network.bits += ipv4_bits;
    if (network.bits > 128) return std::nullopt;
  }
  for (unsigned bit = network.bits; bit < 128; ++bit) {
    if ((network.base[bit / 8] & (0x80 >> (bit % 8))) != 0) return std::nullopt;
  }
  return network;
}

bool is_in(const Network& network, const Address& address) {
  const unsigned whole = network.bits / 8, rest = network.bits % 8;
  if (!std::equal(address.begin(), address.begin() + whole, network.base.begin())) return false;
  return rest == 0 || ((address[whole] ^ network.base[whole]) >> (8 - rest)) == 0;
}

bool is_public(const Address& address) {
  static const Network ipv4{mapped, ipv4_bits}, unicast = parse_network("2000::/3").value();
  if (const auto inner = carried(address)) return is_public(*inner);
  if (!is_in(ipv4, address) && !is_in(unicast, address)) return false;
  const auto& list = not_public();
  return std::none_of(list.begin(), list.end(), [&](const Network& one) { return is_in(one, address); });
}

std::optional<Host> parse_host(std::string_view text) {
  if (text.starts_with('[')) {
    if (text.size() < 2 || text.back() != ']') return std::nullopt;
    const auto address = parse_ipv6(text.substr(1, text.size() - 2));
    return address ? std::optional{Host{"", address}} : std::nullopt;
  }
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > 253) return std::nullopt;
  std::string name{text};
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto labels = split(name);
  if (is_digits(labels.back()) || labels.back().starts_with("0x")) {
    const auto address = parse_ipv4(labels);
    return address ? std::optional{Host{"", address}} : std::nullopt;
  }
  if (!std::all_of(labels.begin(), labels.end(), is_label)) return std::nullopt;
  return Host{std::move(name), {}};
}

bool Reach::is_named(const Address& address) const {
  return std::any_of(permitted_.begin(), permitted_.end(), [&](const Network& one) { return is_in(one, address); });
}

bool Reach::permits(const Host& host) const {
  if (host.address) return permits(*host.address);
  const bool local = host.name == "localhost" || host.name.ends_with(".localhost");
  return !local || is_named(address_of_ipv4(INADDR_LOOPBACK));
}

}  // namespace weir::http
