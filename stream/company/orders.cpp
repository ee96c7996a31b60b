// Orders: from the shop through payment, warehouse and carrier to the customer, and sometimes back.
#include <algorithm>
#include <array>

#include "stream/company/blueprint.hpp"

namespace weir::company {
namespace {

using namespace std::chrono_literals;

enum Step : std::uint8_t {
  placed,
  authorised,
  declined,
  retried,
  reserved,
  out_of_stock,
  restocked,
  checked,
  asked,
  proved,
  confirmed,
  invoiced,
  picked,
  missed,
  packed,
  repacked,
  handed_over,
  delivered,
  not_met,
  return_asked,
  returned,
  refunded,
  cancelled
};  // in the order of the rows

// clang-format off
constexpr std::array rows = std::to_array<Activity>({
  {"Place order"},
  {"Authorise payment", Role::nobody, "payment service", {35s, 180}},
  {"Payment fails", Role::nobody, "payment service", {40s, 160}},
  {"Retry payment", Role::nobody, "customer", {25min, 300}},
  {"Reserve stock", Role::nobody, "stock system", {4s, 150}},
  {"Order from supplier", Role::nobody, "stock system", {10min, 150}},
  {"Receive goods", Role::nobody, "supplier", {30h, 170}, {}, true},
  {"Check for fraud", Role::fraud, {}, {}, {6min, 160}},
  {"Ask for proof", Role::fraud, {}, {}, {3min, 140}},
  {"Customer sends proof", Role::nobody, "customer", {7h, 250}, {}, true},
  {"Confirm order", Role::nobody, "order system", {15s, 140}},
  {"Send invoice", Role::nobody, "order system", {70min, 200}},
  {"Pick items", Role::picking, {}, {}, {7min, 150}},
  {"Report missing item", Role::picking, {}, {}, {2min, 140}},
  {"Pack", Role::packing, {}, {}, {4min, 150}},
  {"Repack", Role::packing, {}, {}, {6min, 150}},
  {"Hand to carrier", Role::dispatch, {}, {}, {2min, 150}},
  {"Deliver", Role::nobody, "carrier", {34h, 145}, {}, true},
  {"Delivery fails", Role::nobody, "carrier", {32h, 140}, {}, true},
  {"Ask for return", Role::nobody, "customer", {52h, 180}, {}, true},
  {"Receive return", Role::returns, {}, {64h, 140}, {8min, 150}},
  {"Refund", Role::accounting, {}, {}, {5min, 150}},
  {"Cancel order", Role::nobody, "customer", {3h, 300}, {}, true},
});

constexpr std::array<unsigned, 7> weekdays{104, 96, 94, 97, 100, 98, 111};
constexpr std::array<unsigned, 24> hours{48, 28, 16, 11, 10, 14, 28, 52, 78, 98, 110, 115, 122, 118, 110, 108, 112, 122,
                                         138, 160, 182, 178, 135, 82};

constexpr std::array<std::string_view, 4> channels{"shop", "app", "marketplace", "phone"};
constexpr std::array<std::string_view, 5> products{"electronics", "fashion", "home", "sports", "books"};
constexpr std::array<std::string_view, 3> tiers{"new", "known", "gold"};
// clang-format on
constexpr std::uint8_t fashion = 1, marketplace = 2, newcomer = 0;
constexpr std::uint32_t dear_cents = 25'000;

class Orders final : public Blueprint {
 public:
  explicit Orders(Time fraud_check_since) : fraud_check_since_(fraud_check_since) {}

