// XML of an XES file to its parts. Knows where an element may stand; what events mean is its handler's business.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "stream/ingest/xes_event.hpp"
#include "stream/ingest/xml_reader.hpp"

namespace weir::ingest {

enum class XesScope : std::uint8_t { log, trace_global, event_global, trace, event };

/// Called in the order of the file. An error ends it.
class XesHandler {
 public:
  virtual ~XesHandler() = default;
  virtual Result<void> classifier(std::string_view name, std::string_view keys) = 0;
  virtual Result<void> trace_begins() = 0;
  virtual Result<void> event_begins(FilePlace place) = 0;
  /// `depth` 0: of the trace, event or global itself; else nested in the last attribute of depth - 1.
  virtual Result<void> attribute(XesScope scope, std::size_t depth, XesType type, std::string_view key,
                                 std::string_view value) = 0;
  virtual Result<void> event_ends() = 0;
  virtual Result<void> trace_ends() = 0;
};

/// Strict about the structure of the standard (IEEE 1849) and, in the header, about values; lenient about the values of
/// traces and events, which only concern those.
class XesReader : private XmlHandler {
 public:
  /// The handler must outlive this.
  explicit XesReader(XesHandler& handler) : handler_(handler), xml_(*this) {}

  /// As XmlReader. Errors: its, bad_xes, and the handler's.
  Result<void> push(std::span<const char> bytes) { return xml_.push(bytes); }
  Result<void> finish() { return xml_.finish(); }
  FilePlace place() const { return xml_.place(); }

 private:
  enum class Element : std::uint8_t { log, extension, classifier, global, trace, event, attribute, values };
  struct Open {
    Element element;
    XesScope scope;  // to which its attributes belong
  };

  static std::string_view name_of(Element element);
  static std::optional<Element> element_of(std::string_view name);

  Result<void> start(std::string_view name, const XmlAttributes& given) override;
  Result<void> end(std::string_view name) override;
  Result<void> start_in_log(Element element, const XmlAttributes& given);
  Result<void> start_trace();
  Result<void> start_event();
  Result<void> start_attribute(std::string_view name, const XmlAttributes& given);

  Open& top() { return stack_.back(); }
  bool within(Element element) const { return !stack_.empty() && stack_.back().element == element; }
  Result<void> open(Element element, XesScope scope) {
    stack_.push_back({element, scope});
    return {};
  }

  XesHandler& handler_;
  XmlReader xml_;
  std::vector<Open> stack_;
  std::size_t attribute_depth_ = 0;
  bool body_ = false;          // a trace or an event was met
  bool trace_events_ = false;  // the trace at hand has had an event
};

}  // namespace weir::ingest
