// What calls that bring a JSON document have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/net/http.hpp"
#include "api/query/process_document.hpp"
#include "schemas/base/result.hpp"

namespace weir::app {

/// Error: bad_query.
Result<void> check_no_query(const net::RequestHead& head);
/// The same, and the body is to be JSON. Errors: bad_query, unsupported_media_type.
Result<void> check_document(const net::RequestHead& head);

inline constexpr std::size_t control_document_bytes_max = std::size_t{256} << 10;
/// The body is to be JSON or YAML, in a query without parameters. Errors: bad_query, unsupported_media_type.
Result<void> check_control_document(const net::RequestHead& head);
/// The body as JSON. Errors: malformed_json and others of yaml_as_json().
Result<std::string> json_of(const net::Request& request);
/// Its media type is YAML.
bool is_yaml(const net::RequestHead& head);

/// The answer that names every fault.
net::Response invalid_document(const std::vector<DocumentFault>& faults, std::string_view trace_id);

}  // namespace weir::app
