// XML in pieces to elements and text: the one door to expat. No document types, hence no entities; bounded depth and
// tokens.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "schemas/base/result.hpp"
#include "stream/ingest/file_stage.hpp"

namespace weir::ingest {

/// Of one element; valid during the call.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
  /// nullptr: it is not there. `name` as it is written, prefix and all.
  const char* find(std::string_view name) const;
  /// The one that has a prefix, whichever, before this name.
  const char* find_prefixed(std::string_view name) const;

 private:
  const char** pairs_;
};

/// Called in the order of the file; names without their prefix. An error ends it.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual Result<void> start(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual Result<void> end(std::string_view name) = 0;
  /// Comes in pieces of any size.
  virtual Result<void> text(std::string_view) { return {}; }
};

class XmlReader {
 public:
  static constexpr std::size_t depth_max = 64;
  static constexpr std::size_t token_bytes_max = 1 << 20;

  /// The handler must outlive this.
  explicit XmlReader(XmlHandler& handler);
  ~XmlReader();
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;

  /// Pieces of at most 256 KiB. Errors: bad_xml, doctype_refused, too_deep, line_too_long (a token of more than 1 MiB),
  /// and the handler's; each is for good.
  Result<void> push(std::span<const char> bytes);
  Result<void> finish();
  /// Of the fault; within a call of the handler, of what it is called for.
  FilePlace place() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace weir::ingest
