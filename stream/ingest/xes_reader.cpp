#include "stream/ingest/xes_reader.hpp"

namespace weir::ingest {
namespace {

Error bad_xes(std::string detail) { return {Code::bad_xes, std::move(detail)}; }

}  // namespace

std::string_view XesReader::name_of(Element element) {
  constexpr std::string_view names[] = {"log",   "extension", "classifier", "global",
                                        "trace", "event",     "attribute",  "values"};
  return names[static_cast<std::size_t>(element)];
}

std::optional<XesReader::Element> XesReader::element_of(std::string_view name) {
  for (const auto element : {Element::log, Element::extension, Element::classifier, Element::global, Element::trace,
                             Element::event, Element::values}) {
    if (name == name_of(element)) return element;
  }
  return xes_type_of(name) ? std::optional(Element::attribute) : std::nullopt;
}

Result<void> XesReader::start(std::string_view name, const XmlAttributes& given) {
  const auto element = element_of(name);
  const std::string shown(name.substr(0, 64));
  if (!element) return bad_xes("XES has no element <" + shown + ">");
  if (stack_.empty()) {
    if (*element != Element::log) return bad_xes("the file is no XES log: it begins with <" + shown + ">");
    return open(Element::log, XesScope::log);
  }
  if (*element == Element::attribute) return start_attribute(name, given);
  if (within(Element::log) && *element != Element::log && *element != Element::values) {
    return start_in_log(*element, given);
  }
  if (within(Element::trace) && *element == Element::event) return start_event();
  if (within(Element::attribute) && *element == Element::values) return open(Element::values, top().scope);
  return bad_xes("<" + shown + "> may not stand in <" + std::string(name_of(top().element)) + ">");
}

Result<void> XesReader::start_in_log(Element element, const XmlAttributes& given) {
  if (element == Element::trace) return start_trace();
  if (element == Element::event) return start_event();
  if (body_) return bad_xes("<" + std::string(name_of(element)) + "> stands behind a trace or an event");
  if (element == Element::extension) {
    if (given.find("name") == nullptr && given.find("prefix") == nullptr && given.find("uri") == nullptr) {
      return bad_xes("an <extension> says nothing");
    }
    return open(element, XesScope::log);
  }
  const char* scope = given.find("scope");
  const std::string_view place = scope == nullptr ? "event" : scope;
  if (place != "event" && place != "trace" && place != "log") return bad_xes("a scope is neither event nor trace");
  if (element == Element::global) {
    return open(element, place == "trace" ? XesScope::trace_global : XesScope::event_global);
  }
  const char* keys = given.find("keys");
  const char* classifier = given.find("name");
  if (keys == nullptr || classifier == nullptr) return bad_xes("a <classifier> has no name or no keys");
  if (place == "event") {
    if (auto told = handler_.classifier(classifier, keys); !told) return told;
  }
  return open(element, XesScope::log);
}

Result<void> XesReader::start_trace() {
  body_ = true;
  trace_events_ = false;
  if (auto begun = handler_.trace_begins(); !begun) return begun;
  return open(Element::trace, XesScope::trace);
}

Result<void> XesReader::start_event() {
  body_ = true;
  trace_events_ = true;
  if (auto begun = handler_.event_begins(xml_.place()); !begun) return begun;
  return open(Element::event, XesScope::event);
}

Result<void> XesReader::start_attribute(std::string_view name, const XmlAttributes& given) {
  const auto parent = top().element;
  if (parent == Element::extension || parent == Element::classifier) {
    return bad_xes("an attribute may not stand in <" + std::string(name_of(parent)) + ">");
  }
  const bool late = (parent == Element::log && body_) || (parent == Element::trace && trace_events_);
  if (late) return bad_xes("an attribute stands behind the traces or events that it is about");
  const auto type = *xes_type_of(name);
  const char* key = given.find("key");
  const char* value = given.find("value");
  if (key == nullptr || (value == nullptr && type != XesType::list))
    return bad_xes("an attribute has no key or no value");
  const auto scope = top().scope;
  const std::string_view text = value == nullptr ? "" : value;
  const bool header = scope != XesScope::trace && scope != XesScope::event;
  if (header && !is_valid(type, text)) return bad_xes("a value of the header is no " + std::string(name));
  if (auto told = handler_.attribute(scope, attribute_depth_, type, key, text); !told) return told;
  ++attribute_depth_;
  return open(Element::attribute, scope);
}

Result<void> XesReader::end(std::string_view) {
  const auto element = top().element;
  stack_.pop_back();
  if (element == Element::attribute) --attribute_depth_;
  if (element == Element::event) return handler_.event_ends();
  if (element == Element::trace) return handler_.trace_ends();
  return {};
}

}  // namespace weir::ingest