  std::string_view process() const override { return "orders"; }
  std::string_view prefix() const override { return "O-"; }
  std::span<const Activity> activities() const override { return rows; }
  std::vector<std::string> ends() const override { return {"Deliver", "Refund", "Cancel order"}; }
  unsigned cases_a_day() const override { return 1'200; }
  std::span<const unsigned, 7> weekday_percent() const override { return weekdays; }
  std::span<const unsigned, 24> hour_percent() const override { return hours; }
  /// The weeks before the holidays.
  unsigned season_percent(unsigned day) const override { return 85 + std::min(day, 28u) * 40 / 28; }

  void open(Case& one, Chance& chance) const override {
    constexpr std::array<std::int64_t, 5> price_cents{18'900, 6'400, 8'900, 7'500, 2'300};
    one.channel = chance.pick({41, 36, 18, 5});
    one.product = chance.pick({26, 30, 20, 13, 11});
    one.tier = chance.pick({35, 50, 15});
    const Span price{Duration{price_cents[one.product]}, 190};
    one.amount_cents = static_cast<std::uint32_t>(chance.log_normal(price).count());
    one.priority = one.tier == 2 ? 1 : 0;
  }

  std::uint8_t after(Case& one, Chance& chance, Time now) const override {
    switch (one.step) {
      case placed:
        return choose(chance, {{940, authorised}, {60, declined}});
      case declined:
        return choose(chance, {{700, retried}, {300, cancelled}});
      case retried:
        return choose(chance, {{850, authorised}, {150, declined}});
      case authorised:
        return reserved;
      case reserved:
        return chance.permille(45) ? std::uint8_t{out_of_stock} : checked_or_confirmed(one, chance, now);
      case out_of_stock:
        return choose(chance, {{930, restocked}, {70, cancelled}});
      case restocked:
        return checked_or_confirmed(one, chance, now);
      case checked:
        return after_check(one, chance);
      case asked:
        return choose(chance, {{920, proved}, {80, cancelled}});
      case proved:
        return checked;
      case confirmed:
        return picked;
      case picked:
        return choose(chance, {{955, packed}, {45, missed}});
      case missed:
        return picked;
      case packed:
        return choose(chance, {{972, handed_over}, {28, repacked}});
      case repacked:
        return handed_over;
      case handed_over:
        return choose(chance, {{955, delivered}, {45, not_met}});
      case not_met:
        return delivered;
      case delivered:
        return chance.permille(one.product == fashion ? 190 : 50) ? std::uint8_t{return_asked} : ended;
      case return_asked:
        return returned;
      case returned:
        return refunded;
      default:
        return ended;
    }
  }

  std::optional<Patience> patience(const Case& one) const override {
    if (one.step == picked || one.step == checked) return Patience{{40h, 140}, cancelled};
    return std::nullopt;
  }

  std::optional<std::uint8_t> beside(const Case& one) const override {
    if (one.step == confirmed) return std::uint8_t{invoiced};
    return std::nullopt;
  }

  void tell(const Case& one, Chance&, Facts& facts) const override {
    if (one.step == placed) {
      facts.text("channel", channels[one.channel]).text("category", products[one.product]);
      facts.text("tier", tiers[one.tier]).text("country", country_of(one.region, one.country));
      facts.text("warehouse", warehouse_of(one.region)).cents("amount", one.amount_cents);
    }
    if (one.step == refunded) facts.cents("refund", one.amount_cents);
  }

 private:
  std::uint8_t checked_or_confirmed(const Case& one, Chance& chance, Time now) const {
    if (now < fraud_check_since_) return confirmed;
    const bool risky = one.channel == marketplace || one.tier == newcomer || one.amount_cents > dear_cents;
    return chance.permille(risky ? 300 : 20) ? checked : confirmed;
  }

  static std::uint8_t after_check(Case& one, Chance& chance) {
    // Rotterdam asks for proof far more often than the others, and then checks anew.
    const unsigned asks = one.rounds >= 3 ? 0 : one.region == Region::europe ? 360 : 60;
    const std::uint8_t next = choose(chance, {{asks, asked}, {35, cancelled}, {965 - asks, confirmed}});
    if (next == asked) ++one.rounds;
    return next;
  }

  const Time fraud_check_since_;
};

}  // namespace

std::unique_ptr<Blueprint> orders(Time fraud_check_since) { return std::make_unique<Orders>(fraud_check_since); }

}  // namespace weir::company
