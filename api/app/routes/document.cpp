#include "api/app/routes/document.hpp"

#include "api/app/routes/document_call.hpp"
#include "schemas/codec/json_reader.hpp"

namespace weir::app {

Result<Document> Document::parse(std::string_view body) {
  JsonParser parser;
  const auto value = parser.parse(body);
  if (!value) return value.error();
  Document document;
  if (!value->is(JsonKind::object)) {
    document.is_object_ = false;
    document.faults_.push_back({"", "must be an object"});
    return document;
  }
  if (value->duplicate_key()) document.faults_.push_back({"", "names a member twice"});
  std::string scratch;
  for (auto items = value->items(); !items.done();) {
    std::string name{items.take().text(scratch)};
    const JsonValue content = items.take();
    Member member;
    member.is_null = content.is(JsonKind::null);
    if (content.is(JsonKind::string)) member.text = content.text(scratch);
    document.members_.insert_or_assign(std::move(name), std::move(member));
  }
  return document;
}

std::optional<std::string> Document::optional_text(std::string_view name) {
  const auto found = members_.find(name);
  if (found == members_.end()) return std::nullopt;
  found->second.taken = true;
  if (!found->second.text && !found->second.is_null) refuse(name, "must be a string");
  return found->second.text;
}

std::string Document::text(std::string_view name) {
  auto found = optional_text(name);
  if (!found && !has(name)) refuse(name, "is required");
  if (!found && has(name) && members_.find(name)->second.is_null) refuse(name, "must be a string");
  return found.value_or("");
}

auth::Role Document::role(std::string_view name) {
  const auto role = auth::role_of(text(name));
  if (!role) refuse(name, "must be admin, analyst, viewer or producer");
  return role.value_or(auth::Role::viewer);
}

void Document::refuse(std::string_view name, std::string_view detail) {
  if (is_object_) faults_.push_back({'/' + std::string(name), std::string(detail)});
}

std::optional<net::Response> Document::refusal(std::string_view trace_id) {
  for (const auto& [name, member] : members_) {
    if (!member.taken) faults_.push_back({"", "a member is unknown"});
  }
  if (faults_.empty()) return std::nullopt;
  return invalid_document(faults_, trace_id);
}

}  // namespace weir::app
