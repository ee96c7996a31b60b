#include "stream/alerts/delivery.hpp"

#include "state/format/codec.hpp"

namespace weir::alerts {
namespace {

constexpr std::uint8_t version = 1;

}  // namespace

std::string encode(const Delivery& delivery) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.byte(static_cast<std::uint8_t>(delivery.event));
  out.text(delivery.process);
  out.text(delivery.case_id);
  out.text(delivery.telling.notice);
  out.text(delivery.telling.target);
  out.number(delivery.telling.revision);
  out.byte(delivery.telling.stands ? 1 : 0);
  out.signed_number(to_micros(delivery.telling.at));
  out.number(delivery.attempt);
  out.hash(delivery.sender);
  out.signed_number(to_micros(delivery.time));
  out.text(delivery.effect);
  out.text(effects::encode_progress(delivery.progress));
  if (delivery.event == Delivery::Event::begun) return bytes;
  out.byte(static_cast<std::uint8_t>(delivery.outcome));
  out.text(effects::encode_record(delivery.record));
  return bytes;
}

Result<Delivery> decode_delivery(std::string_view bytes) {
  format::Decoder in{bytes};
  Delivery delivery;
  const std::uint8_t written = in.byte(), event = in.byte();
  if (written != version || event < 1 || event > 2) in.refuse();
  delivery.event = static_cast<Delivery::Event>(event);
  delivery.process = in.text();
  delivery.case_id = in.text();
  delivery.telling.notice = in.text();
  delivery.telling.target = in.text();
  delivery.telling.revision = static_cast<std::uint32_t>(in.number());
  delivery.telling.stands = in.byte() == 1;
  delivery.telling.at = from_micros(in.signed_number());
  delivery.attempt = static_cast<std::uint32_t>(in.number());
  delivery.sender = in.hash();
  delivery.time = from_micros(in.signed_number());
  delivery.effect = in.text();
  const auto progress = effects::decode_progress(in.text());
  if (!progress) in.refuse();
  if (progress) delivery.progress = *progress;
  if (delivery.event == Delivery::Event::ended) {
    const std::uint8_t outcome = in.byte();
    if (outcome > static_cast<std::uint8_t>(effects::Outcome::given_up)) in.refuse();
    delivery.outcome = static_cast<effects::Outcome>(outcome);
    auto record = effects::decode_record(in.text());
    if (!record) in.refuse();
    if (record) delivery.record = *std::move(record);
  }
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "the record of a delivery cannot be read"};
  return delivery;
}

}  // namespace weir::alerts
