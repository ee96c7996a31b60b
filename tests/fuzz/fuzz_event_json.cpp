// Bodies of events, in every format that a body alone can have. What is accepted must survive the log unchanged.
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/check.hpp"
#include "schemas/codec/event_json.hpp"

namespace {

constexpr weir::Time now{std::chrono::sys_days{std::chrono::year{2030} / 1 / 1}};
constexpr weir::BodyFormat formats[] = {weir::BodyFormat::json, weir::BodyFormat::ndjson, weir::BodyFormat::cloud_event,
                                        weir::BodyFormat::cloud_events_batch};

void check_survives_the_log(const weir::Event& event) {
  std::string stored;
  weir::encode_event(event, stored);
  WEIR_CHECK(stored.find('\n') == std::string::npos, "a stored event is one line");
  const auto read = weir::decode_stored_event(stored, now);
  WEIR_CHECK(read.ok(), "a stored event can be read");
  WEIR_CHECK(*read == event, "a stored event is the event");
}

/// White space before it leaves the line to the whole grammar.
void check_the_quick_way(const std::string& line) {
  const auto quick = weir::decode_stored_event(line, now);
  const auto whole = weir::decode_stored_event(" " + line, now);
  WEIR_CHECK(quick.ok() == whole.ok(), "the quick way accepts what the grammar accepts");
  WEIR_CHECK(!quick.ok() || *quick == *whole, "the quick way reads what the grammar reads");
}

}  // namespace

/// The first byte chooses the format, the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto format = formats[data[0] % std::size(formats)];
  const std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
  check_the_quick_way(body);
  const auto decoded = weir::decode_events(format, body, {.now = now});
  if (!decoded.ok()) return 0;
  for (const auto& each : *decoded) {
    if (each.event.ok()) check_survives_the_log(*each.event);
  }
  return 0;
}
