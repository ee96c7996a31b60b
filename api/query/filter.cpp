#include "api/query/filter.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "schemas/codec/timestamp.hpp"

namespace weir::query {
namespace {

std::optional<std::int64_t> take_time(Parameters& parameters, std::string_view name) {
  const auto text = parameters.one(name);
  if (!text) return std::nullopt;
  auto time = parse_rfc3339(*text);
  if (!time) {
    std::int64_t ms = 0;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), ms);
    if (fault == std::errc{} && end == text->data() + text->size()) time = from_epoch_ms(ms);
  }
  if (time) return to_micros(*time);
  parameters.refuse(name, "must be RFC 3339 with an offset, or epoch milliseconds");
  return std::nullopt;
}

feed::Window take_window(Parameters& parameters) {
  using enum feed::Window;
  constexpr std::array<std::pair<std::string_view, feed::Window>, 5> windows{{{"intersecting", intersecting},
                                                                              {"contained", contained},
                                                                              {"started", started},
                                                                              {"completed", completed},
                                                                              {"events", events}}};
  const auto name = parameters.one("window");
  if (!name) return intersecting;
  for (const auto& [known, window] : windows) {
    if (known == *name) return window;
  }
  parameters.refuse("window", "must be intersecting, contained, started, completed or events");
  return intersecting;
}

bool is_variant(const std::string& text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

feed::Filter take_filter(Parameters& parameters, Archived archived) {
  feed::Filter filter;
  filter.archived = archived == Archived::taken;
  if (const auto taken = parameters.one("archived")) {
    if (*taken != "true" && *taken != "false") parameters.refuse("archived", "must be true or false");
    filter.archived = *taken == "true";
  }
  filter.from = take_time(parameters, "from");
  filter.to = take_time(parameters, "to");
  if (filter.from && filter.to && *filter.from > *filter.to) parameters.refuse("from", "must not lie behind `to`");
  filter.window = take_window(parameters);
  filter.activities = parameters.all("activity");
  filter.resources = parameters.all("resource");
  filter.variants = parameters.all("variant");
  if (!std::all_of(filter.variants.begin(), filter.variants.end(), is_variant)) {
    parameters.refuse("variant", "must be 32 hexadecimal digits");
  }
  filter.attributes = parameters.with_prefix("attr.");
  if (const auto lifecycle = parameters.one("lifecycle")) {
    if (*lifecycle != "complete") parameters.refuse("lifecycle", "must be complete");
    filter.complete_only = true;
  }
  return filter;
}

}  // namespace weir::query
