#include "api/app/asked.hpp"

namespace weir::app {
namespace {

constexpr std::size_t questions_queue_max = 256;

metrics::Counter questions(metrics::Registry& registry, metrics::Label outcome) {
  return registry.counter("weir_owner_questions_total", "Questions of other nodes about shards that are here.",
                          {outcome});
}

}  // namespace

Asked::Asked(asking::Pins::Source source, const Clock& clock, const crypto::Key& key, unsigned threads,
             metrics::Registry& metrics)
    : locks_(key),
      freshness_(clock),
      pins_(std::move(source), clock),
      answered_(questions(metrics, {"outcome", "answered"})),
      refused_(questions(metrics, {"outcome", "refused"})),
      turned_away_(questions(metrics, {"outcome", "turned_away"})),
      workers_(threads, questions_queue_max) {}

void Asked::answer_at(std::string address) {
  const std::lock_guard lock{mutex_};
  address_ = std::move(address);
}

Result<asking::Question> Asked::take(const std::string& body) {
  auto question = locks_.unlock_question(body);
  if (!question) return question;
  if (const auto fresh = freshness_.take(question->asked, question->nonce); !fresh) return fresh.error();
  const std::lock_guard lock{mutex_};
  if (question->to != address_) return Error{Code::misdirected_request, ""};
  return question;
}

void Asked::answer(const std::string& body, net::Respond respond) {
  auto question = take(body);
  if (!question) {
    turned_away_.add();
    return respond(question.error());
  }
  const std::string workspace = question->workspace;
  const bool taken = workers_.offer(workspace, [this, question = *std::move(question), respond] {
    const asking::Answer answer = pins_.answer(question);
    (answer.refused ? refused_ : answered_).add();
    net::Response response;
    response.status = 200;
    response.content_type = "application/octet-stream";
    response.body = locks_.lock_up(answer);
    respond(std::move(response));
  });
  if (taken) return;
  turned_away_.add();
  respond({Code::overloaded, ""});
}

void Asked::stop() {
  workers_.stop();
  pins_.close();
}

void Asked::collect(metrics::Samples& samples) const {
  samples.gauge("weir_owner_pins", "Snapshots of shards that are kept for other nodes.",
                static_cast<double>(pins_.count()));
}

}  // namespace weir::app
