// What a client may ask for (asyncapi.json): its messages, read and checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/net/http.hpp"
#include "schemas/base/result.hpp"

namespace weir::live {

enum class Channel : std::uint8_t { map, kpis, variants, cases, sla, alerts, uploads };

std::string_view name_of(Channel channel);

/// Names a subscription on its connection.
using Ref = std::uint32_t;

/// Where a client stands with a view.
struct Standing {
  std::string epoch;
  std::uint64_t seq = 0;
};

struct Subscribe {
  Ref ref = 0;
  Channel channel = Channel::map;
  std::string process;                 // empty: none was named
  std::vector<net::Parameter> filter;  // as query parameters, sorted
  std::optional<Standing> resume;
};
struct Unsubscribe {
  Ref ref = 0;
};
struct Renew {
  std::string token;
};
struct Ping {};

using Request = std::variant<Subscribe, Unsubscribe, Renew, Ping>;

/// Why a message was not understood, with the ref that it names, if it names one.
struct Misunderstood {
  std::optional<Ref> ref;
  Error error;
};

/// Errors: those of JsonParser, duplicate_key, and bad_message for what is no message of the protocol. The filter's
/// values are not looked at. O(text).
std::variant<Request, Misunderstood> read_request(std::string_view text);

}  // namespace weir::live
