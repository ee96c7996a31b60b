#include "api/app/routes/document_call.hpp"

#include "api/app/answering.hpp"
#include "api/app/yaml_json.hpp"
#include "api/net/problem.hpp"
#include "schemas/codec/event_json.hpp"

namespace weir::app {

Result<void> check_no_query(const net::RequestHead& head) {
  if (!head.query.empty()) return Error{Code::bad_query, "a parameter is unknown here"};
  return {};
}

Result<void> check_document(const net::RequestHead& head) {
  if (const auto checked = check_no_query(head); !checked) return checked;
  if (body_format(head.header("content-type")) != BodyFormat::json) {
    return Error{Code::unsupported_media_type, "application/json"};
  }
  return {};
}

bool is_yaml(const net::RequestHead& head) {
  const std::string_view content_type = head.header("content-type");
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type == "application/yaml" || type == "application/x-yaml" || type == "text/yaml";
}

Result<void> check_control_document(const net::RequestHead& head) {
  return is_yaml(head) ? check_no_query(head) : check_document(head);
}

Result<std::string> json_of(const net::Request& request) {
  if (is_yaml(request.head)) return yaml_as_json(request.body);
  return std::string{request.body};
}

net::Response invalid_document(const std::vector<DocumentFault>& faults, std::string_view trace_id) {
  return with_members(net::problem({Code::invalid_document, ""}, trace_id), [&](JsonWriter& json) {
    json.key("faults").begin_array();
    for (const DocumentFault& fault : faults) {
      json.begin_object().member("pointer", fault.pointer).member("detail", fault.detail).end_object();
    }
    json.end_array();
  });
}

}  // namespace weir::app
