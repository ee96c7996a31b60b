#include "stream/ingest/xml_reader.hpp"

#include <algorithm>

#include <expat.h>

namespace weir::ingest {
namespace {

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

const char* XmlAttributes::find(std::string_view name) const {
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    if (name == pair[0]) return pair[1];
  }
  return nullptr;
}

const char* XmlAttributes::find_prefixed(std::string_view name) const {
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    const std::string_view written = pair[0];
    if (written.size() > name.size() && without_prefix(written) == name) return pair[1];
  }
  return nullptr;
}

struct XmlReader::Parser {
  explicit Parser(XmlHandler& parts) : handler(parts), expat(XML_ParserCreate(nullptr)) {
    WEIR_CHECK(expat != nullptr, "expat cannot start");
    XML_SetUserData(expat, this);
    XML_SetElementHandler(expat, on_start, on_end);
    XML_SetCharacterDataHandler(expat, on_text);
    XML_SetStartDoctypeDeclHandler(expat, on_doctype);
  }
  ~Parser() { XML_ParserFree(expat); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  // A stopped parser may still deliver what belongs to the same tag.
  static void on_start(void* self, const char* name, const char** pairs) {
    auto& parser = *static_cast<Parser*>(self);
    if (parser.failure) return;
    if (parser.depth++ >= depth_max) {
      return parser.check(Error{Code::too_deep, "elements are nested more than 64 deep"});
    }
    parser.check(parser.handler.start(without_prefix(name), XmlAttributes(pairs)));
  }
  static void on_end(void* self, const char* name) {
    auto& parser = *static_cast<Parser*>(self);
    if (parser.failure) return;
    --parser.depth;
    parser.check(parser.handler.end(without_prefix(name)));
  }
  static void on_text(void* self, const char* text, int size) {
    auto& parser = *static_cast<Parser*>(self);
    if (!parser.failure) parser.check(parser.handler.text({text, static_cast<std::size_t>(size)}));
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

  Result<void> parse(std::span<const char> bytes, bool last) {
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

  XmlHandler& handler;
  XML_Parser expat;
  std::size_t depth = 0;
  std::uint64_t pushed = 0;
  std::optional<Error> failure;
  FilePlace fault;
};

XmlReader::XmlReader(XmlHandler& handler) : parser_(std::make_unique<Parser>(handler)) {}
XmlReader::~XmlReader() = default;

Result<void> XmlReader::push(std::span<const char> bytes) { return parser_->parse(bytes, false); }
Result<void> XmlReader::finish() { return parser_->parse({}, true); }
FilePlace XmlReader::place() const { return parser_->failure ? parser_->fault : parser_->here(); }

}  // namespace weir::ingest
