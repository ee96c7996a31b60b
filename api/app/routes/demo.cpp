// The dial of a demo. GET answers on every server, so that the page may ask whether there is one.
#include "api/app/demo.hpp"

#include <cmath>

#include "api/app/answering.hpp"
#include "api/app/routes/document_call.hpp"
#include "api/app/routes/routes.hpp"
#include "schemas/codec/json_reader.hpp"

namespace weir::app {
namespace {

net::Response state_answer(const DemoState& state) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("active", true).member("source", state.source);
  json.member("speed", static_cast<double>(state.speed_percent) / 100).member("paused", state.paused);
  json.member("caught_up", state.caught_up).member("posted", state.posted).key("total");
  if (state.total) {
    json.value(*state.total);
  } else {
    json.value(nullptr);
  }
  json.end_object();
  return json_answer(std::move(body));
}

net::Response no_demo() {
  std::string body;
  JsonWriter(body).begin_object().member("active", false).end_object();
  return json_answer(std::move(body));
}

struct Order {
  std::optional<std::uint64_t> speed_percent;
  std::optional<bool> paused;
  std::vector<DocumentFault> faults;
};

void read_speed(const JsonValue& value, Order& order) {
  const double percent = value.is(JsonKind::number) && value.number_fits() ? value.as_double() * 100 : 0;
  if (percent >= Demo::speed_percent_min && percent <= Demo::speed_percent_max) {
    order.speed_percent = static_cast<std::uint64_t>(std::llround(percent));
  } else {
    order.faults.push_back({"/speed", "must be a number from 0.1 to 20"});
  }
}

Result<Order> parse_order(std::string_view body) {
  JsonParser parser;
  const auto document = parser.parse(body);
  if (!document) return document.error();
  Order order;
  if (!document->is(JsonKind::object) || document->duplicate_key()) {
    order.faults.push_back({"", "must be an object that names each member once"});
    return order;
  }
  std::string scratch;
  for (auto items = document->items(); !items.done();) {
    const std::string name{items.take().text(scratch)};
    const JsonValue value = items.take();
    if (name == "speed") {
      read_speed(value, order);
    } else if (name != "paused") {
      order.faults.push_back({"", "a member is unknown"});
    } else if (value.is(JsonKind::boolean)) {
      order.paused = value.is_true();
    } else {
      order.faults.push_back({"/paused", "must be true or false"});
    }
  }
  return order;
}

void put_demo(Demo* demo, const Call& call) {
  if (demo == nullptr) return call.respond({Code::not_found, "this server shows no demo"});
  const auto order = parse_order(call.request.body);
  if (!order) return call.respond(order.error());
  if (!order->faults.empty()) return call.respond(invalid_document(order->faults, call.head().trace_id));
  const auto state = demo->change(order->speed_percent, order->paused);
  if (!state) return call.respond(state.error());
  call.respond(state_answer(*state));
}

}  // namespace

std::vector<Route> demo_routes(Demo* demo) {
  Route get;
  get.pattern = "/v1/demo";
  get.permission = auth::Permission::read_views;
  get.check = check_no_query;
  get.handle = [demo](const Call& call) { call.respond(demo == nullptr ? no_demo() : state_answer(demo->state())); };
  Route put;
  put.method = net::Method::put;
  put.pattern = "/v1/demo";
  put.permission = auth::Permission::write_documents;
  put.where = Where::intake;
  put.action = "demo.put";
  put.check = check_document;
  put.handle = [demo](const Call& call) { put_demo(demo, call); };
  return {std::move(get), std::move(put)};
}

}  // namespace weir::app
