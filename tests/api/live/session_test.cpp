// What a connection is told, message by message; and what it may not do to others.
#include "api/live/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/live/live_client.hpp"
#include "tests/api/live/live_node.hpp"

namespace weir::live {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::string_view map_of_p = R"(,"process":"p")";

Event event(const std::string& case_id, const std::string& activity, std::int64_t at = 0) {
  Event event;
  event.process = "p";
  event.case_id = case_id;
  event.activity = activity;
  event.timestamp = from_micros(1'700'000'000'000'000 + at);
  event.id = case_id + activity + std::to_string(at);
  event.source = "s";
  return event;
}

struct Live : ::testing::Test {
  void load(const Event& one) {
    node.append(one);
    node.settle();
    node.come_to_rest();
  }
  void load_at_once(const Event& one) {
    node.append(one);
    node.settle();
    node.clock().advance(std::chrono::milliseconds{30});
    node.hub().run_due(Hub::Lane::quick);
  }
  /// The code of the only answer to the message.
  std::string refused(const std::string& message) {
    client.send(message);
    const auto answers = client.read_all();
    if (answers.size() != 1) return std::to_string(answers.size()) + " answers";
    const auto begin = answers[0].find("\"code\":\"");
    if (begin == std::string::npos) return answers[0];
    return answers[0].substr(begin + 8, answers[0].find('"', begin + 8) - begin - 8);
  }

  LiveNode node{2};
  LiveClient client{node.hub()};
};

TEST_F(Live, TellsASnapshotAndThenWhatChanges) {
  client.subscribe(1, Channel::map, std::string{map_of_p});
  EXPECT_THAT(client.read_all(), IsEmpty());  // nothing was computed on the connection's thread
  node.come_to_rest();
  EXPECT_TRUE(client.socket().woken);
  EXPECT_THAT(client.read_all(), ElementsAre(StartsWith(R"({"ref":1,"type":"snapshot","epoch":")")));
  load(event("c", "a"));
  const auto deltas = client.read_all();
  ASSERT_THAT(deltas, SizeIs(1));
  EXPECT_THAT(deltas[0], StartsWith(R"({"ref":1,"type":"delta","prev":1,"seq":2,"data":{"as_of":")"));
  EXPECT_THAT(deltas[0], HasSubstr(R"("activities":{"put":[{"name":"a","count":1,)"));
  EXPECT_THAT(deltas[0], HasSubstr(R"("start":{"put":[{"name":"a","count":1}]})"));
  EXPECT_THAT(deltas[0], testing::Not(HasSubstr("edges")));
}

TEST_F(Live, ComputesOnceForAllThatAskTheSame) {
  LiveClient other{node.hub()};
  client.subscribe(1, Channel::map, R"(,"process":"p","filter":{"activity":["a","b"],"resource":"r"})");
  other.subscribe(7, Channel::map, R"(,"process":"p","filter":{"resource":["r"],"activity":["b","a"]})");
  node.come_to_rest();
  std::vector<net::WebSocketMessage> one, two;
  client.session().take_pending(1 << 20, one);
  other.session().take_pending(1 << 20, two);
  ASSERT_THAT(one, SizeIs(1));
  ASSERT_THAT(two, SizeIs(1));
  EXPECT_EQ(one[0].shared, two[0].shared);
  EXPECT_NE(one[0].own, two[0].own);
}

TEST_F(Live, KeepsWorkspacesApart) {
  LiveClient stranger{node.hub(), access_of(auth::Role::admin, "other")};
  client.subscribe(1, Channel::map, std::string{map_of_p});
  load(event("c", "a"));
  client.read_all();
  stranger.held().emplace(1, LiveClient::Held{Channel::map, std::string{map_of_p}, client.held().at(1).epoch, 1, true,
                                              false, false, HeldAnswer{Channel::map}});
  stranger.subscribe(1, Channel::map, std::string{map_of_p});
  node.come_to_rest();
  const auto told = stranger.read_all();
  ASSERT_THAT(told, SizeIs(1));  // another workspace's epoch resumes nothing
  EXPECT_THAT(told[0], HasSubstr(R"("recovered":false)"));
  EXPECT_THAT(told[0], HasSubstr(R"("activities":[])"));
}

TEST_F(Live, RefusesWhatIsNoMessageAndGoesOn) {
  EXPECT_EQ(refused("{"), "malformed_json");
  EXPECT_EQ(refused("[]"), "bad_message");
  EXPECT_EQ(refused(R"({"op":"shout"})"), "bad_message");
  EXPECT_EQ(refused(R"({"op":"ping","op":"ping"})"), "duplicate_key");
  EXPECT_EQ(refused(R"({"op":"ping","more":1})"), "bad_message");
  EXPECT_EQ(refused(R"({"op":"subscribe","channel":"map","process":"p"})"), "bad_message");
  EXPECT_EQ(refused(R"({"op":"subscribe","ref":-1,"channel":"map","process":"p"})"), "bad_message");
  EXPECT_EQ(refused(R"({"op":"subscribe","ref":1,"channel":"maps","process":"p"})"), "bad_message");
  EXPECT_EQ(refused(R"({"op":"subscribe","ref":1,"channel":"map","process":"Not plain"})"), "bad_message");
  EXPECT_EQ(refused(R"({"op":"subscribe","ref":1,"channel":"map","process":"p","filter":{"a":{}}})"), "bad_message");
  EXPECT_EQ(refused(R"({"op":"subscribe","ref":1,"channel":"map","process":"p","filter":{"limit":3}})"), "bad_query");
  EXPECT_EQ(refused(R"({"op":"subscribe","ref":1,"channel":"map","process":"p","filter":{"cursor":"x"}})"),
            "bad_query");
  EXPECT_EQ(refused(R"({"op":"subscribe","ref":1,"channel":"map","process":"p","resume":{"seq":1}})"), "bad_message");
  EXPECT_EQ(refused(R"({"op":"unsubscribe","ref":1})"), "not_found");
  client.send(R"({"op":"ping"})");
  EXPECT_THAT(client.read_all(), ElementsAre(R"({"type":"pong"})"));
  EXPECT_FALSE(client.socket().closed);
}

TEST_F(Live, RefusesARefThatIsInUseAndKeepsItsSubscription) {
  client.subscribe(1, Channel::map, std::string{map_of_p});
  EXPECT_EQ(refused(R"({"op":"subscribe","ref":1,"channel":"kpis","process":"p"})"), "duplicate_ref");
  node.come_to_rest();
  EXPECT_THAT(client.read_all(), ElementsAre(HasSubstr(R"("type":"snapshot")")));
  client.send(R"({"op":"unsubscribe","ref":1})");
  EXPECT_THAT(client.read_all(), ElementsAre(R"({"ref":1,"type":"unsubscribed"})"));
  load(event("c", "a"));
  EXPECT_THAT(client.read_all(), IsEmpty());
}

TEST_F(Live, BoundsSubscriptionsAndDistinctFilters) {
  HubLimits limits;
  limits.filters_max = 2;
  LiveNode small{1, limits};
  LiveClient one{small.hub(), access_of(auth::Role::viewer), {.subscriptions_max = 4}};
  const auto filtered = [](const char* activity) {
    return R"(,"process":"p","filter":{"activity":")" + std::string{activity} + "\"}";
  };
  one.subscribe(1, Channel::map, filtered("a"));
  one.subscribe(2, Channel::map, filtered("b"));
  one.subscribe(3, Channel::map, filtered("c"));
  EXPECT_THAT(one.read_all(), ElementsAre(HasSubstr("live_limit")));
  one.subscribe(4, Channel::kpis, std::string{map_of_p});
  one.subscribe(5, Channel::map, filtered("a"));
  one.subscribe(6, Channel::map, filtered("a"));
  EXPECT_THAT(one.read_all(), ElementsAre(HasSubstr("live_limit")));
  one.send(R"({"op":"unsubscribe","ref":2})");
  one.subscribe(3, Channel::map, filtered("c"));  // what nobody uses makes room
  EXPECT_THAT(one.read_all(), ElementsAre(HasSubstr("unsubscribed")));
}

TEST_F(Live, LetsRolesSeeWhatTheirQueriesWould) {
  LiveClient producer{node.hub(), access_of(auth::Role::producer)};
  producer.subscribe(1, Channel::map, std::string{map_of_p});
  EXPECT_THAT(producer.read_all(), ElementsAre(HasSubstr("forbidden")));
  producer.subscribe(2, Channel::uploads, "");
  node.come_to_rest();
  EXPECT_THAT(producer.read_all(), ElementsAre(HasSubstr(R"("uploads":[])")));
  LiveClient viewer{node.hub(), access_of(auth::Role::viewer)};
  viewer.subscribe(1, Channel::uploads, "");
  EXPECT_THAT(viewer.read_all(), ElementsAre(HasSubstr("forbidden")));
}

TEST_F(Live, RepeatsTheSequenceNumberInSilence) {
  client.subscribe(1, Channel::map, std::string{map_of_p});
  node.come_to_rest();
  client.read_all();
  client.session().tick();
  node.clock().advance(seconds{6});
  client.session().tick();
  EXPECT_THAT(client.read_all(), ElementsAre(StartsWith(R"({"ref":1,"type":"heartbeat","seq":1,"as_of":"2026)")));
}

TEST_F(Live, TellsASlowReaderAllAtOnceAndClosesOneThatDoesNotRead) {
  client.subscribe(1, Channel::map, std::string{map_of_p});
  client.subscribe(2, Channel::cases, std::string{map_of_p});
  node.come_to_rest();
  client.read_all();
  client.session().tick();
  for (int i = 0; i < 3; ++i) load_at_once(event("c" + std::to_string(i), "a"));
  node.clock().advance(seconds{5});
  client.session().tick();
  EXPECT_FALSE(client.socket().closed);
  node.clock().advance(seconds{6});
  client.session().tick();
  EXPECT_THAT(client.read_all(), ElementsAre(StartsWith(R"({"ref":1,"type":"delta","prev":1,"seq":4,)"),
                                             R"({"ref":2,"type":"snapshot_required"})"));
  EXPECT_THAT(client.read_all(), IsEmpty());
  load_at_once(event("d", "a"));
  node.clock().advance(seconds{19});
  client.session().tick();
  EXPECT_FALSE(client.socket().closed);
  node.clock().advance(seconds{2});
  client.session().tick();
  ASSERT_TRUE(client.socket().closed);
  EXPECT_EQ(*client.socket().closed, (net::WebSocketClose{1013, "slow_consumer"}));
}

TEST_F(Live, ReadsNoMoreOfAClientThatDoesNotTakeItsAnswers) {
  LiveClient flood{node.hub(), access_of(auth::Role::viewer), {.replies_bytes_max = 1'000}};
  for (int i = 0; i < 200 && flood.session().ready(); ++i) flood.send(R"({"op":"ping"})");
  EXPECT_FALSE(flood.session().ready());
  flood.socket().woken = false;
  flood.read(100'000);
  EXPECT_TRUE(flood.session().ready());
  EXPECT_TRUE(flood.socket().woken);
}

TEST_F(Live, EndsTheConnectionWhenTheCredentialDoes) {
  Result<auth::Credential> now{auth::Credential{"w", auth::Role::viewer, "t"}};
  Access access = access_of(auth::Role::viewer);
  access.recheck = [&now] { return now; };
  for (const auto& [verdict, code] : {std::pair<Result<auth::Credential>, int>{Error{Code::invalid_token, ""}, 4401},
                                      {auth::Credential{"w", auth::Role::producer, "t"}, 4403}}) {
    now = auth::Credential{"w", auth::Role::viewer, "t"};
    LiveClient one{node.hub(), access};
    one.subscribe(1, Channel::map, std::string{map_of_p});
    node.clock().advance(seconds{6});
    one.session().tick();
    EXPECT_FALSE(one.socket().closed);
    now = verdict;
    node.clock().advance(seconds{5});
    one.session().tick();
    ASSERT_TRUE(one.socket().closed);
    EXPECT_EQ(one.socket().closed->code, code);
  }
}

TEST_F(Live, RenewsTheCredentialOfItsOwnWorkspaceAlone) {
  Access access = access_of(auth::Role::viewer);
  access.renew = [](std::string_view token) -> Result<Access> {
    if (token == "mine") return access_of(auth::Role::analyst);
    if (token == "theirs") return access_of(auth::Role::admin, "other");
    return Error{Code::invalid_token, ""};
  };
  LiveClient one{node.hub(), access};
  const auto answer = [&](const std::string& token) {
    one.send(R"({"op":"renew","token":")" + token + "\"}");
    return one.read_all();
  };
  EXPECT_THAT(answer("wrong"), ElementsAre(HasSubstr("invalid_token")));
  EXPECT_THAT(answer("theirs"), ElementsAre(HasSubstr("forbidden")));
  EXPECT_THAT(answer("mine"), ElementsAre(R"({"type":"renewed"})"));
  one.subscribe(1, Channel::uploads, "");  // which a viewer may not
  node.come_to_rest();
  EXPECT_THAT(one.read_all(), ElementsAre(HasSubstr("snapshot")));
}

TEST_F(Live, EndsASubscriptionWhoseViewCannotBeRead) {
  client.subscribe(1, Channel::uploads, "");
  node.store_error = Error{Code::storage_failed, ""};
  node.come_to_rest();
  EXPECT_THAT(client.read_all(), ElementsAre(HasSubstr("storage_failed")));
  node.store_error.reset();
  client.subscribe(1, Channel::uploads, "");
  node.come_to_rest();
  EXPECT_THAT(client.read_all(), ElementsAre(HasSubstr("snapshot")));
}

TEST_F(Live, KeepsASubscriptionWhoseOwnerCannotBeAskedForAMoment) {
  client.subscribe(1, Channel::uploads, "");
  node.come_to_rest();
  EXPECT_THAT(client.read_all(), ElementsAre(HasSubstr("snapshot")));
  node.store_error = Error{Code::shard_elsewhere, ""};
  node.clock().advance(seconds{3});
  node.come_to_rest();
  EXPECT_THAT(client.read_all(), ElementsAre());
  node.store_error.reset();
  node.uploads = R"({"uploads":[],"next":"more"})";
  node.clock().advance(seconds{3});
  node.come_to_rest();
  EXPECT_THAT(client.read_all(), ElementsAre(HasSubstr("more")));
  client.subscribe(2, Channel::uploads, R"(,"filter":{"limit":3})");
  node.store_error = Error{Code::shard_elsewhere, ""};
  node.come_to_rest();
  EXPECT_THAT(client.read_all(), ElementsAre(HasSubstr("shard_elsewhere"))) << "who has nothing yet is told";
}

TEST_F(Live, SaysThatTheServerStops) {
  client.session().draining();
  EXPECT_THAT(client.read_all(), ElementsAre(R"({"type":"drain"})"));
}

TEST_F(Live, ForgetsWhatNobodyCameBackFor) {
  client.subscribe(1, Channel::map, std::string{map_of_p});
  node.come_to_rest();
  client.read_all();
  const std::string epoch = client.held().at(1).epoch;
  client.disconnect();
  node.clock().advance(seconds{30});
  node.come_to_rest();
  client.reconnect(node.hub());
  node.come_to_rest();
  client.read_all();
  EXPECT_EQ(client.recovered, 1);
  client.disconnect();
  node.come_to_rest();  // some rounds of seconds: seen to be unused
  node.clock().advance(seconds{61});
  node.come_to_rest();
  client.reconnect(node.hub());
  node.come_to_rest();
  client.read_all();
  EXPECT_EQ(client.recovered, 1);
  EXPECT_NE(client.held().at(1).epoch, epoch);
}

}  // namespace
}  // namespace weir::live
