#include "api/app/answering.hpp"

#include "api/net/problem.hpp"

namespace weir::app {
namespace {

class BeforeAnswer final : public net::Respond::Receiver {
 public:
  BeforeAnswer(net::Respond respond, Workers& workers, std::function<void(net::Response&)> before)
      : respond_(std::move(respond)), workers_(workers), before_(std::move(before)) {}

  void receive(net::Response response) override {
    auto held = std::make_shared<net::Response>(std::move(response));
    workers_.post([respond = respond_, before = before_, held] {
      before(*held);
      respond(std::move(*held));
    });
  }

 private:
  net::Respond respond_;
  Workers& workers_;
  std::function<void(net::Response&)> before_;
};

}  // namespace

net::Response json_answer(std::string body, unsigned status) {
  net::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

net::Response refused_for(Code code, std::chrono::seconds wait, std::string_view trace_id) {
  net::Response response = net::problem({code, ""}, trace_id);
  std::erase_if(response.headers, [](const net::Header& header) { return header.name == "Retry-After"; });
  response.headers.push_back({"Retry-After", std::to_string(wait.count())});
  return response;
}

net::Response with_members(net::Response problem, const std::function<void(JsonWriter&)>& write) {
  std::string more;
  JsonWriter json(more);
  json.begin_object();
  write(json);
  json.end_object();
  problem.body.back() = ',';  // two objects become one
  problem.body.append(more, 1);
  return problem;
}

net::Respond after_work(net::Respond respond, const std::string& trace_id, Workers& workers,
                        std::function<void(net::Response&)> before) {
  return {std::make_shared<BeforeAnswer>(std::move(respond), workers, std::move(before)), trace_id};
}

}  // namespace weir::app
