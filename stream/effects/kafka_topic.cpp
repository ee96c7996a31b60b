#include "stream/effects/kafka_topic.hpp"

#include "stream/effects/wording.hpp"

namespace weir::effects {

log::TopicRecord record_of(const KafkaTopic& topic, const Effect& effect) {
  return {topic.topic,
          effect.key,
          event_body(effect),
          {{"id", effect.id}, {"type", effect.type}, {"content-type", "application/json"}}};
}

Verdict verdict_of(const Result<bool>& published) {
  if (published) return {Verdict::Kind::delivered, {}, {}};
  const Error& why = published.error();
  const auto kind = why.code == Code::body_too_large ? Verdict::Kind::refused : Verdict::Kind::again;
  return {kind, {}, why.detail};
}

}  // namespace weir::effects
