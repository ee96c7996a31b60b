#include "api/auth/access.hpp"

#include <gtest/gtest.h>

#include "api/auth/session_cookie.hpp"
#include "state/memory/memory_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::auth {
namespace {

class AccessTest : public testing::Test {
 protected:
  void SetUp() override {
    change([&](Directory& directory) { return directory.add("ann", "h", "acme", Role::admin, clock_.now()); });
    change([&](Directory& directory) { return directory.give_role("ann", "other", Role::viewer); });
  }
  void change(const DirectoryFile::Change& change) { ASSERT_TRUE(directory_->change(change)); }
  Sessions::Begun begin() {
    return sessions_->begin("ann", directory_->current()->find("ann")->generation, "acme").value();
  }
  std::string token(std::optional<Time> expires = {}) {
    return issue_token(keys_, {.workspace = "acme", .role = Role::producer, .expires = expires}, clock_.now()).value();
  }
  static std::string told(const Result<Credential>& found) {
    return found ? std::string(name_of(found->role)) : std::string(name_of(found.error().code));
  }

  tests::TempFolder folder_;
  memory::MemoryStore store_;
  ManualClock clock_;
  KeyRing keys_{{crypto::random_key()}};
  std::unique_ptr<DirectoryFile> directory_ = DirectoryFile::open(folder_.path()).value();
  std::unique_ptr<Sessions> sessions_ = Sessions::open(store_, clock_, {}).value();
  std::unique_ptr<TokenRegistry> tokens_ = TokenRegistry::open(store_, clock_).value();
  Access access_{keys_, *directory_, *sessions_, *tokens_, clock_};
};

TEST_F(AccessTest, ASessionIsItsUserInItsWorkspace) {
  const auto begun = begin();
  const auto credential = access_.by_session(begun.secret).value();
  EXPECT_EQ(credential.workspace, "acme");
  EXPECT_EQ(credential.role, Role::admin);
  EXPECT_EQ(credential.actor(), "user:ann");
  EXPECT_TRUE(credential.is_session());
  ASSERT_TRUE(sessions_->move(begun.session.id, "other").value());
  EXPECT_EQ(access_.by_session(begun.secret)->role, Role::viewer);
  EXPECT_EQ(told(access_.by_session("wrong")), "session_over");
}

TEST_F(AccessTest, ANewRoleCountsAtOnce) {
  const auto begun = begin();
  const auto open = access_.by_session(begun.secret).value();
  change([](Directory& directory) { return directory.give_role("ann", "acme", Role::viewer); });
  EXPECT_EQ(told(access_.by_session(begun.secret)), "viewer");
  EXPECT_EQ(told(access_.renew(open)), "viewer");
  change([](Directory& directory) { return directory.take_role("ann", "acme"); });
  EXPECT_EQ(told(access_.by_session(begun.secret)), "session_over");
  EXPECT_EQ(told(access_.renew(open)), "forbidden");
}

TEST_F(AccessTest, ANewPasswordAndRemovalEndSessions) {
  const auto begun = begin();
  const auto open = access_.by_session(begun.secret).value();
  change([](Directory& directory) { return directory.set_password("ann", "new"); });
  EXPECT_EQ(told(access_.by_session(begun.secret)), "session_over");
  EXPECT_EQ(told(access_.renew(open)), "session_over");
  const auto again = begin();
  EXPECT_EQ(told(access_.by_session(again.secret)), "admin");
  change([](Directory& directory) { return directory.remove("ann"); });
  EXPECT_EQ(told(access_.by_session(again.secret)), "session_over");
  ASSERT_TRUE(access_.flush());
  EXPECT_EQ(sessions_->count(), 0u);
}

TEST_F(AccessTest, AnOpenSocketAfterSignOutAndAfterASwitch) {
  const auto begun = begin();
  const auto open = access_.by_session(begun.secret).value();
  ASSERT_TRUE(sessions_->move(begun.session.id, "other").value());
  EXPECT_EQ(told(access_.renew(open)), "admin");  // it stays where it was opened
  ASSERT_TRUE(sessions_->end(begun.session.id));
  EXPECT_EQ(told(access_.renew(open)), "session_over");
}

TEST_F(AccessTest, TokensAreRevokedAndExpireWhileOpen) {
  const auto text = token(clock_.now() + std::chrono::hours(1));
  const auto open = access_.by_token(text).value();
  EXPECT_EQ(open.actor(), open.token_id);
  EXPECT_EQ(told(access_.renew(open)), "producer");
  clock_.advance(std::chrono::hours(1) + token_leeway);
  EXPECT_EQ(told(access_.renew(open)), "invalid_token");
  EXPECT_EQ(told(access_.by_token(text)), "invalid_token");

  const auto lasting = token();
  const auto other = access_.by_token(lasting).value();
  ASSERT_TRUE(tokens_->revoke("acme", other.token_id));
  EXPECT_EQ(told(access_.renew(other)), "invalid_token");
  const auto refused = access_.by_token(lasting);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail, access_.by_token("weir_nonsense").error().detail);
}

TEST(SessionCookie, IsOneOfOurName) {
  const auto secret = [](std::vector<std::string_view> values, bool secure = false) {
    const auto found = session_secret(values, secure);
    return found ? std::string(*found) : std::string(name_of(found.error().code));
  };
  EXPECT_EQ(secret({"weir=abc"}), "abc");
  EXPECT_EQ(secret({"theme=dark; weir=abc; x=y"}), "abc");
  EXPECT_EQ(secret({"theme=dark", "weir=abc"}), "abc");
  EXPECT_EQ(secret({"__Host-weir=abc"}, true), "abc");
  EXPECT_EQ(secret({"weir=abc"}, true), "missing_token");  // another host could have set it
  EXPECT_EQ(secret({}), "missing_token");
  EXPECT_EQ(secret({"weird=abc; xweir=1; weir"}), "missing_token");
  EXPECT_EQ(secret({"weir=abc; weir=abc"}), "bad_request");
  EXPECT_EQ(secret({"weir=abc", "weir=def"}), "bad_request");
}

TEST(SessionCookie, CannotBeReadByScriptsNorSentByOtherSites) {
  EXPECT_EQ(session_cookie("abc", false, std::chrono::hours(1)),
            "weir=abc; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict");
  EXPECT_EQ(session_cookie("abc", true, std::chrono::hours(1)),
            "__Host-weir=abc; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict; Secure");
  EXPECT_EQ(no_session_cookie(true), "__Host-weir=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure");
}

TEST(SessionCookie, CsrfTokenIsOfTheSecretAlone) {
  const auto token = csrf_token_of("abc");
  EXPECT_TRUE(is_csrf_token_of("abc", token));
  EXPECT_FALSE(is_csrf_token_of("abd", token));
  for (const auto* wrong : {"", "abc", "x"}) EXPECT_FALSE(is_csrf_token_of("abc", wrong));
}

TEST(SessionCookie, Origins) {
  EXPECT_TRUE(is_same_origin("http://127.0.0.1:8080", "127.0.0.1:8080"));
  EXPECT_TRUE(is_same_origin("https://weir.example", "weir.example"));
  for (const auto* origin : {"", "null", "http://evil.example", "http://127.0.0.1:8081", "127.0.0.1:8080",
                             "http://127.0.0.1:8080.evil.example"}) {
    EXPECT_FALSE(is_same_origin(origin, "127.0.0.1:8080")) << origin;
  }
  EXPECT_FALSE(is_same_origin("http://", ""));
}

}  // namespace
}  // namespace weir::auth
