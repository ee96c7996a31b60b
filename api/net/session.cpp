#include "api/net/session.hpp"

#include <exception>
#include <utility>

#include "api/net/problem.hpp"
#include "api/net/request_head.hpp"
#include "api/net/trace_context.hpp"

namespace weir::net {
namespace {

constexpr std::size_t joined_bytes = 16 * 1024;  // a body up to here goes out in one write with its head

/// Where a Respond brings its response. Holds no session: one that ended in the meantime needs no answer.
class AnswerReceiver final : public Respond::Receiver {
 public:
  explicit AnswerReceiver(std::shared_ptr<Arrival<Response>> arrival) : arrival_(std::move(arrival)) {}
  void receive(Response response) override { arrival_->deliver(std::move(response)); }

 private:
  std::shared_ptr<Arrival<Response>> arrival_;
};

bool takes_no_body(Method method) { return method == Method::get || method == Method::head; }

std::string chunk_of(std::string_view piece) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string size;
  for (std::size_t left = piece.size(); left > 0; left >>= 4) size.insert(size.begin(), digits[left & 0xf]);
  return size.append("\r\n").append(piece).append("\r\n");
}

}  // namespace

Session::Session(std::shared_ptr<Core> core, std::shared_ptr<IoThread> thread, Transport transport, std::string address)
    : core_(std::move(core)),
      thread_(std::move(thread)),
      address_(std::move(address)),
      wire_(*core_, std::move(transport)),
      answer_(std::make_shared<Arrival<Response>>(thread_)) {}

Session::~Session() { core_->census.leave(address_); }

void Session::start() {
  auto served = [self = shared_from_this()](const std::exception_ptr& fault) {
    self->wire_.close();
    self->thread_->leave(self.get());
    try {
      if (fault) std::rethrow_exception(fault);
    } catch (const std::exception& thrown) {
      self->core_->options.on_fault(thrown.what());
    }
  };
  asio::co_spawn(thread_->context(), run(), std::move(served));
}

void Session::sweep(Clock::Steady now) {
  wire_.sweep(now);
  if (web_socket_) web_socket_->sweep(now);
}

void Session::drain() {
  wire_.stop_waiting();
  if (web_socket_) web_socket_->drain();
}

void Session::cut() {
  wire_.close();
  if (web_socket_) web_socket_->cut();
  answer_->cut();
  if (piece_) piece_->cut();
}

Session::Task<void> Session::run() {
  thread_->enter(this);
  const bool secured = co_await wire_.handshake();
  if (!secured) co_return;
  bool more = true;
  while (more) more = co_await serve_one();
  co_await wire_.linger();
}

Session::Task<bool> Session::serve_one() {
  context_ = AnswerContext{};
  Result<std::optional<RequestHead>> read = co_await read_head();
  if (!read) {
    add(core_->totals.gate_refusals);
    context_.trace_id = trace_id_of("");
    co_return co_await reject(read.error());
  }
  if (!*read) co_return false;
  RequestHead head = std::move(**read);
  head.remote_address = address_;
  head.secure = wire_.secure();
  add(core_->totals.requests);
  context_.http_1_0 = head.http_1_0;
  context_.head_only = head.method == Method::head;
  context_.keep_alive = head.keep_alive && ++in_a_row_ < core_->options.limits.pipelined_requests;
  context_.trace_id = head.trace_id;
  co_return co_await serve(std::move(head));
}

Session::Task<Result<std::optional<RequestHead>>> Session::read_head() {
  const Limits& limits = core_->options.limits;
  HeadScanner scanner(limits);
  bool timed = false;
  while (true) {
    const auto size = scanner.scan(wire_.received());
    if (!size) co_return size.error();
    if (*size > 0) {
      auto head = parse_request_head(wire_.received().substr(0, *size), limits);
      wire_.consume(*size);
      if (!head) co_return head.error();
      co_return std::optional<RequestHead>(std::move(*head));
    }
    const bool waiting = wire_.received().empty();
    if (waiting && core_->draining) co_return std::nullopt;
    if (waiting) {
      in_a_row_ = 0;
      wire_.begin_waiting();
    } else if (!std::exchange(timed, true)) {
      wire_.begin_head();
    }
    const bool more = co_await wire_.receive(InputBuffer::small_bytes);
    if (!more) {
      if (wire_.broken()) co_return std::nullopt;
      co_return wire_.failure();
    }
  }
}

