#include "stream/effects/teams.hpp"

#include <algorithm>

#include "schemas/codec/timestamp.hpp"
#include "stream/effects/wording.hpp"

namespace weir::effects {
namespace {

constexpr std::size_t title_max = 500, summary_max = 3'000, fact_max = 300, facts_max = 12;

/// Card text is Markdown: what would be a link, an emphasis or a heading stands for itself.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\[]()*_~`#<>").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string_view colour_of(const Effect& effect) {
  if (effect.action == Action::resolve) return "Good";
  if (effect.severity == Severity::critical || effect.severity == Severity::error) return "Attention";
  return effect.severity == Severity::warning ? "Warning" : "Default";
}

void write_block(JsonWriter& json, const std::string& text, std::string_view colour, bool heading) {
  json.begin_object().member("type", "TextBlock").member("text", text).member("wrap", true);
  if (heading) json.member("weight", "Bolder").member("size", "Medium");
  json.member("color", colour).end_object();
}

void write_facts(JsonWriter& json, const Effect& effect) {
  json.begin_object().member("type", "FactSet").key("facts").begin_array();
  const std::size_t count = std::min(effect.fields.size(), facts_max);
  for (std::size_t i = 0; i < count; ++i) {
    json.begin_object().member("title", plain(shortened(effect.fields[i].first, 100)));
    json.member("value", plain(shortened(effect.fields[i].second, fact_max))).end_object();
  }
  json.end_array().end_object();
}

}  // namespace

http::Call request(const Teams& teams, const Effect& effect, Time) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("type", "message").key("attachments").begin_array();
  json.begin_object().member("contentType", "application/vnd.microsoft.card.adaptive");
  json.member("contentUrl", nullptr).key("content").begin_object();
  json.member("$schema", "http://adaptivecards.io/schemas/adaptive-card.json").member("type", "AdaptiveCard");
  json.member("version", "1.4").key("body").begin_array();
  write_block(json, plain(shortened(headline(effect), title_max)), colour_of(effect), true);
  if (!effect.summary.empty()) write_block(json, plain(shortened(effect.summary, summary_max)), "Default", false);
  if (!effect.fields.empty()) write_facts(json, effect);
  write_block(json, std::string(name_of(effect.severity)) + ", " + to_rfc3339(effect.occurred), "Default", false);
  json.end_array().end_object().end_object().end_array().end_object();
  return json_call("POST", teams.url, std::move(body));
}

Verdict verdict(const Teams&, const http::Answer& answer, Time now) {
  Verdict verdict = judge_strictly(answer, now);
  const std::string_view body = answer.response.body;
  if (verdict.kind != Verdict::Kind::delivered || body.find("HTTP error") == std::string_view::npos) return verdict;
  const bool limited = body.find("HTTP error 429") != std::string_view::npos;
  return {limited ? Verdict::Kind::limited : Verdict::Kind::again, {}, "it answered 200 and reported an error"};
}

}  // namespace weir::effects
