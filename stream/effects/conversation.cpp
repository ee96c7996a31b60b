#include "stream/effects/conversation.hpp"

#include "stream/effects/email.hpp"
#include "stream/effects/pager_duty.hpp"
#include "stream/effects/salesforce_case.hpp"
#include "stream/effects/slack.hpp"
#include "stream/effects/teams.hpp"
#include "stream/effects/webhook.hpp"

namespace weir::effects {
namespace {

/// What a receiver of one request and one answer consists of.
template <class Kind>
class OneRequest final : public Conversation {
 public:
  OneRequest(const Kind& receiver, const Effect& effect) : receiver_(receiver), effect_(effect) {}

  http::Outgoing open(Time now) override { return request(receiver_, effect_, now); }
  Next hear(const http::Answer& answer, Time now) override { return verdict(receiver_, answer, now); }

 private:
  const Kind& receiver_;
  const Effect& effect_;
};

}  // namespace

std::unique_ptr<Conversation> converse(const Receiver& receiver, const Effect& effect, Session& session) {
  return std::visit(
      [&](const auto& one) -> std::unique_ptr<Conversation> {
        using Kind = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<Kind, SalesforceCase>) {
          return converse_with_salesforce(one, effect, session);
        } else if constexpr (std::is_same_v<Kind, KafkaTopic>) {
          return nullptr;
        } else {
          return std::make_unique<OneRequest<Kind>>(one, effect);
        }
      },
      receiver);
}

}  // namespace weir::effects