Session::Task<bool> Session::serve(RequestHead head) {
  wire_.begin_body();
  BodyPlan plan = admit(head);
  if (auto* refusal = std::get_if<Refuse>(&plan)) co_return co_await refuse(std::move(*refusal), head);
  if (auto* streamed = std::get_if<Stream>(&plan)) co_return co_await stream(std::move(*streamed), head);
  if (auto* upgraded = std::get_if<Upgrade>(&plan)) {
    head = {};  // a WebSocket lives long
    co_return co_await upgrade(std::move(*upgraded));
  }
  co_return co_await collect(std::move(std::get<Collect>(plan)), std::move(head));
}

BodyPlan Session::admit(const RequestHead& head) {
  try {
    return core_->handler.admit(head);
  } catch (const std::exception& thrown) {
    core_->options.on_fault(thrown.what());
    return Refuse{problem({Code::internal, ""}, head.trace_id)};
  }
}

Session::Task<bool> Session::refuse(Refuse plan, const RequestHead& head) {
  // A client that waits for "100 Continue" may send the body or not: only closing is safe then.
  if (head.has_body() && head.expects_continue) {
    context_.keep_alive = false;
  } else if (head.has_body()) {
    const Result<void> dropped = co_await drop_body(head);
    if (!dropped) context_.keep_alive = false;
  }
  co_return co_await answer(std::move(plan.response));
}

Session::Task<bool> Session::collect(Collect plan, RequestHead head) {
  BodyBudget::Share share(core_->bodies, std::move(plan.sharer));
  Request request;
  if (takes_no_body(head.method)) {
    if (head.has_body()) context_.keep_alive = false;
    const Result<void> dropped = co_await drop_body(head);
    if (!dropped) co_return co_await reject(dropped.error(), true);
  } else if (head.has_body()) {
    Result<std::string> body = co_await read_body(head, plan.max_bytes, share);
    if (!body) co_return co_await reject(body.error(), true);
    request.body = std::move(*body);
  }
  wire_.begin_nothing();
  request.head = std::move(head);
  try {
    plan.handle(std::move(request), new_respond());
  } catch (const std::exception& thrown) {
    core_->options.on_fault(thrown.what());  // the Respond that went with it answers
  }
  co_return co_await answer_when_ready();
}

Session::Task<bool> Session::stream(Stream plan, const RequestHead& head) {
  const Result<void> fed = co_await feed(*plan.sink, head, plan.max_bytes);
  if (!fed) {
    plan.sink->abort(fed.error());
    co_return co_await reject(fed.error(), true);
  }
  wire_.begin_nothing();
  plan.sink->finish(new_respond());
  co_return co_await answer_when_ready();
}

Session::Task<bool> Session::upgrade(Upgrade plan) {
  if (core_->draining) co_return co_await reject({Code::draining, ""});
  web_socket_ = std::make_shared<WebSocketSession>(core_, thread_, wire_, std::move(plan));
  co_await web_socket_->run(context_);
  co_return false;
}

Session::Task<Result<std::string>> Session::read_body(const RequestHead& head, std::uint64_t bytes_max,
                                                      BodyBudget::Share& share) {
  if (head.content_length.value_or(0) > bytes_max) co_return Error{Code::body_too_large, ""};
  const bool invited = co_await invite_body(head);
  if (!invited) co_return wire_.failure();
  BodyReader reader(wire_, head, core_->options.limits, bytes_max);
  std::string body;
  // No more than what is likely at hand: a length is a claim.
  body.reserve(std::min<std::uint64_t>(head.content_length.value_or(0), 2 * InputBuffer::wide_bytes));
  while (true) {
    const Result<std::string_view> piece = co_await reader.next();
    if (!piece) co_return piece.error();
    if (piece->empty()) co_return body;
    if (!share.take(piece->size())) co_return Error{Code::overloaded, ""};
    body.append(*piece);
  }
}

