// The body of a small call: one flat JSON object. Each route takes the members it knows; what is left over, missing or
// wrong is told all at once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/auth/roles.hpp"
#include "api/net/http.hpp"
#include "api/query/process_document.hpp"
#include "schemas/base/result.hpp"

namespace weir::app {

class Document {
 public:
  /// Errors: those of the body (malformed_json, …), when there is no document to find faults in.
  static Result<Document> parse(std::string_view body);

  bool has(std::string_view name) const { return members_.contains(name); }
  /// A string, or empty and a fault.
  std::string text(std::string_view name);
  /// Nothing where the member is absent or null.
  std::optional<std::string> optional_text(std::string_view name);
  /// The name of a role, or viewer and a fault.
  auth::Role role(std::string_view name);

  /// The member (of the source, not of input) has a wrong value.
  void refuse(std::string_view name, std::string_view detail);
  /// Nothing, or 422 `invalid_document` with all faults. To be asked when everything known was taken.
  std::optional<net::Response> refusal(std::string_view trace_id);

 private:
  struct Member {
    std::optional<std::string> text;
    bool is_null = false;
    bool taken = false;
  };
  bool is_object_ = true;
  std::map<std::string, Member, std::less<>> members_;
  std::vector<DocumentFault> faults_;
};

}  // namespace weir::app
