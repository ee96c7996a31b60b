// Loans: applications that need papers, four eyes above an amount, and an answer of the customer.
#include <array>

#include "stream/company/blueprint.hpp"

namespace weir::company {
namespace {

using namespace std::chrono_literals;

enum Step : std::uint8_t {
  submitted,
  checked,
  requested,
  provided,
  scored,
  assessed,
  reviewed,
  approved,
  declined,
  rejected,
  offered,
  accepted,
  contested,
  revised,
  refused,
  expired,
  verified,
  signed_by_customer,
  paid,
  withdrawn
};  // in the order of the rows

// clang-format off
constexpr std::array rows = std::to_array<Activity>({
  {"Submit application"},
  {"Check completeness", Role::clerks, {}, {}, {10min, 150}},
  {"Request documents", Role::clerks, {}, {}, {4min, 140}},
  {"Provide documents", Role::nobody, "customer", {26h, 220}, {}, true},
  {"Score credit", Role::nobody, "credit bureau", {90s, 180}},
  {"Assess", Role::analysts, {}, {}, {34min, 160}},
  {"Review by senior", Role::seniors, {}, {}, {22min, 150}},
  {"Approve", Role::managers, {}, {}, {7min, 150}},
  {"Decline", Role::managers, {}, {}, {6min, 150}},
  {"Send rejection", Role::nobody, "loan system", {3min, 140}},
  {"Send offer", Role::nobody, "loan system", {3min, 140}},
  {"Accept offer", Role::nobody, "customer", {44h, 200}, {}, true},
  {"Ask for changes", Role::nobody, "customer", {28h, 200}, {}, true},
  {"Revise offer", Role::analysts, {}, {}, {14min, 150}},
  {"Refuse offer", Role::nobody, "customer", {38h, 200}, {}, true},
  {"Offer expires", Role::nobody, "loan system", {240h, 100}},
  {"Verify identity", Role::clerks, {}, {}, {7min, 140}},
  {"Sign contract", Role::nobody, "customer", {17h, 200}, {}, true},
  {"Pay out", Role::nobody, "core banking", {2h, 180}},
  {"Withdraw application", Role::nobody, "customer", {9h, 200}, {}, true},
});

constexpr std::array<unsigned, 7> weekdays{132, 126, 118, 112, 104, 58, 50};
constexpr std::array<unsigned, 24> hours{16, 9, 6, 5, 6, 12, 28, 62, 120, 168, 185, 178, 150, 152, 168, 170, 160, 148, 140,
                                         150, 152, 115, 68, 32};

constexpr std::array<std::string_view, 3> channels{"online", "branch", "broker"};
constexpr std::array<std::string_view, 3> products{"personal", "car", "home"};
constexpr std::array<std::string_view, 4> tiers{"A", "B", "C", "D"};
// clang-format on
constexpr std::uint8_t online = 0, broker = 2;
constexpr std::uint32_t four_eyes_cents = 7'500'000;

class Loans final : public Blueprint {
 public:
  std::string_view process() const override { return "loans"; }
  std::string_view prefix() const override { return "L-"; }
  std::span<const Activity> activities() const override { return rows; }
  std::vector<std::string> ends() const override {
    return {"Pay out", "Send rejection", "Refuse offer", "Offer expires", "Withdraw application"};
  }
  unsigned cases_a_day() const override { return 200; }
  std::span<const unsigned, 7> weekday_percent() const override { return weekdays; }
  std::span<const unsigned, 24> hour_percent() const override { return hours; }

  void open(Case& one, Chance& chance) const override {
    constexpr std::array<std::int64_t, 3> amount_hundreds{85, 190, 2'100};
    one.channel = chance.pick({54, 28, 18});
    one.product = chance.pick({52, 31, 17});
    one.tier = chance.pick({31, 37, 22, 10});
    const Span amount{Duration{amount_hundreds[one.product]}, 160};
    one.amount_cents = static_cast<std::uint32_t>(chance.log_normal(amount).count()) * 10'000;
    one.priority = one.channel == broker ? 1 : 0;
  }

  std::uint8_t after(Case& one, Chance& chance, Time) const override {
    switch (one.step) {
      case submitted:
      case provided:
        return checked;
      case checked:
        return after_completeness(one, chance);
      case requested:
        return choose(chance, {{930, provided}, {70, withdrawn}});
      case scored:
        return chance.permille(60 + 90u * one.tier) ? rejected : assessed;
      case assessed:
      case contested:
        return after_assessment(one, chance);
      case reviewed:
        return choose(chance, {{140, assessed}, {860, decided(one, chance)}});
      case approved:
      case revised:
        return offered;
      case declined:
        return rejected;
      case offered:
        return choose(chance, {{690, accepted}, {120, contested}, {115, refused}, {75, expired}});
      case accepted:
        return verified;
      case verified:
        return signed_by_customer;
      case signed_by_customer:
        return paid;
      default:
        return ended;
    }
  }

  void tell(const Case& one, Chance&, Facts& facts) const override {
    if (one.step == submitted) {
      facts.text("channel", channels[one.channel]).text("product", products[one.product]);
      facts.text("country", country_of(one.region, one.country)).text("branch", branch_of(one.region));
      facts.cents("amount", one.amount_cents);
    }
    if (one.step == scored) facts.text("score_class", tiers[one.tier]);
    if (one.step == paid) facts.cents("amount", one.amount_cents);
  }

 private:
  static std::uint8_t after_completeness(Case& one, Chance& chance) {
    const unsigned incomplete = one.rounds >= 4 ? 0 : one.channel == online ? 360 : 190;
    if (!chance.permille(incomplete)) return scored;
    ++one.rounds;
    return requested;
  }

  static std::uint8_t decided(const Case& one, Chance& chance) {
    return chance.permille(90 + 110u * one.tier) ? declined : approved;
  }

  static std::uint8_t after_assessment(const Case& one, Chance& chance) {
    if (one.step == contested) return revised;
    return one.amount_cents > four_eyes_cents ? std::uint8_t{reviewed} : decided(one, chance);
  }
};

}  // namespace

std::unique_ptr<Blueprint> loans() { return std::make_unique<Loans>(); }

}  // namespace weir::company
