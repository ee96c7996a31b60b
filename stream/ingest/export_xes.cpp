#include "schemas/codec/timestamp.hpp"
#include "stream/ingest/attribute_text.hpp"
#include "stream/ingest/export_writer.hpp"
#include "stream/ingest/text_encoding.hpp"
#include "stream/ingest/xes_keys.hpp"

namespace weir::ingest {
namespace {

constexpr std::string_view prologue = R"(<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Identity" prefix="identity" uri="http://www.xes-standard.org/identity.xesext"/>
<classifier name="Activity" keys="concept:name"/>
)";

/// XML 1.0 has no way to write these; Unicode has pictures of them.
bool is_unwritable(unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; }
constexpr char32_t picture_of_null = 0x2400;

void append_escaped(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto three = text.substr(i, 3);
    if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {  // U+FFFE, U+FFFF
      append_utf8(0xFFFD, out);
      i += 2;
    } else if (is_unwritable(c)) {
      append_utf8(picture_of_null + c, out);
    } else if (c == '&') {
      out.append("&amp;");
    } else if (c == '<') {
      out.append("&lt;");
    } else if (c == '"') {
      out.append("&quot;");
    } else if (c == '\t' || c == '\n' || c == '\r') {  // a parser would make spaces of them
      out.append("&#").append(std::to_string(c)).append(";");
    } else {
      out.push_back(text[i]);
    }
  }
}

void element(std::string_view type, std::string_view key, std::string_view value, std::string& out) {
  out.append("<").append(type).append(" key=\"");
  append_escaped(key, out);
  out.append("\" value=\"");
  append_escaped(value, out);
  out.append("\"/>\n");
}

bool is_whole(std::string_view number) { return number.find_first_of(".eE") == std::string_view::npos; }

void attribute(const Attribute& attribute, std::string& out) {
  const bool reserved = xes::is_field(attribute.name) || attribute.name.rfind(xes::escape, 0) == 0;
  const auto key = reserved ? std::string(xes::escape) + attribute.name : attribute.name;
  const std::string_view json = attribute.json;
  if (json == "null") {
    out.append("<list key=\"");
    append_escaped(key, out);
    out.append("\"><values/></list>\n");
  } else if (json == "true" || json == "false") {
    element("boolean", key, json, out);
  } else if (json.front() == '"') {
    element("string", key, text_of_json(json), out);
  } else {
    element(is_whole(json) ? "int" : "float", key, json, out);
  }
}

class XesWriter : public ExportWriter {
 public:
  void begin(std::string& out) override { out.append(prologue); }

  void event(const Event& event, std::string& out) override {
    if (!open_ || event.case_id != case_id_) {
      if (open_) out.append("</trace>\n");
      open_ = true;
      case_id_ = event.case_id;
      out.append("<trace>\n");
      element("string", xes::name_key, case_id_, out);
    }
    out.append("<event>\n");
    element("string", xes::name_key, event.activity, out);
    element("date", xes::time_key, to_rfc3339(event.timestamp), out);
    if (event.start) element("date", xes::start_key, to_rfc3339(*event.start), out);
    element("string", xes::lifecycle_key, event.lifecycle, out);
    optional(xes::resource_key, event.resource, out);
    optional(xes::instance_key, event.instance, out);
    optional(xes::id_key, event.id, out);
    optional(xes::source_key, event.source, out);
    for (const auto& each : event.attributes) attribute(each, out);
    out.append("</event>\n");
  }

  void end(std::string& out) override { out.append(open_ ? "</trace>\n</log>\n" : "</log>\n"); }

 private:
  static void optional(std::string_view key, std::string_view value, std::string& out) {
    if (!value.empty()) element("string", key, value, out);
  }

  bool open_ = false;
  std::string case_id_;
};

}  // namespace

std::unique_ptr<ExportWriter> xes_writer() { return std::make_unique<XesWriter>(); }

}  // namespace weir::ingest
