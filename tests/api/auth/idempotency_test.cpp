#include "api/auth/idempotency.hpp"

#include <gtest/gtest.h>

#include "state/memory/memory_store.hpp"
#include "tests/support/manual_clock.hpp"

namespace weir::auth {
namespace {

using std::chrono::hours;
using Reservation = IdempotencyStore::Reservation;

const Hash128 request{1, 2};
const Hash128 other_request{3, 4};
const StoredAnswer answer{.status = 202, .content_type = "application/json", .body = R"({"accepted":1})"};

IdempotencyScope scope(std::string key, std::string workspace = "acme", std::string token = "t1",
                       std::string route = "POST /v1/events") {
  return {std::move(workspace), std::move(token), std::move(route), std::move(key)};
}

class Idempotency : public testing::Test {
 protected:
  void open(IdempotencyStore::Limits limits = {}) {
    answers_.reset();
    answers_ = IdempotencyStore::open(store_, clock_, limits).value();
  }
  // What a server does with a request: the body that its producer gets.
  std::string serve(const IdempotencyScope& where, const Hash128& asked = request, std::string body = answer.body) {
    auto begun = answers_->begin(where, asked);
    if (!begun) return std::string(name_of(begun.error().code));
    if (const auto* kept = std::get_if<StoredAnswer>(&*begun)) return "kept " + kept->body;
    EXPECT_TRUE(std::get<Reservation>(*begun).keep({202, "application/json", body}).ok());
    return body;
  }
  std::size_t rows() const {
    std::size_t count = 0;
    EXPECT_TRUE(store_.scan({}, {}, [&](auto, auto) { return ++count, true; }).ok());
    return count;
  }