Session::Task<Result<void>> Session::drop_body(const RequestHead& head) {
  const std::uint64_t bytes_max = core_->options.limits.drained_bytes;
  if (head.content_length.value_or(0) > bytes_max) co_return Error{Code::body_too_large, ""};
  RequestHead as_sent;
  as_sent.chunked = head.chunked;
  as_sent.content_length = head.content_length;
  BodyReader reader(wire_, as_sent, core_->options.limits, bytes_max);
  while (true) {
    const Result<std::string_view> piece = co_await reader.next();
    if (!piece) co_return piece.error();
    if (piece->empty()) co_return Result<void>{};
  }
}

Session::Task<Result<void>> Session::feed(BodySink& sink, const RequestHead& head, std::uint64_t bytes_max) {
  if (head.content_length.value_or(0) > bytes_max) co_return Error{Code::body_too_large, ""};
  const bool invited = co_await invite_body(head);
  if (!invited) co_return wire_.failure();
  BodyReader reader(wire_, head, core_->options.limits, bytes_max);
  // Never cut: the sink holds a view of our buffer until it says that it is ready.
  const auto ready = std::make_shared<Arrival<Result<void>>>(thread_);
  while (true) {
    const Result<std::string_view> piece = co_await reader.next();
    if (!piece) co_return piece.error();
    if (piece->empty()) co_return Result<void>{};
    wire_.suspend();
    sink.write(*piece, [ready](Result<void> taken) { ready->deliver(std::move(taken)); });
    const std::optional<Result<void>> taken = co_await ready->take();
    if (!*taken) co_return taken->error();
    wire_.resume();
  }
}

Session::Task<bool> Session::invite_body(const RequestHead& head) {
  if (!head.expects_continue || !head.has_body() || !wire_.received().empty()) co_return true;
  co_return co_await wire_.send("HTTP/1.1 100 Continue\r\n\r\n");
}

Respond Session::new_respond() { return Respond(std::make_shared<AnswerReceiver>(answer_), context_.trace_id); }

Session::Task<bool> Session::answer_when_ready() {
  std::optional<Response> response = co_await answer_->take();
  if (!response) co_return false;
  co_return co_await answer(std::move(*response));
}

Session::Task<bool> Session::answer(Response response) {
  if (core_->draining) context_.keep_alive = false;
  const BodyForm form = body_form_of(response, context_);
  if (form == BodyForm::until_close) context_.keep_alive = false;
  if (response.status < 600) add(core_->totals.answers_by_class[response.status / 100]);

  wire_.begin_answer();
  std::string head = response_head(response, context_, thread_->date());
  std::string_view rest;
  if (form == BodyForm::length && !context_.head_only) {
    const std::string_view body = known_body(response);
    if (body.size() <= joined_bytes) {
      head.append(body);
    } else {
      rest = body;
    }
  }
  for (const std::string_view bytes : {std::string_view(head), rest}) {
    const bool sent = co_await wire_.send(bytes);
    if (!sent) co_return false;
  }
  if (response.source && !context_.head_only) {
    const bool streamed = co_await answer_from(*response.source, form);
    if (!streamed) co_return false;
  }
  co_return context_.keep_alive;
}

Session::Task<bool> Session::answer_from(BodySource& source, BodyForm form) {
  piece_ = std::make_shared<Arrival<Result<std::string>>>(thread_);
  while (true) {
    wire_.begin_nothing();
    source.pull([piece = piece_](Result<std::string> next) { piece->deliver(std::move(next)); });
    const std::optional<Result<std::string>> piece = co_await piece_->take();
    if (!piece) co_return false;
    if (!*piece) {
      wire_.close();
      co_return false;
    }
    wire_.begin_answer();
    const bool last = (*piece)->empty();
    const std::string bytes = form == BodyForm::chunked ? (last ? "0\r\n\r\n" : chunk_of(**piece)) : **piece;
    const bool sent = co_await wire_.send(bytes);
    if (!sent || last) co_return sent;
  }
}

Session::Task<bool> Session::reject(const Error& error, bool within_body) {
  context_.keep_alive = false;
  if (error.code == Code::upload_aborted && wire_.broken()) co_return false;
  // A fault of the body's framing is a 400, also where the code's own status speaks of the head.
  const unsigned status = within_body && error.code == Code::header_too_large ? 400 : 0;
  Response response = problem(error, context_.trace_id, status);
  if (response.status == 405) response.headers.push_back({"Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"});
  co_return co_await answer(std::move(response));
}

}  // namespace weir::net
