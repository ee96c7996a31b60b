// Control documents, read again as they were accepted.
#pragma once

#include <string>

#include "schemas/codec/document.hpp"

namespace weir::documents {

/// What `read` makes of the document, an optional; nothing where it has faults, as for one that another version
/// accepted.
template <class Read>
auto read_accepted(const std::string& body, Read read) {
  decltype(read(std::declval<const DocumentNode&>())) found;
  const auto faults = read_document(body, [&](const DocumentNode& node) { found = read(node); });
  if (!faults || !faults->empty()) found.reset();
  return found;
}

}  // namespace weir::documents
