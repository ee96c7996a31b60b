// The deliverer on an outbox in memory, as a program: reads targets and effects as lines of JSON, and tells what ended.
//   effect_node [--permit NETWORK]… [--total-ms N] [--authorities FILE]
//   {"target": NAME, "document": …}                        -> {"target": NAME, "faults": [[POINTER, DETAIL]…]}
//   {"effect": ID, "to": NAME, "key": KEY, "action": …}    -> {"ended": ID, "outcome": …, "number": …, …}, each attempt
//   end of input                                           -> {"stopped_ms": N, "attempts": …}
#include <iostream>
#include <mutex>
#include <string>

#include "schemas/codec/json_reader.hpp"
#include "schemas/codec/json_writer.hpp"
#include "stream/effects/deliverer.hpp"
#include "stream/log/kafka/kafka_publisher.hpp"
#include "tests/stream/effects/memory_outbox.hpp"

namespace weir::effects {
namespace {

std::mutex printing;

void print(const std::string& line) {
  const std::lock_guard lock(printing);
  std::cout << line << std::endl;
}

struct Options {
  std::vector<http::Network> permitted;
  http::ExchangeLimits limits;
};

Options options_of(int count, char** arguments) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i], value = arguments[i + 1];
    if (name == "--permit") options.permitted.push_back(http::parse_network(value).value());
    if (name == "--total-ms") options.limits.total_max = std::chrono::milliseconds{std::stoi(std::string(value))};
    if (name == "--authorities") options.limits.authorities = value;
  }
  options.limits.reach = http::Reach{options.permitted};
  return options;
}

class Node {
 public:
  explicit Node(const Options& options)
      : reach_(options.limits.reach),
        deliverer_(outbox_, targets_, http::open_exchanges(options.limits),
                   log::open_publisher({.reach = options.limits.reach}, clock_), clock_) {
    outbox_.on_end = [](const MemoryOutbox::Settled& one) { tell(one); };
  }

  void take(const std::string& line) {
    JsonParser parser;
    const auto value = parser.parse(line);
    WEIR_CHECK(value, "a line is not JSON");
    if (value->find("target")) {
      put_target(*value);
    } else {
      put_effect(*value);
    }
  }

  void stop() {
    const auto begin = clock_.steady();
    deliverer_.stop();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - begin).count();
    std::string out;
    JsonWriter json(out);
    json.begin_object().member("stopped_ms", took).member("attempts", deliverer_.figures().attempts.load());
    json.member("in_hand", deliverer_.figures().in_hand.load()).end_object();
    print(out);
  }

 private:
  static std::string text(const JsonValue& object, std::string_view name) {
    const auto member = object.find(name);
    std::string scratch;
    return member ? std::string{member->text(scratch)} : "";
  }

  static void tell(const MemoryOutbox::Settled& one) {
    const AttemptRecord& record = one.ending.record;
    std::string out;
    JsonWriter json(out);
    json.begin_object().member("ended", one.id).member("outcome", name_of(one.ending.outcome));
    json.member("number", record.number).member("status", record.status).member("detail", record.detail);
    json.member("answer", record.answer).member("took_ms", record.took.count() / 1000);
    json.member("wait_s", static_cast<double>(one.ending.progress.wait.count()) / 1e6).end_object();
    print(out);
  }

  void put_target(const JsonValue& value) {
    const std::string name = text(value, "target");
    DocumentFaults faults;
    auto target = read_target(DocumentNode{*value.find("document"), "", faults}, reach_);
    if (target) targets_.put({"w", name}, *std::move(target));
    std::string out;
    JsonWriter json(out);
    json.begin_object().member("target", name).key("faults").begin_array();
    for (const auto& fault : faults) json.begin_array().value(fault.pointer).value(fault.detail).end_array();
    json.end_array().end_object();
    print(out);
  }

  void put_effect(const JsonValue& value) {
    Effect effect;
    effect.id = text(value, "effect");
    effect.type = "sla.breached";
    effect.occurred = clock_.now();
    effect.workspace = "w";
    effect.target = text(value, "to");
    effect.key = text(value, "key");
    const std::string action = text(value, "action");
    effect.action = action == "resolve" ? Action::resolve : Action::trigger;
    effect.severity = Severity::critical;
    effect.title = "Breached: " + effect.key;
    effect.summary = text(value, "summary");
    effect.fields = {{"Case", effect.key}};
    WEIR_CHECK(fault_of(effect).empty(), "an effect is none");
    outbox_.put(effect, clock_.now());
    deliverer_.wake({effect.workspace, effect.target});
  }

  const SystemClock clock_;
  const http::Reach reach_;
  MemoryOutbox outbox_;
  MemoryTargets targets_;
  Deliverer deliverer_;
};

}  // namespace
}  // namespace weir::effects

int main(int count, char** arguments) {
  weir::effects::Node node(weir::effects::options_of(count, arguments));
  for (std::string line; std::getline(std::cin, line);) node.take(line);
  node.stop();
}
