#include "api/auth/token_registry.hpp"

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::auth {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::string id(int number) {
  const auto digits = std::to_string(number);
  return std::string(16 - digits.size(), '0') + digits;
}

class Registry : public testing::Test {
 protected:
  void open() {
    tokens_.reset();
    tokens_ = TokenRegistry::open(store_, clock_, {.made = 3, .seen = 2, .revoked = 4}).value();
  }
  void SetUp() override { open(); }
  TokenRecord record(int number, std::optional<Time> expires = {}) {
    TokenRecord made;
    made.id = id(number);
    made.name = "till " + std::to_string(number);
    made.role = Role::producer;
    made.made = clock_.now();
    made.made_by = "user:ann";
    made.expires = expires;
    return made;
  }
  bool use(int number, const std::string& workspace = "acme") {
    return tokens_->use({.workspace = workspace, .role = Role::viewer, .token_id = id(number)});
  }
  std::vector<std::string> listed(const std::string& workspace = "acme") {
    std::vector<std::string> ids;
    for (const auto& one : tokens_->list(workspace)) ids.push_back(one.id);
    return ids;
  }

  memory::MemoryStore store_;
  ManualClock clock_;
  std::unique_ptr<TokenRegistry> tokens_;
};

using Ids = std::vector<std::string>;

TEST_F(Registry, TellsWhatWasMadeNewestFirstOfTheWorkspaceAlone) {
  const auto first = record(1);
  ASSERT_TRUE(tokens_->add("acme", first));
  clock_.advance(minutes(1));
  ASSERT_TRUE(tokens_->add("acme", record(2)));
  ASSERT_TRUE(tokens_->add("other", record(3)));
  EXPECT_EQ(listed(), (Ids{id(2), id(1)}));
  EXPECT_EQ(tokens_->list("acme").back(), first);
  open();
  EXPECT_EQ(listed(), (Ids{id(2), id(1)}));
  EXPECT_EQ(tokens_->list("acme").back(), first);
}

TEST_F(Registry, ARevokedTokenIsRefusedAtOnceAndForGood) {
  ASSERT_TRUE(tokens_->add("acme", record(1)));
  EXPECT_TRUE(use(1));
  ASSERT_TRUE(tokens_->revoke("acme", id(1)));
  EXPECT_FALSE(use(1));
  EXPECT_TRUE(tokens_->is_revoked("acme", id(1)));
  EXPECT_EQ(listed(), Ids{});
  ASSERT_TRUE(tokens_->revoke("acme", id(1)));
  open();
  EXPECT_FALSE(use(1));
}

TEST_F(Registry, RevokingReachesNoOtherWorkspace) {
  ASSERT_TRUE(tokens_->revoke("other", id(1)));
  EXPECT_TRUE(use(1));
  EXPECT_FALSE(use(1, "other"));
}

TEST_F(Registry, AnUnknownTokenIsKnownFromItsFirstUseAndCanBeRevokedBefore) {
  ASSERT_TRUE(tokens_->revoke("acme", id(1)));
  EXPECT_FALSE(use(1));
  EXPECT_TRUE(use(2));
  ASSERT_EQ(listed(), Ids{id(2)});
  const auto seen = tokens_->list("acme").front();
  EXPECT_EQ(seen.name, std::nullopt);
  EXPECT_EQ(seen.made_by, "command line");
  EXPECT_EQ(seen.last_used, clock_.now());
  ASSERT_TRUE(tokens_->flush());
  open();
  EXPECT_EQ(listed(), Ids{id(2)});
}

TEST_F(Registry, LastUseIsToldToTheMinuteAndKeptByFlush) {
  ASSERT_TRUE(tokens_->add("acme", record(1)));
  EXPECT_EQ(tokens_->list("acme").front().last_used, std::nullopt);
  const auto first = clock_.now();
  EXPECT_TRUE(use(1));
  clock_.advance(std::chrono::seconds(59));
  EXPECT_TRUE(use(1));
  EXPECT_EQ(tokens_->list("acme").front().last_used, first);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_TRUE(use(1));
  EXPECT_EQ(tokens_->list("acme").front().last_used, clock_.now());
  ASSERT_TRUE(tokens_->flush());
  open();
  EXPECT_EQ(tokens_->list("acme").front().last_used, clock_.now());
}

TEST_F(Registry, ExpiredTokensAreForgotten) {
  ASSERT_TRUE(tokens_->add("acme", record(1, clock_.now() + hours(1))));
  clock_.advance(hours(1) + minutes(2));
  EXPECT_EQ(listed(), Ids{});
  ASSERT_TRUE(tokens_->flush());
  std::size_t rows = 0;
  ASSERT_TRUE(store_.scan({}, {}, [&](auto, auto) { return ++rows, true; }));
  EXPECT_EQ(rows, 0u);
}

TEST_F(Registry, IsBounded) {
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(tokens_->add("acme", record(i)));
  EXPECT_EQ(tokens_->add("acme", record(4)).error().code, Code::directory_full);
  for (int i = 11; i <= 13; ++i) {
    clock_.advance(minutes(1));
    EXPECT_TRUE(use(i));
  }
  EXPECT_EQ(listed(), (Ids{id(13), id(12), id(3), id(2), id(1)}));
  for (int i = 21; i <= 24; ++i) ASSERT_TRUE(tokens_->revoke("acme", id(i)));
  EXPECT_EQ(tokens_->revoke("acme", id(25)).error().code, Code::directory_full);
  EXPECT_TRUE(tokens_->revoke("acme", id(1)));  // what is known can always be revoked
  EXPECT_FALSE(use(1));
}

TEST_F(Registry, IdsOfTokens) {
  EXPECT_TRUE(is_token_id("0123456789abcdef"));
  for (const auto* text : {"", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeF", "0123456789abcde/"}) {
    EXPECT_FALSE(is_token_id(text)) << text;
  }
}

/// The registries of two nodes, and what they share.
class Nodes : public Registry {
 protected:
  void SetUp() override {
    Registry::SetUp();
    share(*tokens_);
    share(*other_);
  }
  void share(TokenRegistry& node) {
    node.share([this](const std::string& workspace, const TokenRecord& record) -> Result<void> {
      if (!reachable_) return Error{Code::log_unreachable, ""};
      const auto copy = decode_token_record(record.id, encode(record));
      if (!copy) return copy.error();
      for (auto* const one : {tokens_.get(), other_.get()}) {
        if (const auto applied = one->apply(workspace, *copy); !applied) return applied;
      }
      return {};
    });
  }

  memory::MemoryStore other_store_;
  std::unique_ptr<TokenRegistry> other_ = TokenRegistry::open(other_store_, clock_).value();
  bool reachable_ = true;
};

TEST_F(Nodes, WhatOneMakesAndRevokesAllKnow) {
  ASSERT_TRUE(tokens_->add("acme", record(1)));
  EXPECT_EQ(other_->list("acme").size(), 1u);
  ASSERT_TRUE(other_->revoke("acme", id(1)));
  EXPECT_FALSE(use(1));
  ASSERT_TRUE(other_->revoke("acme", id(7)));  // one that nobody has seen
  EXPECT_TRUE(tokens_->is_revoked("acme", id(7)));
  open();
  EXPECT_TRUE(tokens_->is_revoked("acme", id(1)));
}

TEST_F(Nodes, ARevocationIsForGoodAndUseStaysEachNodesOwn) {
  ASSERT_TRUE(tokens_->add("acme", record(1)));
  const TokenRecord made = tokens_->list("acme").front();
  ASSERT_TRUE(use(1));
  ASSERT_TRUE(tokens_->apply("acme", made));  // told again, as after a start
  EXPECT_EQ(tokens_->list("acme").front().last_used, clock_.now());
  EXPECT_FALSE(other_->list("acme").front().last_used);
  ASSERT_TRUE(tokens_->revoke("acme", id(1)));
  ASSERT_TRUE(tokens_->apply("acme", made));
  EXPECT_FALSE(use(1));
}

TEST_F(Nodes, WhatCannotBeSharedIsNotDone) {
  ASSERT_TRUE(tokens_->add("acme", record(1)));
  reachable_ = false;
  const auto refused = tokens_->revoke("acme", id(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::log_unreachable);
  EXPECT_TRUE(use(1));
}

}  // namespace
}  // namespace weir::auth
