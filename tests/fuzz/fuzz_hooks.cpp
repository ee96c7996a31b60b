// What others write down as a hook, send to one, or sign it by. The first byte says which.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/check.hpp"
#include "stream/hooks/mapping.hpp"

namespace {

using namespace weir;
using namespace weir::hooks;

constexpr Time now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}};
constexpr const char* secrets[] = {R"("secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])",
                                   R"("secrets": ["a2V5LW9mLXRlYW1zLXRoYXQtaXMtMzItYnl0ZXMteHg="])", R"("app_id": "a")",
                                   R"("secrets": ["0123456789:abcdef"])"};

std::optional<Hook> hook_of(std::string_view text) {
  std::optional<Hook> hook;
  const auto faults = read_document(text, [&](const DocumentNode& node) { hook = read_hook(node); });
  WEIR_CHECK(!faults || hook.has_value() == faults->empty(), "a hook, or faults");
  return hook;
}

/// One with the usual events of each provider.
const std::vector<Hook>& usual_hooks() {
  static const std::vector<Hook> all = [] {
    std::vector<Hook> made;
    for (int i = 0; i <= static_cast<int>(Provider::basic); ++i) {
      const auto provider = static_cast<Provider>(i);
      for (const char* secret : secrets) {
        const auto hook =
            hook_of(R"({"provider": ")" + std::string(name_of(provider)) + R"(", "process": "p", )" + secret + "}");
        if (!hook) continue;
        made.push_back(*hook);
        break;
      }
    }
    WEIR_CHECK(made.size() == 12, "a hook of each provider");
    return made;
  }();
  return all;
}

/// Whatever comes, what is made of it is JSON that the reader of events takes apart.
void check_mapping(const Hook& hook, const Delivery& delivery) {
  const auto text = body_as_json(delivery);
  if (!text) return;
  JsonParser parser;
  const auto body = parser.parse(*text);
  if (!body) return;
  const Mapped mapped = map_events(hook, "hooks/h", *body, delivery);
  const auto events = decode_events(BodyFormat::json, mapped.events, {.now = now});
  WEIR_CHECK(events.ok() && events->size() == mapped.count, "as many events as were told");
}

/// A document, a line end, a body.
void check_document(std::string_view text) {
  const std::size_t end = text.find('\n');
  const auto hook = hook_of(text.substr(0, end));
  if (!hook || end == text.npos) return;
  check_mapping(*hook, {{}, text.substr(end + 1), "", now});
}

/// A body for every provider, as JSON and as a form.
void check_body(std::string_view body) {
  const HeaderView form[] = {{"content-type", "application/x-www-form-urlencoded"}};
  for (const Hook& hook : usual_hooks()) {
    check_mapping(hook, {{}, body, "", now});
    check_mapping(hook, {form, body, "", now});
  }
}

/// Two header values and a body: nobody signs by chance.
void check_signature(std::string_view text) {
  const std::size_t first = text.find('\n'), second = text.find('\n', first == text.npos ? first : first + 1);
  if (second == text.npos) return;
  const std::string_view one = text.substr(0, first), other = text.substr(first + 1, second - first - 1);
  std::vector<HeaderView> headers;
  for (const char* name : {"webhook-signature", "x-slack-signature", "x-hub-signature-256", "x-hub-signature",
                           "stripe-signature", "x-zendesk-webhook-signature", "x-twilio-signature", "authorization"}) {
    headers.push_back({name, one});
  }
  for (const char* name :
       {"webhook-timestamp", "webhook-id", "x-slack-request-timestamp", "x-zendesk-webhook-signature-timestamp"}) {
    headers.push_back({name, other});
  }
  const Delivery delivery{headers, text.substr(second + 1), "https://weir.example/v1/hooks/h?" + std::string(other),
                          now};
  const BotKeys keys;
  for (const Hook& hook : usual_hooks()) {
    WEIR_CHECK(verify(hook.signing, delivery, &keys) != Verdict::verified, "a signature without the secret");
    static_cast<void>(once_only(hook.signing, delivery));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0] % 4) {
    case 0:
      check_document(text);
      break;
    case 1:
      check_body(text);
      break;
    case 2:
      check_signature(text);
      break;
    default:
      static_cast<void>(read_bot_keys(text));
      static_cast<void>(judge_token(text, {"a", "i", "m"}, {}, text, now));
  }
  return 0;
}
