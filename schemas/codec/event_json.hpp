// Events as JSON: what producers send, and the canonical line that the log keeps.
//
// A body is refused as a whole only if it cannot be read as JSON; an event in it that is read but wrong is refused by
// itself (design, "The event"; bad inputs 51-71). Every byte of the body is validated. Fields that the schema does not
// know are kept as attributes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/event.hpp"
#include "schemas/base/result.hpp"

namespace weir {

enum class BodyFormat : std::uint8_t {
  json,                 // one event, or an array of events
  ndjson,               // one event a line; empty lines do not count
  cloud_event,          // CloudEvents 1.0, structured
  cloud_events_batch,   // CloudEvents 1.0, batched
  cloud_event_headers,  // CloudEvents 1.0, binary: attributes in the headers, data in the body
};

/// What a body with this Content-Type holds. Nothing: no format of ours, or a charset other than UTF-8.
/// `cloud_event_headers` is never the answer: a request is of that format if it has a header `ce-specversion`.
std::optional<BodyFormat> body_format(std::string_view content_type);

struct DecodeOptions {
  Time now{};                                    // an event more than 24 h ahead of it is timestamp_out_of_range
  std::string_view default_process = "default";  // of events that name none
};

/// One event of a body, in the order of the body; its place is the `index` of the answer.
struct DecodedEvent {
  std::string_view bytes;  // its part of the caller's body: kept with a dead letter
  Result<Event> event;     // `id` and `source` are empty where the producer gave none
};

/// A body with more is body_too_large: what an event costs in memory is not in proportion to its bytes.
inline constexpr std::size_t body_events_max = 10'000;

/// Errors of the body: empty_body, malformed_json, not_utf8, too_deep, body_too_large, schema (a batch that is no
/// array). In NDJSON only empty_body and body_too_large: a line that cannot be read is refused by its index. Errors of
/// an event: schema, bad_timestamp, timestamp_out_of_range, number_range, attributes_limit, duplicate_key. Thread-safe
/// (buffers are per thread). `format` is not cloud_event_headers (checked).
Result<std::vector<DecodedEvent>> decode_events(BodyFormat format, std::string_view body, const DecodeOptions& options);

struct HeaderView {
  std::string_view name;  // in lower case
  std::string_view value;
};

/// CloudEvents, binary: `ce-*` headers (values percent-encoded), `content-type`, and the data as body. Errors: those of
/// a body and those of an event.
Result<Event> decode_cloud_event(std::span<const HeaderView> headers, std::string_view body,
                                 const DecodeOptions& options);

/// Appends the event as the log keeps it: one JSON object without a line break, fields in fixed order, defaults left
/// out, attributes by name, times in RFC 3339. It is also valid input for decode_events, but for the member `$upload`.
void encode_event(const Event& event, std::string& out);

/// Reads a record of the log: what encode_event wrote, exactly.
/// `appended` is the record's append time; an event more than 24 h ahead of it is refused. Errors: both kinds above.
Result<Event> decode_stored_event(std::string_view bytes, Time appended);

/// Reads an event that a producer wrote to the log past the server, in the wire form; as decode_events of one object.
Result<Event> decode_produced_event(std::string_view bytes, Time appended);

}  // namespace weir
