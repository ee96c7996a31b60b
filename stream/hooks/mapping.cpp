#include "stream/hooks/mapping.hpp"

#include <algorithm>
#include <charconv>

#include "schemas/base/event.hpp"
#include "schemas/codec/json_writer.hpp"
#include "schemas/codec/timestamp.hpp"
#include "schemas/crypto/digest.hpp"
#include "stream/hooks/form.hpp"

namespace weir::hooks {
namespace {

/// What conditions ask of a delivery.
class BodyFacts final : public rules::Facts {
 public:
  explicit BodyFacts(const Source& source) : source_(source) {}

  rules::Value after(std::string_view path) const override {
    constexpr std::string_view header = "header:";
    if (path.starts_with(header)) {
      const auto value = source_.delivery.header(path.substr(header.size()));
      return value ? rules::Value{std::string(*value)} : rules::Value{};
    }
    const auto pointer = Pointer::read(path);
    const auto value = pointer ? pointer->find(source_) : std::nullopt;
    if (!value) return {};
    // What is no scalar is there, and equal to nothing.
    return rules::value_of(*value).value_or(rules::Value{nullptr});
  }
  rules::Value before(std::string_view) const override { return {}; }

 private:
  const Source& source_;
};

/// Seconds with or without a fraction, as many providers write times, in microseconds; nothing if it is something else.
std::optional<std::int64_t> micros_of(std::string_view text) {
  constexpr std::int64_t seconds_max = 100'000'000'000;  // beyond are milliseconds
  constexpr std::size_t digits_max = 6;
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failed != std::errc{} || seconds < 0 || seconds >= seconds_max) return std::nullopt;
  std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  std::int64_t micros = 0;
  if (!rest.empty()) {
    if (rest.front() != '.' || rest.size() == 1) return std::nullopt;
    rest.remove_prefix(1);
    if (rest.find_first_not_of("0123456789") != rest.npos) return std::nullopt;
    std::string digits{rest.substr(0, digits_max)};
    digits.resize(digits_max, '0');
    std::from_chars(digits.data(), digits.data() + digits.size(), micros);
  }
  return seconds * 1'000'000 + micros;
}

void write_time(JsonWriter& json, const Mapping& mapping, const Source& source) {
  json.key("timestamp");
  const auto text = mapping.timestamp ? mapping.timestamp->text(source) : std::nullopt;
  if (!text) return void(json.value(to_rfc3339(source.delivery.now)));
  if (const auto micros = micros_of(*text)) return void(json.value(to_rfc3339(from_micros(*micros))));
  constexpr std::size_t digits_max = 18;
  const bool is_whole =
      text->find_first_not_of("0123456789") == text->npos && text->front() != '0' && text->size() <= digits_max;
  is_whole ? void(json.raw(*text)) : void(json.value(*text));
}

/// Events of one delivery that say no id of their own are told apart by their number.
std::string identity(std::string id, bool is_own, std::size_t number) {
  if (!is_own && number > 0) id += '#' + std::to_string(number);
  return id.size() > id_bytes_max ? crypto::to_hex(crypto::bytes_of(crypto::sha256(id))) : id;
}

void write_event(JsonWriter& json, const Hook& hook, std::string_view origin, const Mapping& mapping,
                 const Source& source, std::size_t number) {
  json.begin_object().member("process", hook.process).member("source", origin);
  const auto text = [&](const char* name, const std::optional<Template>& field) {
    if (const auto value = field ? field->text(source) : std::nullopt) json.member(name, *value);
  };
  text("case_id", mapping.case_id);
  text("activity", mapping.activity);
  text("resource", mapping.resource);
  write_time(json, mapping, source);
  const auto id = mapping.id ? mapping.id->text(source) : std::nullopt;
  if (id) {
    // An id without a place in it is that of the delivery.
    json.member("id",
                identity(*id, mapping.each && mapping.id->text({source.body, source.delivery, {}}) != id, number));
  }
  json.key("attributes").begin_object();
  for (const auto& [name, value] : mapping.attributes) {
    const auto* const literal = std::get_if<std::string>(&value);
    const auto written = literal != nullptr ? std::optional{*literal} : std::get<Template>(value).json(source);
    if (written) json.key(name).raw(*written);
  }
  json.end_object().end_object();
}

/// The first mapping of those from `first` on with the same `each` that holds at the place.
const Mapping* chosen(const std::vector<const Mapping*>& group, const Source& source) {
  const BodyFacts facts{source};
  for (const Mapping* one : group) {
    if (!one->when || one->when->holds(facts)) return one;
  }
  return nullptr;
}

/// Mappings by their `each`, in the order of the document.
std::vector<std::vector<const Mapping*>> groups_of(const Hook& hook) {
  std::vector<std::vector<const Mapping*>> groups;
  for (const Mapping& one : hook.mappings) {
    const auto same =
        std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.front()->each == one.each; });
    same == groups.end() ? groups.push_back({&one}) : same->push_back(&one);
  }
  return groups;
}

}  // namespace

Result<std::string> body_as_json(const Delivery& delivery) {
  const std::string_view type = delivery.header("content-type").value_or("application/json");
  const std::string_view media = type.substr(0, type.find_first_of("; "));
  if (media != "application/x-www-form-urlencoded") {
    if (media.starts_with("multipart/"))
      return Error{Code::unsupported_media_type, "JSON, or a form that is URL-encoded"};
    return std::string(delivery.body);
  }
  const auto fields = read_form(delivery.body);
  auto json = fields ? form_as_json(*fields) : std::nullopt;
  if (!json) return Error{Code::malformed_json, "the body is no form"};
  return *std::move(json);
}

Mapped map_events(const Hook& hook, std::string_view origin, const JsonValue& body, const Delivery& delivery) {
  Mapped mapped;
  JsonWriter json(mapped.events);
  json.begin_array();
  for (const auto& group : groups_of(hook)) {
    const auto& each = group.front()->each;
    const std::size_t room = events_max - mapped.count;
    auto places = each ? each->places(body, room + 1) : std::vector<std::vector<std::size_t>>(1);
    for (auto& place : places) {
      const Source source{body, delivery, std::move(place)};
      const Mapping* const mapping = chosen(group, source);
      if (mapping == nullptr) continue;
      if (mapped.count == events_max) {
        mapped.is_cut = true;
        break;
      }
      write_event(json, hook, origin, *mapping, source, mapped.count++);
    }
  }
  json.end_array();
  return mapped;
}

}  // namespace weir::hooks
