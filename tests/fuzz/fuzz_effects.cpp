// What others write down as a target, store as an effect, or answer to one. The first byte says which.
#include <cstdint>
#include <string>
#include <string_view>

#include <arpa/inet.h>

#include "schemas/base/check.hpp"
#include "stream/effects/conversation.hpp"
#include "stream/effects/kafka_topic.hpp"
#include "stream/effects/outbox.hpp"
#include "tests/stream/effects/making.hpp"

namespace {

using namespace weir;
using namespace weir::effects;

constexpr Time now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}};

void check_request(const http::Outgoing& outgoing) {
  const auto* call = std::get_if<http::Call>(&outgoing);
  if (call == nullptr) return;
  WEIR_CHECK(call->url.find_first_of("\r\n ") == std::string::npos, "a URL of one line");
  for (const auto& header : call->headers) {
    WEIR_CHECK((header.name + header.value).find_first_of("\r\n") == std::string::npos, "headers of one line");
  }
}

/// Whatever is taken for a target can be sent to.
void check_target(std::string_view text) {
  static const Effect effect = an_effect();
  const auto found = read(text);
  WEIR_CHECK(found.target.has_value() == found.faults.empty(), "a target, or faults");
  if (!found.target) return;
  Session session;
  const auto conversation = converse(found.target->receiver, effect, session);
  if (conversation) return check_request(conversation->open(now));
  const auto* topic = std::get_if<KafkaTopic>(&found.target->receiver);
  WEIR_CHECK(topic != nullptr && record_of(*topic, effect).key == effect.key, "a record under the key");
}

void check_stored(std::string_view bytes) {
  const auto effect = decode_effect(bytes);
  if (effect) WEIR_CHECK(*decode_effect(encode_effect(*effect)) == *effect, "the same effect again");
  const auto progress = decode_progress(bytes);
  if (progress) WEIR_CHECK(*decode_progress(encode_progress(*progress)) == *progress, "the same progress again");
  const auto record = decode_record(bytes);
  if (record) WEIR_CHECK(*decode_record(encode_record(*record)) == *record, "the same record again");
}

/// What a resolver takes for an address is one to us, and the same.
void check_host(std::string_view text) {
  const std::string ended{text.substr(0, text.find('\0'))};
  const auto host = http::parse_host(ended);
  in_addr found{};
  if (!host || ::inet_aton(ended.c_str(), &found) == 0) return;
  WEIR_CHECK(host->address.has_value(), "an address, not a name");
  WEIR_CHECK(std::equal(host->address->begin() + 12, host->address->end(), reinterpret_cast<std::uint8_t*>(&found)),
             "the same address");
}

void check_answer(std::string_view text) {
  const std::size_t end = text.find('\n');
  const std::string body{end == std::string_view::npos ? "" : text.substr(end + 1)};
  const Effect effect = an_effect();
  const Receiver receivers[] = {Webhook{}, Slack{}, Teams{}, PagerDuty{}, SalesforceCase{}};
  for (const unsigned status : {200u, 300u, 400u, 401u, 403u, 429u, 503u}) {
    for (const Receiver& receiver : receivers) {
      Session session{"token", "https://org.example"};
      const auto conversation = converse(receiver, effect, session);
      conversation->open(now);
      const auto said = answer(status, body, {{"retry-after", std::string(text.substr(0, end))}});
      // A sign-in needs a key, which costs a millisecond: not here.
      if (status == 401 && std::holds_alternative<SalesforceCase>(receiver)) continue;
      const auto next = conversation->hear(said, now);
      if (const auto* verdict = std::get_if<Verdict>(&next)) {
        WEIR_CHECK(!verdict->wait || (*verdict->wait >= Duration{} && *verdict->wait <= wait_max),
                   "a wait within a day");
      } else {
        check_request(std::get<http::Outgoing>(next));
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0] % 4) {
    case 0:
      check_target(text);
      break;
    case 1:
      check_stored(text);
      break;
    case 2:
      check_host(text);
      break;
    default:
      check_answer(text);
  }
  return 0;
}
