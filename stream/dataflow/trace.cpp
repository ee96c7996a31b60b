#include "stream/dataflow/trace.hpp"

#include "state/format/codec.hpp"

namespace weir::dataflow {

using format::Decoder;
using format::Encoder;

Lifecycle lifecycle_of(std::string_view text) {
  if (text == "complete") return Lifecycle::complete;
  if (text == "start") return Lifecycle::start;
  return Lifecycle::other;
}

std::string pack(const Detail& detail) {
  std::string packed;
  Encoder out{packed};
  out.text(detail.id);
  out.text(detail.instance);
  out.text(detail.lifecycle);
  out.number(detail.attributes.size());
  for (const Attribute& attribute : detail.attributes) {
    out.text(attribute.name);
    out.text(attribute.json);
  }
  return packed;
}

Detail unpack_detail(std::string_view packed) {
  Decoder in{packed};
  Detail detail;
  detail.id = in.text();
  detail.instance = in.text();
  detail.lifecycle = in.text();
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Attribute& attribute = detail.attributes.emplace_back();
    attribute.name = in.text();
    attribute.json = in.text();
  }
  return detail;
}

std::string_view id_of(std::string_view packed) { return Decoder{packed}.text(); }

std::string_view without_id(std::string_view packed) {
  Decoder in{packed};
  const std::string_view id = in.text();
  if (!in.ok()) return {};
  return packed.substr(static_cast<std::size_t>(id.data() + id.size() - packed.data()));
}

std::string with_id(std::string_view id, std::string_view rest) {
  std::string packed;
  packed.reserve(id.size() + rest.size() + 2);
  Encoder{packed}.text(id);
  return packed.append(rest);
}

std::strong_ordering compare(const Entry& a, const Entry& b, const Names& names) {
  if (const auto order = a.began <=> b.began; order != 0) return order;
  if (const auto order = a.ended <=> b.ended; order != 0) return order;
  if (const auto order = a.sequence <=> b.sequence; order != 0) return order;
  const auto rank = [](const Entry& entry) { return entry.lifecycle == Lifecycle::start ? 0 : 1; };
  if (const auto order = rank(a) <=> rank(b); order != 0) return order;
  if (a.source != b.source) return names.text(a.source) <=> names.text(b.source);
  return id_of(a.detail) <=> id_of(b.detail);
}

Entry place_of(const Entry& entry) {
  Entry place;
  place.began = entry.began;
  place.ended = entry.ended;
  place.sequence = entry.sequence;
  place.bringers = {{no_name, entry.sequence}};  // by which the sequence is stored
  place.lifecycle = entry.lifecycle;
  place.source = entry.source;
  place.detail = pack({std::string{id_of(entry.detail)}, {}, {}, {}});
  return place;
}

Event to_event(const Entry& entry, const Names& names) {
  Detail detail = unpack_detail(entry.detail);
  Event event;
  event.process.clear();
  event.activity = names.text(entry.activity);
  event.timestamp = from_micros(entry.ended);
  if (entry.has_start) event.start = from_micros(entry.began);
  event.id = std::move(detail.id);
  event.source = names.text(entry.source);
  if (entry.lifecycle == Lifecycle::start) event.lifecycle = "start";
  if (entry.lifecycle == Lifecycle::other) event.lifecycle = std::move(detail.lifecycle);
  event.instance = std::move(detail.instance);
  event.resource = names.text(entry.resource);
  event.attributes = std::move(detail.attributes);
  event.sequence = entry.sequence;
  return event;
}

}  // namespace weir::dataflow
