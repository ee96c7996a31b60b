#include "stream/company/company.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "schemas/base/hash.hpp"
#include "schemas/codec/event_json.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/ingest/intake.hpp"

namespace weir::company {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

const Time begin = *parse_rfc3339("2026-10-24T09:00:00Z");  // a Saturday; clocks go back in Europe and America after it

std::unique_ptr<Company> company(std::uint64_t seed = 1) {
  auto found = Company::found(seed, begin);
  EXPECT_TRUE(found);
  return std::move(*found);
}

struct Digest {
  Hash128 hash;
  std::string scratch;

  void add(const Event& event) {
    scratch = to_hex(hash);
    encode_event(event, scratch);
    hash = hash128(scratch);
  }
};

Hash128 digest_of(Company& company, Time until, Duration step) {
  Digest digest;
  for (Time time = begin; time < until;) {
    time = std::min(until, time + step);
    while (const auto event = company.next(time)) digest.add(*event);
  }
  return digest.hash;
}

TEST(Company, IsAFunctionOfItsSeedAndBegin) {
  const Hash128 once = digest_of(*company(), begin + days{3}, days{3});
  EXPECT_EQ(digest_of(*company(), begin + days{3}, days{3}), once);
  EXPECT_NE(digest_of(*company(2), begin + days{3}, days{3}), once);
}

TEST(Company, HowOftenItIsAskedDoesNotMatter) {
  EXPECT_EQ(digest_of(*company(), begin + days{2}, 7s), digest_of(*company(), begin + days{2}, days{2}));
}

TEST(Company, AChangeOfLoadIsPartOfTheHistory) {
  const auto run = [](Duration step) {
    const auto one = company();
    Digest digest;
    digest.hash = digest_of(*one, begin + days{1}, step);
    one->set_load(begin + days{1}, 800);
    while (const auto event = one->next(begin + days{2})) digest.add(*event);
    return digest.hash;
  };
  EXPECT_EQ(run(days{1}), run(11min));
}

TEST(Company, EveryEventIsTakenInAsAPostWouldBe) {
  const auto one = company();
  std::string body;
  std::size_t count = 0;
  Time last = begin;
  std::set<std::string> ids;
  while (const auto event = one->next(begin + days{20})) {
    EXPECT_GE(event->timestamp, last);
    last = event->timestamp;
    if (event->timestamp < begin + days{19}) continue;
    encode_event(*event, body.append(body.empty() ? "" : "\n"));
    EXPECT_TRUE(ids.insert(event->id).second) << event->id;
    if (++count == body_events_max) break;
  }
  const auto decoded = decode_events(BodyFormat::ndjson, body, {.now = last});
  ASSERT_TRUE(decoded);
  const ingest::Intake intake = ingest::take_in(*decoded, 4);
  EXPECT_EQ(intake.accepted, body_events_max);
  EXPECT_EQ(intake.duplicates + intake.rejected.size(), 0u);
}

/// The four weeks, counted in every way that the tests ask for. Simulated once.
class FourWeeks : public testing::Test {
 protected:
  struct Seen {
    std::size_t events = 0, running = 0;
    std::map<std::string, std::size_t> of_process;
    std::map<std::string, std::size_t> of_activity;  // "orders/Pack"
    std::vector<std::size_t> of_hour = std::vector<std::size_t>(24);
    std::vector<std::size_t> support_arrivals_of_hour = std::vector<std::size_t>(24);
    std::vector<std::size_t> orders_of_week = std::vector<std::size_t>(4);
    std::size_t outside_of_shifts = 0, by_people = 0;
    std::size_t checks_before = 0;
    std::map<std::string, std::size_t> checks, proofs;  // of a warehouse
    std::vector<Duration> confirm_before, confirm_after;
    std::set<std::string> variants;
  };

  static const Seen& seen() {
    static const Seen all = see();
    return all;
  }

 private:
  struct Open {
    std::string warehouse, path;
    Time reserved{};
  };

  static Seen see() {
    const auto one = company();
    Seen seen;
    std::map<std::string, const Person*> people;
    for (const Person& person : one->people()) people[person.name] = &person;
    std::map<std::string, Open> open;
    while (const auto event = one->next(begin + history)) {
      ++seen.events;
      ++seen.of_process[event->process];
      ++seen.of_activity[event->process + '/' + event->activity];
      ++seen.of_hour[hour_of(event->timestamp)];
      if (event->activity == "Receive ticket") ++seen.support_arrivals_of_hour[hour_of(event->timestamp)];
      if (event->activity == "Place order") ++seen.orders_of_week[(event->timestamp - begin) / days{7}];
      if (const auto person = people.find(event->resource); person != people.end()) {
        ++seen.by_people;
        seen.outside_of_shifts += !event->start || !on_duty(*person->second, *event->start);
      }
      if (event->process == "orders") see_order(*event, open[event->case_id], seen);
    }
    for (const auto& [id, one_case] : open) seen.variants.insert(one_case.path);
    seen.running = one->running();
    return seen;
  }

