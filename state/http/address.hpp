// IP addresses, and which of them a request that somebody else asked for may reach (reliability R25).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::http {

/// In network order. IPv4 is what IPv6 maps it to, ::ffff:a.b.c.d, so that each address has one form.
using Address = std::array<std::uint8_t, 16>;

/// The first `bits` of the address count.
struct Network {
  Address base{};
  unsigned bits = 0;  // of 128; of IPv4 96 more than people write
};

/// As people write a network: `10.0.0.0/8`, `fd00::/8`, or an address alone. Nothing if it is none, or has bits set
/// behind its length.
std::optional<Network> parse_network(std::string_view text);
bool is_in(const Network& network, const Address& address);

/// Whether anybody on the internet may have it: not of private, local, shared, documentation, benchmark, multicast or
/// reserved space, nor an IPv6 form (NAT64, 6to4) of an IPv4 address that is.
bool is_public(const Address& address);

/// The host of a URL: a name, or an address in any notation that a resolver takes for one, such as `127.1`, `0x7f.1`,
/// `2130706433`, `[::1]` or `10.0.0.1.`.
struct Host {
  std::string name;  // in lower case, without a dot at the end; empty: it is an address
  std::optional<Address> address;
};

/// Nothing if it is neither: empty labels, foreign characters (an international name is written in its xn-- form), an
/// IPv6 zone, what ends in a number and is no address.
std::optional<Host> parse_host(std::string_view text);

/// Public addresses, and what is permitted beside them.
class Reach {
 public:
  explicit Reach(std::vector<Network> permitted = {}) : permitted_(std::move(permitted)) {}

  bool permits(const Address& address) const { return is_public(address) || is_named(address); }
  /// It is of a network that was named. Also for names of this machine itself.
  bool is_named(const Address& address) const;
  /// False for an address that is not permitted, and for the names of this machine (`localhost`) where its loopback
  /// address is not. Other names are known when they are resolved.
  bool permits(const Host& host) const;

 private:
  std::vector<Network> permitted_;
};

}  // namespace weir::http
