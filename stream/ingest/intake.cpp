#include "stream/ingest/intake.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include "state/format/codec.hpp"
#include "stream/ingest/identity.hpp"
#include "stream/log/partitioner.hpp"

namespace weir::ingest {
namespace {

/// Equal for events that count once: same process, case, source and id. `scratch` is written.
Hash128 whole_identity(const Event& event, std::string& scratch) {
  const Hash128 identity = identity_hash(event.source, event.id);
  scratch.clear();
  format::Encoder out{scratch};
  out.hash(identity);
  out.text(event.process);
  out.text(event.case_id);
  return hash128(scratch);
}

}  // namespace

log::Addressed address(const Event& event, std::uint32_t partitions) {
  log::Addressed addressed;
  addressed.partition = log::partition_of(event.process, event.case_id, partitions);
  encode_event(event, addressed.record.value);
  return addressed;
}

Intake take_in(std::vector<DecodedEvent> decoded, std::uint32_t partitions) {
  Intake intake;
  intake.records.reserve(decoded.size());
  boost::unordered_flat_map<Hash128, const Event*, std::hash<Hash128>> met;
  std::string scratch;
  met.reserve(decoded.size());
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    if (!decoded[i].event) {
      intake.rejected.push_back({i, std::move(decoded[i].event).error()});
      continue;
    }
    Event& event = *decoded[i].event;
    identify(event);
    const auto [known, fresh] = met.try_emplace(whole_identity(event, scratch), &event);
    if (fresh) {
      intake.records.push_back(address(event, partitions));
      ++intake.accepted;
    } else if (content_hash(*known->second) == content_hash(event)) {
      ++intake.duplicates;
    } else {
      intake.rejected.push_back({i, {Code::id_conflict, "the body names the same event with other content"}});
    }
  }
  return intake;
}

}  // namespace weir::ingest