  static std::size_t hour_of(Time time) {
    return std::chrono::floor<std::chrono::hours>(time).time_since_epoch() / 1h % 24;
  }

  static bool on_duty(const Person& person, Time time) {
    const LocalTime local = person.zone.to_local(time);
    const auto day = std::chrono::floor<days>(local);
    const bool off = (person.off_days >> (std::chrono::weekday{day}.iso_encoding() - 1) & 1) != 0;
    return !off && local - day >= std::chrono::minutes{person.begins_min} &&
           local - day < std::chrono::minutes{person.ends_min};
  }

  static void see_order(const Event& event, Open& open, Seen& seen) {
    open.path += event.activity + '>';
    for (const Attribute& attribute : event.attributes) {
      if (attribute.name == "warehouse") open.warehouse = attribute.json;
    }
    if (event.activity == "Reserve stock") open.reserved = event.timestamp;
    const bool after = open.reserved >= begin + drift_after;
    if (event.activity == "Confirm order") {
      (after ? seen.confirm_after : seen.confirm_before).push_back(event.timestamp - open.reserved);
    }
    if (event.activity == "Check for fraud") {
      ++seen.checks[open.warehouse];
      seen.checks_before += event.timestamp < begin + drift_after;
    }
    if (event.activity == "Ask for proof") ++seen.proofs[open.warehouse];
  }
};

TEST_F(FourWeeks, AreHalfAMillionEventsOfThreeProcesses) {
  EXPECT_GT(seen().events, 500'000u);
  EXPECT_LT(seen().events, 700'000u);
  EXPECT_EQ(seen().of_process.size(), 3u);
  EXPECT_GT(seen().of_process.at("loans"), 30'000u);
  EXPECT_LT(seen().running, 15'000u) << "queues stay short, so memory does";
}

TEST_F(FourWeeks, PeopleWorkInTheirHoursOnly) {
  EXPECT_GT(seen().by_people, 200'000u);
  EXPECT_EQ(seen().outside_of_shifts, 0u);
}

TEST_F(FourWeeks, EveryHourSeesLifeAndSomeSeeMore) {
  const auto [quiet, busy] = std::minmax_element(seen().of_hour.begin(), seen().of_hour.end());
  EXPECT_GT(*quiet, seen().events / 24 / 4);
  const auto& arrivals = seen().support_arrivals_of_hour;
  const auto [least, most] = std::minmax_element(arrivals.begin(), arrivals.end());
  EXPECT_GT(*most, 2 * *least);
}

TEST_F(FourWeeks, OrdersGrowTowardsTheHolidays) {
  const auto& weeks = seen().orders_of_week;
  EXPECT_GT(weeks[3] * 100, weeks[0] * 120);
  EXPECT_LT(weeks[3] * 100, weeks[0] * 160);
}

TEST_F(FourWeeks, ReworkEscalationsAndCancellationsHappen) {
  for (const char* activity :
       {"support/Escalate to second line", "support/Raise priority", "support/Reopen ticket", "support/Withdraw ticket",
        "orders/Report missing item", "orders/Cancel order", "orders/Receive return", "loans/Review by senior",
        "loans/Request documents", "loans/Revise offer"}) {
    ASSERT_TRUE(seen().of_activity.contains(activity)) << activity;
    EXPECT_GT(seen().of_activity.at(activity), 50u) << activity;
  }
  EXPECT_GT(seen().variants.size(), 200u);
}

TEST_F(FourWeeks, TheCheckForFraudDriftsIn) {
  EXPECT_EQ(seen().checks_before, 0u);
  const auto rate = [&](const std::string& warehouse) {
    return static_cast<double>(seen().proofs.at(warehouse)) / static_cast<double>(seen().checks.at(warehouse));
  };
  EXPECT_GT(rate("\"Rotterdam\""), 3 * rate("\"Dallas\""));
  const auto mean_min = [](const std::vector<Duration>& all) {
    Duration sum{};
    for (const Duration one : all) sum += one;
    return sum / static_cast<std::int64_t>(all.size()) / 1min;
  };
  EXPECT_GT(mean_min(seen().confirm_after), mean_min(seen().confirm_before) + 30);
}

TEST(CompanyUnderLoad, StaffScalesWithTheCustomers) {
  const auto one = company();
  const Time monday = begin + days{9};
  const auto count = [&](Time until) {
    std::size_t events = 0;
    while (one->next(until)) ++events;
    return events;
  };
  count(monday);
  const std::size_t ordinary_day = count(monday + days{1});
  const std::size_t ordinary_running = one->running();
  one->set_load(monday + days{1}, 800);
  count(monday + days{2});  // as long cases fill up
  const std::size_t busy_day = count(monday + days{3});
  EXPECT_GT(busy_day, 5 * ordinary_day);
  EXPECT_LT(busy_day, 10 * ordinary_day);
  EXPECT_LT(one->running(), 9 * ordinary_running);
}

}  // namespace
}  // namespace weir::company
