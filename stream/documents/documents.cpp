#include "stream/documents/documents.hpp"

#include <algorithm>
#include <tuple>

namespace weir::documents {
namespace {

auto place_of(const Version& version) { return std::tuple{version.effective_at, version.digest()}; }

}  // namespace

Result<Documents> Documents::read(const store::Reader& state, const format::Scope& scope) {
  Documents documents;
  Result<void> outcome;
  const std::string prefix = scope.documents();
  const auto scanned = state.scan(prefix, store::end_of_prefix(prefix), [&](std::string_view, std::string_view value) {
    const auto change = decode_change(value);
    if (!change) return outcome = change.error(), false;
    documents.insert(*change);
    return true;
  });
  if (!scanned) return scanned.error();
  if (!outcome) return outcome.error();
  return documents;
}

bool Documents::insert(const Change& change) {
  Versions& versions = versions_[{change.kind, change.name}];
  const auto at = std::lower_bound(versions.begin(), versions.end(), change.version,
                                   [](const Version& a, const Version& b) { return place_of(a) < place_of(b); });
  if (at != versions.end() && *at == change.version) return false;
  versions.insert(at, change.version);
  return true;
}

std::span<const Version> Documents::versions(Kind kind, const std::string& name) const {
  const auto known = versions_.find({kind, name});
  return known == versions_.end() ? std::span<const Version>{} : known->second;
}

const Version* Documents::current(Kind kind, const std::string& name) const {
  const auto known = versions(kind, name);
  return known.empty() || !known.back().body ? nullptr : &known.back();
}

std::vector<Change> Documents::after(Time time) const {
  std::vector<Change> found;
  for (const auto& [place, versions] : versions_) {
    for (const Version& version : versions) {
      if (version.effective_at > time) found.push_back({place.first, place.second, {version.effective_at, {}}});
    }
  }
  return found;
}

std::vector<std::pair<std::string_view, std::span<const Version>>> Documents::all(Kind kind) const {
  std::vector<std::pair<std::string_view, std::span<const Version>>> found;
  for (auto at = versions_.lower_bound({kind, {}}); at != versions_.end() && at->first.first == kind; ++at) {
    found.emplace_back(at->first.second, at->second);
  }
  return found;
}

std::string row_of(const format::Scope& scope, const Change& change) {
  return scope.document(static_cast<std::uint8_t>(change.kind), change.name, to_micros(change.version.effective_at),
                        change.version.digest());
}

}  // namespace weir::documents
