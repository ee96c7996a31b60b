// One HTTP/1.1 connection: reads a head through the gate, lets the handler decide, takes the body as decided, answers;
// then the next. One request in flight; what a client pipelines waits in the socket. Internal to api/net.
//
// An upgrade gives the wire, with what it received already, to a WebSocketSession; nothing is served after it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "api/net/arrival.hpp"
#include "api/net/body_reader.hpp"
#include "api/net/response_head.hpp"
#include "api/net/web_socket_session.hpp"
#include "api/net/wire.hpp"

namespace weir::net {

class Session final : public Connection, public std::enable_shared_from_this<Session> {
 public:
  /// `address` was counted in by the census and is counted out when the connection ends.
  Session(std::shared_ptr<Core> core, std::shared_ptr<IoThread> thread, Transport transport, std::string address);
  ~Session() override;

  /// Serves until the connection ends; holds itself alive meanwhile. Thread-safe.
  void start();

  void sweep(Clock::Steady now) override;
  void drain() override;
  void cut() override;

 private:
  template <class T>
  using Task = asio::awaitable<T>;

  Task<void> run();
  /// One request. False: the connection has to end. As for all below.
  Task<bool> serve_one();
  Task<Result<std::optional<RequestHead>>> read_head();
  Task<bool> serve(RequestHead head);
  Task<bool> refuse(Refuse plan, const RequestHead& head);
  Task<bool> collect(Collect plan, RequestHead head);
  Task<bool> stream(Stream plan, const RequestHead& head);
  Task<bool> upgrade(Upgrade plan);

  Task<Result<std::string>> read_body(const RequestHead& head, std::uint64_t bytes_max, BodyBudget::Share& share);
  /// Reads and drops; false when it was too much or broken.
  Task<Result<void>> drop_body(const RequestHead& head);
  Task<Result<void>> feed(BodySink& sink, const RequestHead& head, std::uint64_t bytes_max);
  Task<bool> invite_body(const RequestHead& head);

  Respond new_respond();
  Task<bool> answer_when_ready();
  Task<bool> answer(Response response);
  Task<bool> answer_from(BodySource& source, BodyForm form);
  /// The answer to a request that cannot go on: its connection ends.
  Task<bool> reject(const Error& error, bool within_body = false);
  BodyPlan admit(const RequestHead& head);

  std::shared_ptr<Core> core_;
  std::shared_ptr<IoThread> thread_;
  std::string address_;
  Wire wire_;
  AnswerContext context_;
  unsigned in_a_row_ = 0;  // requests since the connection last had to wait for one
  std::shared_ptr<Arrival<Response>> answer_;
  std::shared_ptr<Arrival<Result<std::string>>> piece_;
  std::shared_ptr<WebSocketSession> web_socket_;
};

}  // namespace weir::net
