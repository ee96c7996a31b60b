#include "api/app/document_desk.hpp"

#include <algorithm>

#include "schemas/calendar/calendar_document.hpp"
#include "stream/sla/policies.hpp"

namespace weir::app {

using documents::Documents;
using documents::Kind;
using documents::Version;

namespace {

constexpr std::size_t versions_max = 1'000;  // of a document
constexpr std::size_t names_max = 10'000;    // of a kind, in a workspace

DocumentFaults check_policy(const DocumentNode& node, const Documents& known) {
  const auto policy = sla::read_policy(node);
  if (!policy) return {};
  return sla::unknown_calendars(
      *policy, [&](const std::string& name) { return known.current(Kind::calendar, name) != nullptr; });
}

/// Policies that name the calendar.
std::vector<std::string> users_of(const std::string& calendar, const Documents& known) {
  std::vector<std::string> users;
  for (const auto& [name, versions] : known.all(Kind::sla_policy)) {
    if (versions.empty() || !versions.back().body) continue;
    const auto policy = sla::policy_of(*versions.back().body);
    const auto names_it = [&](const std::string& other) { return other != calendar; };
    if (policy && !sla::unknown_calendars(*policy, names_it).empty()) users.emplace_back(name);
  }
  return users;
}

Result<void> may_be_written(const DocumentDesk::Writing& writing, const Documents& known) {
  const Version* const current = known.current(writing.kind, writing.name);
  const bool fits = writing.only_if.empty() ||
                    (current != nullptr && (writing.only_if == "*" || writing.only_if == etag_of(*current)));
  if (!fits) return Error{Code::precondition_failed, ""};
  if (!writing.body) {
    if (current == nullptr) return Error{Code::not_found, ""};
    const auto users = writing.kind == Kind::calendar ? users_of(writing.name, known) : std::vector<std::string>{};
    if (!users.empty()) return Error{Code::document_in_use, "the SLA policy " + users.front() + " names it"};
    return {};
  }
  if (known.versions(writing.kind, writing.name).size() >= versions_max) {
    return Error{Code::document_limit, "it has " + std::to_string(versions_max) + " versions"};
  }
  const bool is_new = known.versions(writing.kind, writing.name).empty();
  if (is_new && known.all(writing.kind).size() >= names_max) {
    return Error{Code::document_limit, "there are " + std::to_string(names_max) + " of its kind"};
  }
  return {};
}

}  // namespace

Result<DocumentFaults> check_document(Kind kind, std::string_view body, const Documents& documents) {
  DocumentFaults unknown;
  auto faults = read_document(body, [&](const DocumentNode& node) {
    if (kind == Kind::sla_policy) unknown = check_policy(node, documents);
    if (kind == Kind::calendar) static_cast<void>(read_calendar(node));
  });
  if (faults) faults->insert(faults->end(), unknown.begin(), unknown.end());
  return faults;
}

std::string etag_of(const Version& version) { return '"' + to_hex(version.digest()) + '"'; }

Result<Documents> DocumentDesk::read(const std::string& workspace) {
  const std::lock_guard lock(mutex_);
  return read_locked(workspace);
}

Result<Documents> DocumentDesk::read_locked(const std::string& workspace) {
  const auto snapshot = node_.snapshot(0);
  if (!snapshot) return snapshot.error();
  auto known = Documents::read(**snapshot, format::Scope{workspace});
  if (!known) return known;
  for (auto at = written_.begin(); at != written_.end();) {
    const auto& [of, kind, name] = at->first;
    const bool is_news = of != workspace || known->insert({kind, name, at->second});
    at = is_news ? std::next(at) : written_.erase(at);
  }
  return known;
}

/// An append over several partitions may reach some of them and fail (on Kafka).
Result<bool> DocumentDesk::is_everywhere(const std::string& workspace, const documents::Change& change) const {
  const std::string row = documents::row_of(format::Scope{workspace}, change);
  for (std::uint32_t i = 0; i < node_.log().partitions(); ++i) {
    const auto snapshot = node_.snapshot(i);
    if (!snapshot) return snapshot.error();
    const auto stored = (*snapshot)->get(row);
    if (!stored) return stored.error();
    if (!*stored) return false;
  }
  return true;
}

Result<void> DocumentDesk::write(Writing writing, Done done) {
  const std::lock_guard lock(mutex_);
  const auto known = read_locked(writing.workspace);
  if (!known) return known.error();
  const auto versions = known->versions(writing.kind, writing.name);
  if (!versions.empty() && versions.back().body == writing.body) {
    const documents::Change same{writing.kind, writing.name, versions.back()};
    const auto everywhere = is_everywhere(writing.workspace, same);
    if (!everywhere) return everywhere.error();
    if (!*everywhere) return append(writing.workspace, same, std::move(done));
  }
  if (const auto may = may_be_written(writing, *known); !may) return may;
  if (!versions.empty() && versions.back().body == writing.body) {
    done(Written{versions.back(), std::nullopt});
    return {};
  }
  Version version{node_.clock().now(), std::move(writing.body)};
  if (!versions.empty()) {
    version.effective_at = std::max(version.effective_at, versions.back().effective_at + Duration{1});
  }
  return append(writing.workspace, {writing.kind, writing.name, std::move(version)}, std::move(done));
}

Result<void> DocumentDesk::append(const std::string& workspace, const documents::Change& change, Done done) {
  std::vector<log::Addressed> records;
  for (std::uint32_t i = 0; i < node_.log().partitions(); ++i) {
    records.push_back({i, {log::Kind::document, documents::encode(change)}});
  }
  const Place place{workspace, change.kind, change.name};
  const Version& version = change.version;
  written_.insert_or_assign(place, version);
  const auto queued = node_.append(workspace, std::move(records),
                                   [this, place, version, done = std::move(done)](Result<log::Position> position) {
                                     if (position) return done(Written{version, *std::move(position)});
                                     forget(place, version);
                                     done(position.error());
                                   });
  if (!queued) written_.erase(place);
  return queued;
}

/// It was not written, as far as is known.
void DocumentDesk::forget(const Place& place, const Version& version) {
  const std::lock_guard lock(mutex_);
  const auto known = written_.find(place);
  if (known != written_.end() && known->second == version) written_.erase(known);
}

}  // namespace weir::app
