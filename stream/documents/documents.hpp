// The control documents of a workspace as one partition knows them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "state/format/keys.hpp"
#include "state/store/store.hpp"
#include "stream/documents/document.hpp"

namespace weir::documents {

/// Not thread-safe.
class Documents {
 public:
  using Versions = std::vector<Version>;  // ascending by (effective_at, digest)

  /// Those that the store holds. Errors: state_format, and those of the store.
  static Result<Documents> read(const store::Reader& state, const format::Scope& scope);

  /// Those of one kind alone. The same errors.
  static Result<Documents> read(const store::Reader& state, const format::Scope& scope, Kind kind);

  /// Those of one document alone. The same errors.
  static Result<Documents> read(const store::Reader& state, const format::Scope& scope, Kind kind,
                                const std::string& name);

  /// True: the version is new. O(log documents + versions).
  bool insert(const Change& change);

  /// None: never heard of.
  std::span<const Version> versions(Kind kind, const std::string& name) const;
  /// The version that was declared last, with a body; null: there is none (any more).
  const Version* current(Kind kind, const std::string& name) const;
  /// Versions, without their bodies, that hold from later on than `time`. O(versions).
  std::vector<Change> after(Time time) const;
  /// Names of the kind that were ever declared, with their versions.
  std::vector<std::pair<std::string_view, std::span<const Version>>> all(Kind kind) const;

 private:
  static Result<Documents> read_rows(const store::Reader& state, const std::string& from, const std::string& to);

  std::map<std::pair<Kind, std::string>, Versions> versions_;
};

/// The row of a version. Its value is encode(change).
std::string row_of(const format::Scope& scope, const Change& change);

}  // namespace weir::documents
