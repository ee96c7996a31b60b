#include "stream/documents/documents.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace weir::documents {
namespace {

auto place_of(const Version& version) { return std::tuple{version.effective_at, version.digest()}; }

}  // namespace

Result<Documents> Documents::read(const store::Reader& state, const format::Scope& scope) {
  const std::string prefix = scope.documents();
  return read_rows(state, prefix, store::end_of_prefix(prefix));
}

Result<Documents> Documents::read(const store::Reader& state, const format::Scope& scope, Kind kind) {
  const std::string prefix = scope.documents(static_cast<std::uint8_t>(kind));
  return read_rows(state, prefix, store::end_of_prefix(prefix));
}

Result<Documents> Documents::read(const store::Reader& state, const format::Scope& scope, Kind kind,
                                  const std::string& name) {
  constexpr std::int64_t first = std::numeric_limits<std::int64_t>::min(),
                         last = std::numeric_limits<std::int64_t>::max();
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const auto number = static_cast<std::uint8_t>(kind);
  return read_rows(state, scope.document(number, name, first, {}),
                   scope.document(number, name, last, {most, most}) + '\0');
}

Result<Documents> Documents::read_rows(const store::Reader& state, const std::string& from, const std::string& to) {
  Documents documents;
  Result<void> outcome;
  const auto scanned = state.scan(from, to, [&](std::string_view, std::string_view value) {
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