  memory::MemoryStore store_;
  ManualClock clock_;
  std::unique_ptr<IdempotencyStore> answers_;
};

TEST_F(Idempotency, AnswersARepeatedRequestAsTheFirstTime) {
  open();
  {
    auto begun = answers_->begin(scope("k"), request).value();
    ASSERT_TRUE(std::get<Reservation>(begun).keep(answer).ok());
  }
  EXPECT_EQ(std::get<StoredAnswer>(answers_->begin(scope("k"), request).value()), answer);
}

TEST_F(Idempotency, IsOverBeforeTheAnswerGoesOut) {
  open();
  auto kept = answers_->begin(scope("k"), request).value();
  ASSERT_TRUE(std::get<Reservation>(kept).keep(answer).ok());
  std::get<Reservation>(kept).end();
  EXPECT_EQ(std::get<StoredAnswer>(answers_->begin(scope("k"), request).value()), answer);
  auto failed = answers_->begin(scope("l"), request).value();
  std::get<Reservation>(failed).end();
  EXPECT_TRUE(std::holds_alternative<Reservation>(answers_->begin(scope("l"), request).value()));
}

TEST_F(Idempotency, RefusesTheSameKeyWithAnotherRequest) {
  open();
  serve(scope("k"));
  EXPECT_EQ(serve(scope("k"), other_request), "idempotency_conflict");
  EXPECT_EQ(serve(scope("k")), "kept " + answer.body);
}

TEST_F(Idempotency, Row99KeysOfOtherWorkspacesTokensAndRoutesAreOthers) {
  open();
  serve(scope("k"), request, "first");
  EXPECT_EQ(serve(scope("k", "other"), other_request, "a"), "a");
  EXPECT_EQ(serve(scope("k", "acme", "t2"), other_request, "b"), "b");
  EXPECT_EQ(serve(scope("k", "acme", "t1", "POST /v1/uploads"), other_request, "c"), "c");
  EXPECT_EQ(serve(scope("1k", "acme", "t"), other_request, "d"), "d");  // parts do not run into each other
  EXPECT_EQ(serve(scope("k")), "kept first");
}

TEST_F(Idempotency, RefusesTheKeyWhileItsRequestIsBeingWorkedOn) {
  open();
  {
    const auto begun = answers_->begin(scope("k"), request).value();
    EXPECT_EQ(serve(scope("k")), "idempotency_conflict");
    EXPECT_EQ(serve(scope("other"), request, "x"), "x");
  }
  EXPECT_EQ(serve(scope("k")), answer.body);  // it was given up: nothing was done
}

TEST_F(Idempotency, RefusesAnEmptyOrTooLongKey) {
  open();
  EXPECT_EQ(serve(scope("")), "bad_request");
  EXPECT_EQ(serve(scope(std::string(257, 'k'))), "bad_request");
  EXPECT_EQ(serve(scope(std::string(256, 'k'))), answer.body);
}

TEST_F(Idempotency, SurvivesTheLossOfPower) {
  open();
  serve(scope("k"));
  store_.lose_unsynced(7);
  open();
  EXPECT_EQ(serve(scope("k")), "kept " + answer.body);
}

TEST_F(Idempotency, ForgetsAfterADay) {
  open();
  serve(scope("k"));
  clock_.advance(hours(24) - std::chrono::microseconds(1));
  EXPECT_EQ(serve(scope("k"), other_request), "idempotency_conflict");
  clock_.advance(std::chrono::microseconds(1));
  EXPECT_EQ(serve(scope("k"), other_request, "new"), "new");
  EXPECT_EQ(serve(scope("k"), other_request), "kept new");
  EXPECT_EQ(rows(), 2u);
}

TEST_F(Idempotency, ANewAnswerOutlivesTheRemovalOfTheOneBefore) {
  open();
  serve(scope("k"), request, "old");
  clock_.advance(hours(24));
  // The wall clock is set back between the look-up and the keeping, so that the sweep does not see the old answer.
  auto begun = answers_->begin(scope("k"), request).value();
  clock_.set_wall(clock_.now() - hours(2));
  ASSERT_TRUE(std::get<Reservation>(begun).keep({202, "", "new"}).ok());
  EXPECT_EQ(rows(), 2u);
}

TEST_F(Idempotency, RemovesWhatIsTooOldWhenOpenedAndAsItGoes) {
  open();
  for (int i = 0; i < 10; ++i) serve(scope(std::to_string(i), i % 2 == 0 ? "acme" : "other"));
  EXPECT_EQ(rows(), 20u);
  clock_.advance(hours(25));
  serve(scope("new"));
  EXPECT_EQ(rows(), 12u);  // the other workspace's five, and the new one
  open();
  EXPECT_EQ(rows(), 2u);
}

TEST_F(Idempotency, StaysWithinTheBytesOfAWorkspaceByDroppingItsOldest) {
  open({.workspace_bytes_max = 10'000});
  serve(scope("mine", "other"));
  for (int i = 0; i < 100; ++i) {
    serve(scope(std::to_string(i)), request, std::string(1'000, 'x'));
    clock_.advance(std::chrono::seconds(1));
    EXPECT_LE(rows(), 2 * (1 + 10'000 / 1'000));
  }
  EXPECT_EQ(serve(scope("99")).substr(0, 4), "kept");
  EXPECT_EQ(serve(scope("0")), answer.body);
  EXPECT_EQ(serve(scope("mine", "other")), "kept " + answer.body);
}

TEST_F(Idempotency, KnowsTheBytesAgainAfterAReopening) {
  open({.workspace_bytes_max = 10'000});
  for (int i = 0; i < 5; ++i) serve(scope(std::to_string(i)), request, std::string(1'000, 'x'));
  for (int round = 0; round < 20; ++round) {
    open({.workspace_bytes_max = 10'000});
    serve(scope("r" + std::to_string(round)), request, std::string(1'000, 'x'));
  }
  EXPECT_LE(rows(), 2u * 10'000 / 1'000);
}

TEST_F(Idempotency, DoesNotKeepAnAnswerThatCannotFit) {
  open({.workspace_bytes_max = 1'000});
  serve(scope("k"), request, std::string(2'000, 'x'));
  EXPECT_EQ(rows(), 0u);
  EXPECT_EQ(serve(scope("k")), answer.body);
}

TEST_F(Idempotency, ReportsAFailedWriteAndKeepsNothing) {
  open();
  {
    auto begun = answers_->begin(scope("k"), request).value();
    store_.fail_next_write(memory::MemoryStore::Outcome::lost);
    EXPECT_EQ(std::get<Reservation>(begun).keep(answer).error().code, Code::storage_failed);
  }
  store_.reopen();
  open();
  EXPECT_EQ(serve(scope("k")), answer.body);
}

}  // namespace
}  // namespace weir::auth
