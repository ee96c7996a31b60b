// A topic of Kafka as a receiver: a record for each thing that is told, under the key of its incident.
#pragma once

#include "stream/effects/target.hpp"
#include "stream/effects/verdict.hpp"

namespace weir::effects {

/// What a webhook would get as its body; the effect's id is the header `id`, by which readers drop repeats.
log::TopicRecord record_of(const KafkaTopic& topic, const Effect& effect);

/// Of what became of the record. Brokers that cannot be reached, or do not let anybody in, may be mended.
Verdict verdict_of(const Result<bool>& published);

}  // namespace weir::effects
