#include "stream/hooks/hook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stream/hooks/delivering.hpp"

namespace weir::hooks {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

auto at(const char* pointer) { return Field(&DocumentFault::pointer, pointer); }

TEST(Hook, NeedsNoMoreThanProviderSecretsAndProcess) {
  for (const char* text : {R"({"provider": "github", "secrets": ["It's a Secret to Everybody"], "process": "p"})",
                           R"({"provider": "twilio", "secrets": ["0123456789abcdef"], "process": "p"})",
                           R"({"provider": "basic", "secrets": ["user:a-long-password"], "process": "p"})",
                           R"({"provider": "bot_connector", "app_id": "a", "process": "p"})"}) {
    const auto found = read(text);
    ASSERT_THAT(found.faults, IsEmpty()) << text;
    EXPECT_FALSE(found.hook->mappings.empty());
    EXPECT_EQ(found.hook->signing.tolerance, std::chrono::minutes{5});
  }
}

TEST(Hook, HasUsualEventsOfEachProvider) {
  for (int i = 0; i <= static_cast<int>(Provider::basic); ++i) {
    EXPECT_FALSE(usual_events(static_cast<Provider>(i)).empty());
  }
}

TEST(Hook, TellsWhatIsSecret) {
  const auto found = read(R"({"provider": "whatsapp", "secrets": ["0123456789abcdef", "fedcba9876543210"],
                              "verify_token": "a-long-verify-token", "process": "p", "tolerance": "2m"})");
  ASSERT_THAT(found.faults, IsEmpty());
  EXPECT_THAT(found.hook->secrets, ElementsAre("/secrets/0", "/secrets/1", "/verify_token"));
  EXPECT_EQ(found.hook->signing.tolerance, std::chrono::minutes{2});
}

TEST(Hook, TellsEveryFaultAtOnce) {
  const auto found = read(R"({"provider": "github", "secrets": ["short", ""], "process": "Not plain", "tolerance": "2d",
      "verify_token": "a-long-verify-token", "more": 1, "events": [
        {"case_id": "{/a", "activity": ["{/a/*}"], "when": {"path": "a", "op": "exists"}},
        {"each": "/a", "case_id": 1, "activity": [], "attributes": {"x": {}}}, {}]})");
  EXPECT_THAT(
      found.faults,
      UnorderedElementsAre(at("/secrets/0"), at("/secrets/1"), at("/process"), at("/tolerance"), at("/verify_token"),
                           at(""), at("/events/0/case_id"), at("/events/0/activity/0"), at("/events/0/when/path"),
                           at("/events/1/each"), at("/events/1/case_id"), at("/events/1/activity"),
                           at("/events/1/attributes/x"), at("/events/2"), at("/events/2")));
  EXPECT_FALSE(found.hook);
}

TEST(Hook, IsRefusedWithoutWhatItNeeds) {
  EXPECT_THAT(read("[]").faults, ElementsAre(at("")));
  for (const char* token : {"", "-", "fifteen-letters"}) {
    EXPECT_THAT(read(R"({"provider": "whatsapp", "process": "p", "secrets": ["0123456789abcdef"], "verify_token": ")" +
                     std::string(token) + "\"}")
                    .faults,
                ElementsAre(at("/verify_token")))
        << token;
  }
  EXPECT_THAT(read(R"({"provider": "pigeon"})").faults, ElementsAre(at("/provider")));
  EXPECT_THAT(read(R"({"provider": "github"})").faults, ElementsAre(at(""), at("")));
  EXPECT_THAT(read(R"({"provider": "github", "process": "p", "secrets": []})").faults, ElementsAre(at("/secrets")));
  EXPECT_THAT(read(R"({"provider": "bot_connector", "process": "p", "app_id": "a", "secrets": ["x"]})").faults,
              ElementsAre(at("/secrets")));
  EXPECT_THAT(read(R"({"provider": "twilio", "process": "p", "secrets": ["0123456789abcdef"],
                       "public_url": "weir.example/"})")
                  .faults,
              ElementsAre(at("/public_url")));
}

}  // namespace
}  // namespace weir::hooks
