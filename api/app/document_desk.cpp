#include "api/app/document_desk.hpp"

#include <algorithm>

namespace weir::app {

using documents::Documents;
using documents::Kind;
using documents::Version;

namespace {

constexpr std::size_t versions_max = 1'000;  // of a document
constexpr std::size_t names_max = 10'000;    // of a kind, in a workspace

Result<void> may_be_written(const DocumentDesk::Writing& writing, const Documents& known) {
  const auto& [workspace, kind, name] = writing.place;
  const Version* const current = known.current(kind, name);
  const bool fits = writing.only_if.empty() ||
                    (current != nullptr && (writing.only_if == "*" || writing.only_if == etag_of(*current)));
  if (!fits) return Error{Code::precondition_failed, ""};
  if (!writing.body) {
    if (current == nullptr) return Error{Code::not_found, ""};
    return may_be_withdrawn(kind, name, known);
  }
  if (known.versions(kind, name).size() >= versions_max) {
    return Error{Code::document_limit, "it has " + std::to_string(versions_max) + " versions"};
  }
  const bool is_new = known.versions(kind, name).empty();
  if (is_new && known.all(kind).size() >= names_max) {
    return Error{Code::document_limit, "there are " + std::to_string(names_max) + " of its kind"};
  }
  return {};
}

}  // namespace

std::string etag_of(const Version& version) { return '"' + to_hex(version.digest()) + '"'; }

DocumentDesk::DocumentDesk(Node& node)
    : node_(node), kinds_(http::Reach{node.settings().private_networks}), vault_(node.secrets().documents) {}

Result<Documents> DocumentDesk::read(const std::string& workspace) {
  const std::lock_guard lock(mutex_);
  return read_locked(workspace);
}

Result<DocumentDesk::Draft> DocumentDesk::draft(const Place& place, const std::string& body) {
  const auto known = read(place.workspace);
  if (!known) return known.error();
  const Version* const current = known->current(place.kind, place.name);
  auto restored = current == nullptr ? Result<std::string>{body} : vault_.restore(place, body, *current);
  if (!restored) return restored.error();
  auto checked = kinds_.check(place.kind, *restored, *known);
  if (!checked) return checked.error();
  return Draft{*std::move(restored), *std::move(checked)};
}

Result<std::optional<DocumentDesk::Opened>> DocumentDesk::open(const Place& place) {
  const auto known = [&] {
    const std::lock_guard lock(mutex_);
    return read_locked(place);
  }();
  if (!known) return known.error();
  const Version* const current = known->current(place.kind, place.name);
  if (current == nullptr) return std::optional<Opened>{};
  auto body = vault_.open(place, *current);
  if (!body) return body.error();
  return std::optional{Opened{*current, *std::move(body)}};
}

Result<Documents> DocumentDesk::read_locked(const std::string& workspace) {
  const auto snapshot = node_.snapshot(0);
  if (!snapshot) return snapshot.error();
  auto known = Documents::read(**snapshot, format::Scope{workspace});
  if (known) add_written(workspace, *known);
  return known;
}

/// Of the one document alone.
Result<Documents> DocumentDesk::read_locked(const Place& place) {
  const auto snapshot = node_.snapshot(0);
  if (!snapshot) return snapshot.error();
  auto known = Documents::read(**snapshot, format::Scope{place.workspace}, place.kind, place.name);
  const auto written = written_.find(place);
  if (known && written != written_.end()) known->insert({place.kind, place.name, written->second});
  return known;
}

void DocumentDesk::add_written(const std::string& workspace, Documents& known) {
  for (auto at = written_.begin(); at != written_.end();) {
    const auto& [of, kind, name] = at->first;
    const bool is_news = of != workspace || known.insert({kind, name, at->second});
    at = is_news ? std::next(at) : written_.erase(at);
  }
}

/// What is written is what was declared last: the same document, or again none. A version whose secrets cannot be read
/// any more is another one.
bool DocumentDesk::holds(const Version* last, const Writing& writing) const {
  if (last == nullptr || last->body.has_value() != writing.body.has_value()) return false;
  if (!last->body) return true;
  const auto body = vault_.open(writing.place, *last);
  return body && *body == *writing.body;
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
  const Place& place = writing.place;
  const auto known = read_locked(place.workspace);
  if (!known) return known.error();
  const auto versions = known->versions(place.kind, place.name);
  const Version* const last = versions.empty() ? nullptr : &versions.back();
  const bool is_same = holds(last, writing);
  if (is_same) {
    const auto everywhere = is_everywhere(place.workspace, {place.kind, place.name, *last});
    if (!everywhere) return everywhere.error();
    if (!*everywhere) return append(place, *last, std::move(done));
  }
  if (const auto may = may_be_written(writing, *known); !may) return may;
  if (is_same) {
    done(Written{*last, std::nullopt});
    return {};
  }
  Time from = node_.clock().now();
  if (last != nullptr) from = std::max(from, last->effective_at + Duration{1});
  return append(place, writing.body ? vault_.lock(place, from, *writing.body, writing.secrets) : Version{from, {}},
                std::move(done));
}

Result<void> DocumentDesk::append(const Place& place, const Version& version, Done done) {
  const std::string record = documents::encode({place.kind, place.name, version});
  std::vector<log::Addressed> records;
  for (std::uint32_t i = 0; i < node_.log().partitions(); ++i) {
    records.push_back({i, {log::Kind::document, record}});
  }
  written_.insert_or_assign(place, version);
  ++changes_;
  const auto queued = node_.append(place.workspace, std::move(records),
                                   [this, place, version, done = std::move(done)](Result<log::Position> position) {
                                     if (position) return done(Written{version, *std::move(position)});
                                     forget(place, version);
                                     done(position.error());
                                   });
  if (!queued) {
    written_.erase(place);
    ++changes_;
  }
  return queued;
}

/// It was not written, as far as is known.
void DocumentDesk::forget(const Place& place, const Version& version) {
  const std::lock_guard lock(mutex_);
  const auto known = written_.find(place);
  if (known != written_.end() && known->second == version) written_.erase(known);
  ++changes_;
}

}  // namespace weir::app
