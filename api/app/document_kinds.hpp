// What there is to know of each kind of control document: how it is read, what it names of others, what it keeps
// secret.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/codec/document.hpp"
#include "state/http/address.hpp"
#include "stream/documents/documents.hpp"

namespace weir::app {

struct CheckedDocument {
  DocumentFaults faults;
  std::vector<std::string> secrets;  // pointers to what is not to be shown again, if there are no faults
};

/// Immutable; any thread.
class DocumentKinds {
 public:
  /// `reach`: where targets may lie beside public addresses.
  explicit DocumentKinds(http::Reach reach) : reach_(std::move(reach)) {}

  const http::Reach& reach() const { return reach_; }

  /// All that is wrong with the document, which `known` have to bear too: what it names must be there. Errors: those of
  /// JsonParser::parse.
  Result<CheckedDocument> check(documents::Kind kind, const std::string& body, const documents::Documents& known) const;

 private:
  CheckedDocument read(documents::Kind kind, const DocumentNode& node, const documents::Documents& known) const;

  const http::Reach reach_;
};

/// Nothing, or document_in_use: another document that holds names this one.
Result<void> may_be_withdrawn(documents::Kind kind, const std::string& name, const documents::Documents& known);

}  // namespace weir::app
