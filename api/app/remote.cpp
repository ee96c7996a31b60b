#include "api/app/remote.hpp"

#include "schemas/codec/json_reader.hpp"

namespace weir::app {

Result<net::Client> connect(const Settings& settings) {
  return net::Client::connect(settings.server.empty() ? "http://127.0.0.1:8080" : settings.server, settings.token);
}

Error error_of(const net::ClientAnswer& answer) {
  Error error{Code::internal, "the server answered with status " + std::to_string(answer.status)};
  JsonParser parser;
  const auto problem = parser.parse(answer.body);
  if (!problem || !problem->is(JsonKind::object)) return error;
  std::string scratch;
  if (const auto code = problem->find("code"); code && code->is(JsonKind::string)) {
    error.code = code_named(code->text(scratch)).value_or(Code::internal);
    error.detail.clear();
  }
  if (const auto detail = problem->find("detail"); detail && detail->is(JsonKind::string)) {
    error.detail = detail->text(scratch);
  }
  return error;
}

}  // namespace weir::app
