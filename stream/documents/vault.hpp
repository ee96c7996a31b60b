// What documents keep secret: passwords, signing keys, addresses that are a credential. Once given they are not shown
// again; a mark stands in their place. Whoever sends a mark back means the secret that it stands for, so that a
// document can be read, edited and written again by somebody who knows none of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/codec/document.hpp"
#include "schemas/crypto/digest.hpp"
#include "stream/documents/document.hpp"

namespace weir::documents {

/// Which document: what was locked up for one opens for no other.
struct Place {
  std::string workspace;
  Kind kind = Kind::sla_policy;
  std::string name;

  friend auto operator<=>(const Place&, const Place&) = default;
};

/// Immutable; any thread. Bodies are JSON that was read without faults.
class Vault {
 public:
  /// `key`: the same wherever the documents are to be opened.
  explicit Vault(const crypto::Key& key) : key_(key) {}

  /// The version as it is stored and may be shown. `secrets`: JSON pointers to strings of the body, also those that it
  /// does not have; marks are random and another one in each version, so that they tell nothing. O(body).
  Version lock(const Place& place, Time effective_at, const std::string& body,
               std::span<const std::string> secrets) const;
  /// The body with its secrets; of a version without a body nothing may be asked. Error: bad_key_file.
  Result<std::string> open(const Place& place, const Version& version) const;
  /// `body` with those secrets of `version` whose marks it has, each under the name of the member that it was under (of
  /// a list: anywhere in it). Errors: bad_key_file, and those of JsonParser::parse.
  Result<std::string> restore(const Place& place, const std::string& body, const Version& version) const;

 private:
  crypto::Key key_of(const Place& place) const;

  const crypto::Key key_;
};

/// Marks in the place of secrets, as faults: nothing is known that they stand for.
DocumentFaults lone_marks(const std::string& body, std::span<const std::string> secrets);

}  // namespace weir::documents
