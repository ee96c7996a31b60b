// The support desk: tickets that people of three sites answer around the clock.
#include <array>

#include "stream/company/blueprint.hpp"

namespace weir::company {
namespace {

using namespace std::chrono_literals;

enum Step : std::uint8_t {
  received,
  classified,
  answered,
  asked,
  replied,
  silent,
  investigated,
  resolved,
  escalated,
  analysed,
  asked_again,
  handed_over,
  fixed,
  tested,
  resolved_by_second,
  raised,
  withdrawn,
  reopened,
  surveyed,
  closed
};  // in the order of the rows

// clang-format off
constexpr std::array rows = std::to_array<Activity>({
  {"Receive ticket"},
  {"Classify", Role::nobody, "triage bot", {20s, 150}},
  {"First response", Role::first_line, {}, {}, {4min, 170}},
  {"Ask customer", Role::first_line, {}, {}, {3min, 150}},
  {"Customer replies", Role::nobody, "customer", {3h, 300}, {}, true},
  {"Close unanswered", Role::nobody, "desk rules", {72h, 102}},
  {"Investigate", Role::first_line, {}, {}, {8min, 180}},
  {"Resolve", Role::first_line, {}, {}, {3min, 160}},
  {"Escalate to second line", Role::first_line, {}, {}, {2min, 140}},
  {"Analyse", Role::second_line, {}, {}, {16min, 180}},
  {"Ask customer", Role::second_line, {}, {}, {4min, 150}},
  {"Hand over to engineering", Role::second_line, {}, {}, {5min, 150}},
  {"Develop fix", Role::engineering, {}, {}, {38min, 180}},
  {"Test fix", Role::engineering, {}, {}, {18min, 160}},
  {"Resolve", Role::second_line, {}, {}, {5min, 160}},
  {"Raise priority", Role::nobody, "desk rules", {1s, 100}},
  {"Withdraw ticket", Role::nobody, "customer", {40min, 250}, {}, true},
  {"Reopen ticket", Role::nobody, "customer", {7h, 250}, {}, true},
  {"Answer survey", Role::nobody, "customer", {5h, 250}, {}, true},
  {"Close ticket", Role::nobody, "desk rules", {24h, 102}},
});

constexpr std::array<unsigned, 7> weekdays{120, 115, 108, 105, 102, 78, 72};
constexpr std::array<unsigned, 24> hours{22, 16, 13, 12, 14, 22, 45, 85, 135, 165, 175, 170, 155, 158, 165, 160, 150, 140,
                                         130, 125, 115, 95, 65, 38};

constexpr std::array<std::string_view, 4> channels{"email", "chat", "phone", "web"};
constexpr std::array<std::string_view, 5> products{"app", "billing", "delivery", "hardware", "account"};
constexpr std::array<std::string_view, 3> tiers{"basic", "plus", "enterprise"};
constexpr std::array<std::string_view, 4> priorities{"low", "normal", "high", "urgent"};
// clang-format on
/// What `rounds` counts here: once escalated, the second line keeps it.
bool with_second_line(const Case& one) { return one.rounds > 0; }

constexpr std::uint8_t hardware = 3, enterprise = 2, urgent = 3;

class SupportDesk final : public Blueprint {
 public:
  std::string_view process() const override { return "support"; }
  std::string_view prefix() const override { return "T-"; }
  std::span<const Activity> activities() const override { return rows; }
  std::vector<std::string> ends() const override { return {"Close ticket", "Close unanswered", "Withdraw ticket"}; }
  unsigned cases_a_day() const override { return 1'250; }
  std::span<const unsigned, 7> weekday_percent() const override { return weekdays; }
  std::span<const unsigned, 24> hour_percent() const override { return hours; }

  void open(Case& one, Chance& chance) const override {
    one.channel = chance.pick({34, 31, 17, 18});
    one.product = chance.pick({30, 22, 21, 12, 15});
    one.tier = chance.pick({62, 28, 10});
    one.priority = chance.pick({25, 52, 17, 6});
    if (one.tier == enterprise && one.priority < urgent) ++one.priority;
  }

  std::uint8_t after(Case& one, Chance& chance, Time) const override {
    switch (one.step) {
      case received:
        return classified;
      case classified:
        return answered;
      case raised:
        ++one.priority;
        return answered;
      case answered:
        if (one.product == hardware)
          return choose(chance, {{460, resolved}, {200, asked}, {320, escalated}, {20, withdrawn}});
        return choose(chance, {{570, resolved}, {210, asked}, {150, investigated}, {55, escalated}, {15, withdrawn}});
      case asked:
      case asked_again:
        return choose(chance, {{870, replied}, {130, silent}});
      case replied:
        return std::uint8_t{with_second_line(one) ? analysed : investigated};
      case investigated:
        return choose(chance, {{770, resolved}, {110, asked}, {120, escalated}});
      case escalated:
        one.rounds = 1;
        return analysed;
      case analysed:
        return choose(chance, {{700, resolved_by_second}, {140, asked_again}, {160, handed_over}});
      case handed_over:
        return fixed;
      case fixed:
        return tested;
      case tested:
        return choose(chance, {{790, resolved_by_second}, {210, fixed}});
      case resolved:
      case resolved_by_second:
        return choose(chance, {{75, reopened}, {280, surveyed}, {645, closed}});
      case reopened:
        return with_second_line(one) ? std::uint8_t{analysed} : choose(chance, {{550, investigated}, {450, escalated}});
      case surveyed:
        return closed;
      default:
        return ended;
    }
  }

  std::optional<Patience> patience(const Case& one) const override {
    constexpr std::array<Duration, 3> waits{8h, 3h, 50min};
    if (one.step != answered || one.priority >= urgent) return std::nullopt;
    return Patience{{waits[one.priority], 130}, raised};
  }

  void tell(const Case& one, Chance& chance, Facts& facts) const override {
    if (one.step == received) {
      facts.text("channel", channels[one.channel]).text("product", products[one.product]);
      facts.text("tier", tiers[one.tier]).text("country", country_of(one.region, one.country));
    }
    if (one.step == received) facts.text("priority", priorities[one.priority]);
    if (one.step == raised) facts.text("priority", priorities[one.priority + 1]);
    if (one.step == surveyed) facts.number("score", 5 - (with_second_line(one) ? chance.below(5) : chance.below(3)));
  }
};

}  // namespace

std::unique_ptr<Blueprint> support_desk() { return std::make_unique<SupportDesk>(); }

}  // namespace weir::company
