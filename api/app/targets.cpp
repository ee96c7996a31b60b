#include "api/app/targets.hpp"

#include "schemas/codec/json_writer.hpp"

namespace weir::app {
namespace {

documents::Place place_of(const std::string& workspace, const std::string& name) {
  return {workspace, documents::Kind::target, name};
}

/// The document with the member in front of all others.
Result<std::string> with_disabled(const std::string& body, const std::string& why) {
  JsonParser parser;
  const auto document = parser.parse(body);
  if (!document) return document.error();
  std::string out, scratch;
  JsonWriter json(out);
  json.begin_object().member("disabled", why);
  for (auto items = document->items(); !items.done();) {
    const std::string name{items.take().text(scratch)};
    const JsonValue value = items.take();
    if (name == "disabled") continue;
    json.key(name);
    if (value.is(JsonKind::string)) {
      json.value(value.text(scratch));
    } else {
      json.raw(value.raw());
    }
  }
  json.end_object();
  return out;
}

}  // namespace

Result<std::optional<OpenedTarget>> find_target(DocumentDesk& desk, const std::string& workspace,
                                                const std::string& name) {
  const auto opened = desk.open(place_of(workspace, name));
  if (!opened) return opened.error();
  if (!*opened) return std::optional<OpenedTarget>{};
  std::optional<effects::Target> target;
  const auto faults = read_document(
      (*opened)->body, [&](const DocumentNode& node) { target = effects::read_target(node, desk.kinds().reach()); });
  if (!faults) return faults.error();
  if (!target) {
    return Error{Code::invalid_document,
                 faults->empty() ? "" : faults->front().pointer + ": " + faults->front().detail};
  }
  return std::optional{OpenedTarget{*std::move(target), (*opened)->version.digest()}};
}

Result<void> disable_target(DocumentDesk& desk, const std::string& workspace, const std::string& name,
                            const Hash128& version, const std::string& why, DocumentDesk::Done done) {
  const documents::Place place = place_of(workspace, name);
  const auto opened = desk.open(place);
  if (!opened) return opened.error();
  if (!*opened || (*opened)->version.digest() != version) return Error{Code::precondition_failed, ""};
  const auto body = with_disabled((*opened)->body, why);
  if (!body) return body.error();
  auto draft = desk.draft(place, *body);
  if (!draft) return draft.error();
  auto& [document, checked] = *draft;
  if (!checked.faults.empty()) return Error{Code::invalid_document, checked.faults.front().detail};
  return desk.write({place, std::move(document), std::move(checked.secrets), etag_of((*opened)->version)},
                    std::move(done));
}

}  // namespace weir::app
