#include "api/net/handler.hpp"

#include <atomic>
#include <utility>

#include "api/net/problem.hpp"
#include "schemas/base/check.hpp"

namespace weir::net {

struct Respond::Slot {
  Slot(std::shared_ptr<Receiver> to, std::string trace) : receiver(std::move(to)), trace_id(std::move(trace)) {}
  ~Slot() {
    if (!answered) receiver->receive(problem({Code::internal, ""}, trace_id));
  }

  std::shared_ptr<Receiver> receiver;
  std::string trace_id;
  std::atomic<bool> answered = false;
};

Respond::Respond(std::shared_ptr<Receiver> receiver, std::string trace_id)
    : slot_(std::make_shared<Slot>(std::move(receiver), std::move(trace_id))) {}

void Respond::operator()(Response response) const {
  WEIR_CHECK(!slot_->answered.exchange(true), "a request is answered once");
  slot_->receiver->receive(std::move(response));
}

void Respond::operator()(const Error& error) const { (*this)(problem(error, slot_->trace_id)); }

}  // namespace weir::net
