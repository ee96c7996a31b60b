// Targets as the deliverer gets them: opened, as they hold now, and disabled when a receiver says that it is gone.
#include "api/app/targets.hpp"

#include <future>

#include <gtest/gtest.h>

#include "api/app/hook_desk.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::app {
namespace {

constexpr const char* secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string webhook =
    R"({"kind": "webhook", "url": "https://ops.example/hook", "secrets": [")" + std::string(secret) + "\"]}";

class Targets : public testing::Test {
 protected:
  Targets() {
    logger_options_.write = [](std::string_view) {};
    logger_ = std::make_unique<Logger>(logger_options_, clock_);
    auto settings = parse_settings({"serve", "--data", temp_.at("data"), "--shards", "2", "--threads", "1"}, {});
    node_ =
        Node::open(*settings.settings, clock_, *logger_, [](const Error& why) { ADD_FAILURE() << why.detail; }).value();
    node_->start();
    desk_ = std::make_unique<DocumentDesk>(*node_);
  }
  ~Targets() override { node_->stop(); }

  using Written = Result<DocumentDesk::Written>;
  static Written told(const std::function<Result<void>(DocumentDesk::Done)>& write) {
    std::promise<Written> promise;
    const auto queued = write([&promise](Written written) { promise.set_value(std::move(written)); });
    return queued ? promise.get_future().get() : Written{queued.error()};
  }
  Written put(const std::string& name, const std::string& body) {
    const documents::Place place{"acme", documents::Kind::target, name};
    auto draft = desk_->draft(place, body).value();
    EXPECT_TRUE(draft.checked.faults.empty());
    return told(
        [&](auto done) { return desk_->write({place, draft.body, draft.checked.secrets, ""}, std::move(done)); });
  }
  Written disable(const Hash128& version) {
    return told(
        [&](auto done) { return disable_target(*desk_, "acme", "ops", version, "it said \"410\"", std::move(done)); });
  }

  tests::TempFolder temp_;
  SystemClock clock_;
  Logger::Options logger_options_;
  std::unique_ptr<Logger> logger_;
  std::unique_ptr<Node> node_;
  std::unique_ptr<DocumentDesk> desk_;
};

TEST_F(Targets, AreFoundAsTheyHoldNowWithTheirSecrets) {
  EXPECT_FALSE(find_target(*desk_, "acme", "ops").value());
  ASSERT_TRUE(put("ops", webhook));
  const auto found = find_target(*desk_, "acme", "ops").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(std::get<effects::Webhook>(found->target.receiver).keys.front().size(), 24u);
  EXPECT_TRUE(found->target.disabled.empty());
  EXPECT_FALSE(find_target(*desk_, "other", "ops").value());
  ASSERT_TRUE(put("ops", R"({"kind": "slack", "url": "https://hooks.example/x"})"));
  const auto newer = find_target(*desk_, "acme", "ops").value();
  EXPECT_NE(newer->version, found->version);
  EXPECT_TRUE(std::holds_alternative<effects::Slack>(newer->target.receiver));
}

TEST_F(Targets, AreDisabledWhileTheyAreOfThatVersion) {
  ASSERT_TRUE(put("ops", webhook));
  const Hash128 version = find_target(*desk_, "acme", "ops").value()->version;
  const auto written = disable(version);
  ASSERT_TRUE(written) << written.error().detail;
  EXPECT_EQ(written->version.body->find(secret), std::string::npos);
  const auto disabled = find_target(*desk_, "acme", "ops").value();
  EXPECT_EQ(disabled->target.disabled, "it said \"410\"");
  EXPECT_EQ(std::get<effects::Webhook>(disabled->target.receiver).keys.size(), 1u);
  EXPECT_EQ(disable(version).error().code, Code::precondition_failed);
  ASSERT_TRUE(disable(disabled->version));  // again, in other words: one member
  ASSERT_TRUE(put("ops", webhook));
  EXPECT_TRUE(find_target(*desk_, "acme", "ops").value()->target.disabled.empty());
}

TEST_F(Targets, OfANetworkThatIsNotPermittedAnyMoreAreRefused) {
  const documents::Place place{"acme", documents::Kind::target, "ops"};
  const std::string near = R"({"kind": "slack", "url": "http://127.0.0.1:1/"})";
  ASSERT_TRUE(told([&](auto done) { return desk_->write({place, near, {"/url"}, ""}, std::move(done)); }));
  EXPECT_EQ(find_target(*desk_, "acme", "ops").error().code, Code::invalid_document);
}

TEST(HookAddresses, LeadToTheirHookByTheirKeyAlone) {
  const HookAddresses addresses{crypto::random_key()};
  const std::string address = addresses.of("acme", "desk");
  EXPECT_EQ(addresses.place_of(address).value(), (documents::Place{"acme", documents::Kind::hook, "desk"}));
  EXPECT_FALSE(HookAddresses{crypto::random_key()}.place_of(address));
  for (const std::string& wrong :
       {std::string(), std::string("."), std::string(".."), std::string("acme.desk"), address.substr(1), address + "A",
        address.substr(0, address.size() - 1), "x" + address, std::string("acme.desk.")}) {
    EXPECT_EQ(addresses.place_of(wrong).error().code, Code::not_found) << wrong;
  }
}

}  // namespace
}  // namespace weir::app
