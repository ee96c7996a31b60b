#include "stream/alerts/escalation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/calendar/calendar_document.hpp"

namespace weir::alerts {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

Time at(int minute) { return Time{std::chrono::hours{24 * 20'000} + minutes{minute}}; }

std::optional<Escalation> read(std::string_view text, DocumentFaults* found = nullptr) {
  std::optional<Escalation> escalation;
  const auto faults = read_document(text, [&](const DocumentNode& node) { escalation = read_escalation(node); });
  if (found != nullptr) *found = *faults;
  return escalation;
}

const Escalation twice =
    *read(R"({"steps": [{"notify": ["desk"], "after": "10m"}, {"notify": ["lead"], "after": "20m"}],
                                   "repeat": 1})");

std::vector<std::string> steps(const Escalation& escalation, int until, std::vector<Period> acknowledged, int now,
                               std::optional<Time>* next = nullptr) {
  const Escalating found = escalate(escalation, at(0), at(until), acknowledged, at(now), {});
  if (next != nullptr) *next = found.next;
  std::vector<std::string> written;
  for (const Escalated& one : found.steps) {
    const auto behind = std::chrono::duration_cast<minutes>(one.at - at(0));
    written.push_back(one.mark + '@' + std::to_string(behind.count()) + ' ' + one.step->notify.front());
  }
  return written;
}

constexpr int never = 1'000'000;

TEST(Escalation, EachStepStandsForItsTimeAndAllComeAgain) {
  std::optional<Time> next;
  EXPECT_THAT(steps(twice, never, {}, 29, &next), ElementsAre("1.1.1@0 desk", "1.1.2@10 lead"));
  EXPECT_EQ(next, at(30));
  EXPECT_THAT(steps(twice, never, {}, 500, &next),
              ElementsAre("1.1.1@0 desk", "1.1.2@10 lead", "1.2.1@30 desk", "1.2.2@40 lead"));
  EXPECT_EQ(next, std::nullopt);
}

TEST(Escalation, NothingComesOnceSomebodyHasItOrItIsOver) {
  std::optional<Time> next;
  EXPECT_THAT(steps(twice, never, {{at(10), Time::max()}}, 500, &next), ElementsAre("1.1.1@0 desk"));
  EXPECT_EQ(next, std::nullopt);
  EXPECT_THAT(steps(twice, 10, {}, 500, &next), ElementsAre("1.1.1@0 desk"));
  EXPECT_EQ(next, std::nullopt);
}

TEST(Escalation, AnAcknowledgementThatLapsesLetsItBeginAnew) {
  std::optional<Time> next;
  EXPECT_THAT(steps(twice, never, {{at(5), at(65)}}, 64, &next), ElementsAre("1.1.1@0 desk"));
  EXPECT_EQ(next, at(65));
  EXPECT_THAT(steps(twice, never, {{at(5), at(65)}}, 75, &next),
              ElementsAre("1.1.1@0 desk", "2.1.1@65 desk", "2.1.2@75 lead"));
  EXPECT_EQ(next, at(95));
  EXPECT_THAT(steps(twice, 65, {{at(5), at(65)}}, 75, &next), ElementsAre("1.1.1@0 desk"));
}

TEST(Escalation, AStepMayComeAlsoWhileSomebodyHasIt) {
  const Escalation told_always = *read(R"({"steps": [{"notify": ["desk"], "after": "10m"},
      {"notify": ["boss"], "after": "10m", "if_unacknowledged": false}]})");
  EXPECT_THAT(steps(told_always, never, {{at(1), Time::max()}}, 500), ElementsAre("1.1.1@0 desk", "1.1.2@10 boss"));
  EXPECT_THAT(steps(told_always, never, {{at(1), at(8)}}, 9), ElementsAre("1.1.1@0 desk", "2.1.1@8 desk"));
}

TEST(Escalation, TimeMayBeBusinessTime) {
  const Escalation office = *read(
      R"({"steps": [{"notify": ["desk"], "after": "1h", "calendar": "office"}, {"notify": ["lead"], "after": "1m"}]})");
  std::optional<CalendarDocument> read_office;
  const auto faults = read_document(R"({"zone": "UTC", "week": {"mon": ["09:00-10:00"], "tue": ["09:00-10:00"]}})",
                                    [&](const DocumentNode& node) { read_office = read_calendar(node); });
  ASSERT_TRUE(faults && faults->empty());
  const BusinessCalendar calendar{read_office->hours, read_office->zone};
  // Day 20,000 is a Friday; the hour passes on Monday.
  const Escalating found =
      escalate(office, at(0), Time::max(), {}, at(60 * 24 * 10), [&](std::string_view, Time) { return &calendar; });
  ASSERT_EQ(found.steps.size(), 2U);
  EXPECT_EQ(found.steps[1].at, at(60 * (3 * 24 + 10)));
}

TEST(Escalation, SaysAllThatIsWrongWithIt) {
  DocumentFaults faults;
  EXPECT_FALSE(read(R"({"steps": [{"notify": ["a", "a"], "after": "10s"}, {"after": "1m"}], "repeat": 10})", &faults));
  EXPECT_THAT(faults, ElementsAre(DocumentFault{"/steps/0/notify/1", "stands twice"},
                                  DocumentFault{"/steps/0/after", "must be at least 1m"},
                                  DocumentFault{"/steps/1", "must have a notify and an after"},
                                  DocumentFault{"/repeat", "must be a whole number from 0 to 9"}));
  EXPECT_FALSE(read("{}", &faults));
  EXPECT_THAT(faults, ElementsAre(DocumentFault{"", "must have steps"}));
}

TEST(Escalation, NamesWhatThereIsNot) {
  const Escalation escalation =
      *read(R"({"steps": [{"notify": ["desk", "lead"], "after": "1m", "calendar": "office"}]})");
  const auto is_desk = [](const std::string& name) { return name == "desk"; };
  EXPECT_THAT(unknown_names(escalation, is_desk, is_desk),
              ElementsAre(DocumentFault{"/steps/0/calendar", "there is no calendar \"office\""},
                          DocumentFault{"/steps/0/notify/1", "there is no target \"lead\""}));
}

}  // namespace
}  // namespace weir::alerts
