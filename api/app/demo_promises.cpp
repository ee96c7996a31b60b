#include "api/app/demo_promises.hpp"

#include <string_view>

namespace weir::app {
namespace {

constexpr std::string_view office = R"({
  "zone": "Europe/Berlin",
  "week": {"mon": ["08:00-18:00"], "tue": ["08:00-18:00"], "wed": ["08:00-18:00"], "thu": ["08:00-18:00"], "fri": ["08:00-18:00"]}
})";

constexpr std::string_view support = R"({
  "processes": ["support"],
  "metrics": {
    "first_response": {
      "start": {"path": "activity", "op": "eq", "value": "Receive ticket"},
      "stop": {"path": "activity", "op": "eq", "value": "First response"},
      "reopening": "once"},
    "resolution": {
      "start": {"path": "activity", "op": "in", "value": ["Receive ticket", "Reopen ticket"]},
      "stop": {"path": "activity", "op": "in", "value": ["Resolve", "Withdraw ticket", "Close unanswered"]},
      "pause": {"path": "case.activity", "op": "eq", "value": "Ask customer"},
      "reopening": "resume"}},
  "targets": [
    {"name": "enterprise", "when": {"path": "case.attr.tier", "op": "eq", "value": "enterprise"},
     "promises": {"first_response": "1h", "resolution": "8h"}, "warnings": [{"percent": 75}]},
    {"name": "everybody", "promises": {"first_response": "4h", "resolution": "1d"}, "warnings": [{"percent": 75}]}]
})";

constexpr std::string_view orders = R"({
  "processes": ["orders"],
  "metrics": {
    "dispatch": {
      "start": {"path": "activity", "op": "eq", "value": "Place order"},
      "stop": {"path": "activity", "op": "in", "value": ["Hand to carrier", "Cancel order"]},
      "pause": {"path": "case.activity", "op": "in", "value": ["Ask for proof", "Payment fails"]},
      "reopening": "once"},
    "delivery": {
      "start": {"path": "activity", "op": "eq", "value": "Hand to carrier"},
      "stop": {"path": "activity", "op": "eq", "value": "Deliver"},
      "reopening": "once"}},
  "targets": [
    {"name": "gold", "when": {"path": "case.attr.tier", "op": "eq", "value": "gold"},
     "promises": {"dispatch": "12h", "delivery": "2d"}, "warnings": [{"before": "2h"}]},
    {"name": "everybody", "promises": {"dispatch": "1d", "delivery": "3d"}, "warnings": [{"before": "2h"}]}]
})";

constexpr std::string_view loans = R"({
  "processes": ["loans"],
  "metrics": {
    "decision": {
      "start": {"path": "activity", "op": "eq", "value": "Submit application"},
      "stop": {"path": "activity", "op": "in", "value": ["Send offer", "Send rejection", "Withdraw application"]},
      "pause": {"path": "case.activity", "op": "eq", "value": "Request documents"},
      "reopening": "once"},
    "payout": {
      "start": {"path": "activity", "op": "eq", "value": "Sign contract"},
      "stop": {"path": "activity", "op": "eq", "value": "Pay out"},
      "reopening": "once"}},
  "targets": [
    {"name": "home", "when": {"path": "case.attr.product", "op": "eq", "value": "home"}, "calendar": "office",
     "promises": {"decision": "20h", "payout": "10h"}, "warnings": [{"before_business": "2h"}]},
    {"name": "others", "calendar": "office",
     "promises": {"decision": "10h", "payout": "4h"}, "warnings": [{"before_business": "1h"}]}]
})";

constexpr std::string_view customer_waits = R"({
  "processes": ["support"], "on": "Customer replies",
  "when": {"absent": {"event": ["Investigate", "Analyse", "Resolve", "Ask customer", "Develop fix"], "for": "8h", "calendar": "office"}},
  "then": [{"type": "alert", "severity": "warning", "title": "The customer answered, and nobody goes on",
            "text": "Ticket {case.id} ({case.attr.tier}) waits since {timestamp}."}],
  "keep_firing_for": "1d"
})";

constexpr std::string_view reopened_again = R"({
  "processes": ["support"], "on": "Reopen ticket",
  "when": {"window": {"event": "Reopen ticket", "kind": "sliding", "for": "2w", "agg": "count", "op": "gte", "value": 2}},
  "then": [{"type": "alert", "severity": "error", "title": "Reopened again"}],
  "once_per": "case", "keep_firing_for": "2d"
})";

constexpr std::string_view payment_fails = R"({
  "processes": ["orders"], "on": "Payment fails",
  "when": {"window": {"event": "Payment fails", "kind": "sliding", "for": "1d", "agg": "count", "op": "gte", "value": 2}},
  "then": [{"type": "alert", "severity": "error", "title": "Payment failed more than once"}],
  "cooldown": "1d", "keep_firing_for": "1d"
})";

constexpr std::string_view offer_unanswered = R"({
  "processes": ["loans"], "on": "Send offer",
  "when": {"absent": {"event": ["Accept offer", "Ask for changes", "Refuse offer", "Withdraw application"], "for": "5d"}},
  "then": [{"type": "alert", "severity": "info", "title": "The offer is not answered"}],
  "keep_firing_for": "3d"
})";

}  // namespace

std::vector<documents::Change> demo_promises(Time since) {
  using documents::Kind;
  const auto change = [&](Kind kind, std::string_view name, std::string_view body) {
    return documents::Change{kind, std::string{name}, {since, std::string{body}}};
  };
  return {change(Kind::calendar, "office", office),
          change(Kind::sla_policy, "support", support),
          change(Kind::sla_policy, "orders", orders),
          change(Kind::sla_policy, "loans", loans),
          change(Kind::rule, "customer-waits", customer_waits),
          change(Kind::rule, "reopened-again", reopened_again),
          change(Kind::rule, "payment-fails", payment_fails),
          change(Kind::rule, "offer-unanswered", offer_unanswered)};
}

}  // namespace weir::app
