#include "stream/ingest/xes_reader.hpp"

#include <algorithm>
#include <vector>

#include <expat.h>

namespace weir::ingest {
namespace {

enum class Element : std::uint8_t { log, extension, classifier, global, trace, event, attribute, values };

constexpr std::string_view name_of(Element element) {
  constexpr std::string_view names[] = {"log",   "extension", "classifier", "global",
                                        "trace", "event",     "attribute",  "values"};
  return names[static_cast<std::size_t>(element)];
}

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::optional<Element> element_of(std::string_view name) {
  for (const auto element : {Element::log, Element::extension, Element::classifier, Element::global, Element::trace,
                             Element::event, Element::values}) {
    if (name == name_of(element)) return element;
  }
  return xes_type_of(name) ? std::optional(Element::attribute) : std::nullopt;
}

Error bad_xes(std::string detail) { return {Code::bad_xes, std::move(detail)}; }

/// An XML attribute, nullptr if it is not there.
const char* find(const char** pairs, std::string_view name) {
  for (; *pairs != nullptr; pairs += 2) {
    if (name == pairs[0]) return pairs[1];
  }
  return nullptr;
}

struct Open {
  Element element;
  XesScope scope;  // to which its attributes belong
};

}  // namespace

struct XesReader::Parser {
  explicit Parser(XesHandler& parts) : handler(parts), expat(XML_ParserCreate(nullptr)) {
    WEIR_CHECK(expat != nullptr, "expat cannot start");
    XML_SetUserData(expat, this);
    XML_SetElementHandler(expat, on_start, on_end);
    XML_SetStartDoctypeDeclHandler(expat, on_doctype);
  }
  ~Parser() { XML_ParserFree(expat); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  static void on_start(void* self, const char* name, const char** pairs) {
    auto& parser = *static_cast<Parser*>(self);
    if (parser.failure) return;  // a stopped parser may still deliver what belongs to the same tag
    parser.check(parser.start(without_prefix(name), pairs));
  }
  static void on_end(void* self, const char*) {
    auto& parser = *static_cast<Parser*>(self);
    if (!parser.failure) parser.check(parser.end());
  }
  static void on_doctype(void* self, const char*, const char*, const char*, int) {
    static_cast<Parser*>(self)->check(
        Error{Code::doctype_refused, "the file declares a document type; an event log needs none"});
  }

  void check(Result<void> outcome) {
    if (outcome.ok()) return;
    failure = outcome.error();
    fault = here();
    XML_StopParser(expat, XML_FALSE);
  }

  FilePlace here() const {
    return {XML_GetCurrentLineNumber(expat), static_cast<std::uint32_t>(XML_GetCurrentColumnNumber(expat) + 1)};
  }

  Result<void> start(std::string_view name, const char** pairs);
  Result<void> start_in_log(Element element, const char** pairs);
  Result<void> start_trace();
  Result<void> start_event();
  Result<void> start_attribute(std::string_view name, const char** pairs);
  Result<void> end();
  Result<void> parse(std::span<const char> bytes, bool last);

  Open& top() { return stack.back(); }
  bool within(Element element) const { return !stack.empty() && stack.back().element == element; }
  Result<void> open(Element element, XesScope scope) {
    stack.push_back({element, scope});
    return {};
  }

  XesHandler& handler;
  XML_Parser expat;
  std::vector<Open> stack;
  std::size_t attribute_depth = 0;
  bool body = false;          // a trace or an event was met
  bool trace_events = false;  // the trace at hand has had an event
  std::uint64_t pushed = 0;
  std::optional<Error> failure;
  FilePlace fault;
};

Result<void> XesReader::Parser::start(std::string_view name, const char** pairs) {
  if (stack.size() >= depth_max) return Error{Code::too_deep, "elements are nested more than 64 deep"};
  const auto element = element_of(name);
  const std::string shown(name.substr(0, 64));
  if (!element) return bad_xes("XES has no element <" + shown + ">");
  if (stack.empty()) {
    if (*element != Element::log) return bad_xes("the file is no XES log: it begins with <" + shown + ">");
    return open(Element::log, XesScope::log);
  }
  if (*element == Element::attribute) return start_attribute(name, pairs);
  if (within(Element::log) && *element != Element::log && *element != Element::values) {
    return start_in_log(*element, pairs);
  }
  if (within(Element::trace) && *element == Element::event) return start_event();
  if (within(Element::attribute) && *element == Element::values) return open(Element::values, top().scope);
  return bad_xes("<" + shown + "> may not stand in <" + std::string(name_of(top().element)) + ">");
}

Result<void> XesReader::Parser::start_in_log(Element element, const char** pairs) {
  if (element == Element::trace) return start_trace();
  if (element == Element::event) return start_event();
  if (body) return bad_xes("<" + std::string(name_of(element)) + "> stands behind a trace or an event");
  if (element == Element::extension) {
    if (find(pairs, "name") == nullptr && find(pairs, "prefix") == nullptr && find(pairs, "uri") == nullptr) {
      return bad_xes("an <extension> says nothing");
    }
    return open(element, XesScope::log);
  }
  const char* scope = find(pairs, "scope");
  const std::string_view place = scope == nullptr ? "event" : scope;
  if (place != "event" && place != "trace" && place != "log") return bad_xes("a scope is neither event nor trace");
  if (element == Element::global) {
    return open(element, place == "trace" ? XesScope::trace_global : XesScope::event_global);
  }
  const char* keys = find(pairs, "keys");
  const char* classifier = find(pairs, "name");
  if (keys == nullptr || classifier == nullptr) return bad_xes("a <classifier> has no name or no keys");
  if (place == "event") {
    if (auto told = handler.classifier(classifier, keys); !told) return told;
  }
  return open(element, XesScope::log);
}

Result<void> XesReader::Parser::start_trace() {
  body = true;
  trace_events = false;
  if (auto begun = handler.trace_begins(); !begun) return begun;
  return open(Element::trace, XesScope::trace);
}

Result<void> XesReader::Parser::start_event() {
  body = true;
  trace_events = true;
  if (auto begun = handler.event_begins(here()); !begun) return begun;
  return open(Element::event, XesScope::event);
}

Result<void> XesReader::Parser::start_attribute(std::string_view name, const char** pairs) {
  const auto parent = top().element;
  if (parent == Element::extension || parent == Element::classifier) {
    return bad_xes("an attribute may not stand in <" + std::string(name_of(parent)) + ">");
  }
  const bool late = (parent == Element::log && body) || (parent == Element::trace && trace_events);
  if (late) return bad_xes("an attribute stands behind the traces or events that it is about");
  const auto type = *xes_type_of(name);
  const char* key = find(pairs, "key");
  const char* value = find(pairs, "value");
  if (key == nullptr || (value == nullptr && type != XesType::list))
    return bad_xes("an attribute has no key or no value");
  const auto scope = top().scope;
  const std::string_view text = value == nullptr ? "" : value;
  const bool header = scope != XesScope::trace && scope != XesScope::event;
  if (header && !is_valid(type, text)) return bad_xes("a value of the header is no " + std::string(name));
  if (auto told = handler.attribute(scope, attribute_depth, type, key, text); !told) return told;
  ++attribute_depth;
  return open(Element::attribute, scope);
}

Result<void> XesReader::Parser::end() {
  const auto element = top().element;
  stack.pop_back();
  if (element == Element::attribute) --attribute_depth;
  if (element == Element::event) return handler.event_ends();
  if (element == Element::trace) return handler.trace_ends();
  return {};
}

Result<void> XesReader::Parser::parse(std::span<const char> bytes, bool last) {
  if (failure) return *failure;
  pushed += bytes.size();
  const auto status = XML_Parse(expat, bytes.data(), static_cast<int>(bytes.size()), last ? XML_TRUE : XML_FALSE);
  if (failure) return *failure;
  if (status != XML_STATUS_OK) {
    check(Error{Code::bad_xml, XML_ErrorString(XML_GetErrorCode(expat))});
    return *failure;
  }
  const auto done = static_cast<std::uint64_t>(std::max<XML_Index>(XML_GetCurrentByteIndex(expat), 0));
  if (!last && pushed > done + token_bytes_max) {
    check(Error{Code::line_too_long, "a tag, text or comment of the XML is longer than 1 MiB"});
    return *failure;
  }
  return {};
}

XesReader::XesReader(XesHandler& handler) : parser_(std::make_unique<Parser>(handler)) {}
XesReader::~XesReader() = default;

Result<void> XesReader::push(std::span<const char> bytes) { return parser_->parse(bytes, false); }
Result<void> XesReader::finish() { return parser_->parse({}, true); }
FilePlace XesReader::place() const { return parser_->fault; }

}  // namespace weir::ingest
