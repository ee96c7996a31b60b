#include "stream/documents/document.hpp"

#include <array>

#include "schemas/base/event.hpp"
#include "state/format/codec.hpp"

namespace weir::documents {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint8_t version_sealed = 2;  // the same, with what is sealed at the end

struct Named {
  Kind kind;
  std::string_view name;
};
constexpr std::array<Named, 8> kinds{{{Kind::sla_policy, "sla-policies"},
                                      {Kind::calendar, "calendars"},
                                      {Kind::target, "targets"},
                                      {Kind::hook, "hooks"},
                                      {Kind::rule, "rules"},
                                      {Kind::silence, "silences"},
                                      {Kind::escalation, "escalations"},

                                      {Kind::threshold, "thresholds"}}};

}  // namespace

std::string_view name_of(Kind kind) {
  for (const Named& one : kinds) {
    if (one.kind == kind) return one.name;
  }
  return {};
}

Hash128 Version::digest() const {
  std::string bytes;
  format::Encoder out{bytes};
  out.signed_number(to_micros(effective_at));
  out.byte(body ? 1 : 0);
  if (body) out.text(*body);
  if (!sealed.empty()) out.text(sealed);
  return hash128(bytes);
}

std::string encode(const Change& change) {
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(change.version.sealed.empty() ? version : version_sealed);
  out.byte(static_cast<std::uint8_t>(change.kind));
  out.text(change.name);
  out.signed_number(to_micros(change.version.effective_at));
  out.byte(change.version.body ? 1 : 0);
  if (change.version.body) out.text(*change.version.body);
  if (!change.version.sealed.empty()) out.text(change.version.sealed);
  return bytes;
}

Result<Change> decode_change(std::string_view bytes) {
  format::Decoder in{bytes};
  const std::uint8_t form = in.byte();
  if (form != version && form != version_sealed) {
    return Error{Code::state_format, "a control document has an unknown version"};
  }
  Change change;
  change.kind = static_cast<Kind>(in.byte());
  change.name = in.text();
  change.version.effective_at = from_micros(in.signed_number());
  if (in.byte() == 1) change.version.body = in.text();
  if (form == version_sealed) change.version.sealed = in.text();
  const bool is_known = !name_of(change.kind).empty() && is_plain_name(change.name);
  if (!in.ok() || !in.at_end() || !is_known) return Error{Code::state_format, "a control document is damaged"};
  return change;
}

}  // namespace weir::documents
