#include "api/live/request.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>

#include "schemas/base/event.hpp"
#include "schemas/codec/json_reader.hpp"

namespace weir::live {
namespace {

constexpr std::array<std::pair<std::string_view, Channel>, 7> channels{{{"map", Channel::map},
                                                                        {"kpis", Channel::kpis},
                                                                        {"variants", Channel::variants},
                                                                        {"cases", Channel::cases},
                                                                        {"sla", Channel::sla},
                                                                        {"alerts", Channel::alerts},
                                                                        {"uploads", Channel::uploads}}};
constexpr std::size_t parameters_max = 32;
constexpr std::size_t token_bytes_max = 4'096;

Error misunderstood(std::string detail) { return {Code::bad_message, std::move(detail)}; }

/// The members of one message. What is left when all known ones were taken is a mistake of the sender's.
class Members {
 public:
  explicit Members(const JsonValue& object) : object_(object) {}

  std::optional<JsonValue> take(std::string_view name) {
    auto value = object_.find(name);
    if (value) ++taken_;
    return value;
  }
  std::optional<std::string> text(std::string_view name) {
    const auto value = take(name);
    if (!value || !value->is(JsonKind::string)) return std::nullopt;
    std::string scratch;
    return std::string{value->text(scratch)};
  }
  std::optional<std::uint64_t> number(std::string_view name, std::uint64_t greatest) {
    const auto value = take(name);
    if (!value || !value->is(JsonKind::number)) return std::nullopt;
    const auto number = value->as_uint64();
    return number && *number <= greatest ? number : std::nullopt;
  }
  bool all_taken() const {
    std::size_t members = 0;
    for (auto items = object_.items(); !items.done(); items.take()) ++members;
    return members == 2 * taken_;
  }

 private:
  const JsonValue& object_;
  std::size_t taken_ = 0;
};

std::optional<Ref> ref_of(Members& members) {
  const auto ref = members.number("ref", std::numeric_limits<Ref>::max());
  return ref ? std::optional{static_cast<Ref>(*ref)} : std::nullopt;
}

/// A text or a whole number, as a query would have it.
std::optional<std::string> parameter_of(const JsonValue& value) {
  std::string scratch;
  if (value.is(JsonKind::string)) return std::string{value.text(scratch)};
  if (value.is(JsonKind::number) && value.as_int64()) return std::string{value.raw()};
  return std::nullopt;
}

Result<std::vector<net::Parameter>> read_filter(const JsonValue& filter) {
  if (!filter.is(JsonKind::object)) return misunderstood("`filter` must be an object");
  if (filter.duplicate_key()) return Error{Code::duplicate_key, "in `filter`"};
  std::vector<net::Parameter> parameters;
  for (auto items = filter.items(); !items.done();) {
    std::string scratch;
    const std::string name{items.take().text(scratch)};
    const JsonValue value = items.take();
    std::vector<JsonValue> values;
    if (value.is(JsonKind::array)) {
      for (auto each = value.items(); !each.done();) values.push_back(each.take());
    } else {
      values.push_back(value);
    }
    for (const JsonValue& one : values) {
      auto text = parameter_of(one);
      if (!text) return misunderstood("a value of `filter` must be a text, a whole number or an array of texts");
      parameters.push_back({name, std::move(*text)});
    }
    if (parameters.size() > parameters_max) return misunderstood("`filter` has more than 32 values");
  }
  std::sort(parameters.begin(), parameters.end(), [](const net::Parameter& x, const net::Parameter& y) {
    return std::tie(x.name, x.value) < std::tie(y.name, y.value);
  });
  return parameters;
}

Result<Standing> read_standing(const JsonValue& resume) {
  if (!resume.is(JsonKind::object)) return misunderstood("`resume` must be an object");
  Members members{resume};
  auto epoch = members.text("epoch");
  const auto seq = members.number("seq", std::numeric_limits<std::uint64_t>::max());
  if (!epoch || !seq || !members.all_taken()) return misunderstood("`resume` must have `epoch` and `seq` alone");
  return Standing{std::move(*epoch), *seq};
}

Result<Request> read_subscribe(Members& members, std::optional<Ref> ref) {
  if (!ref) return misunderstood("`ref` must be a whole number below 2^32");
  Subscribe subscribe;
  subscribe.ref = *ref;
  const auto channel = members.text("channel");
  const auto known =
      std::find_if(channels.begin(), channels.end(), [&](const auto& one) { return one.first == channel; });
  if (known == channels.end())
    return misunderstood("`channel` must be map, kpis, variants, cases, sla, alerts or uploads");
  subscribe.channel = known->second;
  const bool of_process = subscribe.channel != Channel::uploads;
  if (of_process) {
    const auto process = members.text("process");
    if (!process || !is_plain_name(*process)) return misunderstood("`process` must be the name of one");
    subscribe.process = *process;
  }
  if (const auto given = members.take("filter")) {
    auto filter = read_filter(*given);
    if (!filter) return filter.error();
    subscribe.filter = std::move(*filter);
  }
  if (const auto given = members.take("resume")) {
    auto standing = read_standing(*given);
    if (!standing) return standing.error();
    subscribe.resume = std::move(*standing);
  }
  return Request{std::move(subscribe)};
}

Result<Request> read_members(Members& members, std::optional<Ref> ref) {
  const auto op = members.text("op");
  if (op == "subscribe") return read_subscribe(members, ref);
  if (op == "unsubscribe") {
    if (!ref) return misunderstood("`ref` must be a whole number below 2^32");
    return Request{Unsubscribe{*ref}};
  }
  if (op == "renew") {
    auto token = members.text("token");
    if (!token || token->size() > token_bytes_max) return misunderstood("`token` must be a token");
    return Request{Renew{std::move(*token)}};
  }
  if (op == "ping") return Request{Ping{}};
  return misunderstood("`op` must be subscribe, unsubscribe, renew or ping");
}

}  // namespace

std::string_view name_of(Channel channel) {
  return std::find_if(channels.begin(), channels.end(), [&](const auto& one) { return one.second == channel; })->first;
}

std::variant<Request, Misunderstood> read_request(std::string_view text) {
  JsonParser parser;
  const auto parsed = parser.parse(text);
  if (!parsed) return Misunderstood{std::nullopt, parsed.error()};
  if (!parsed->is(JsonKind::object)) return Misunderstood{std::nullopt, misunderstood("a message is an object")};
  Members members{*parsed};
  const auto ref = ref_of(members);
  if (parsed->duplicate_key()) return Misunderstood{ref, {Code::duplicate_key, ""}};
  auto request = read_members(members, ref);
  if (!request) return Misunderstood{ref, request.error()};
  if (!members.all_taken()) return Misunderstood{ref, misunderstood("a member is unknown here")};
  return std::move(*request);
}

}  // namespace weir::live
