// Cursors of lists: where the next page begins, sealed together with the question, so that neither an edited cursor nor
// that of another question or workspace is taken.
#pragma once

#include <string>
#include <string_view>

#include "api/net/http.hpp"
#include "schemas/base/result.hpp"
#include "schemas/crypto/digest.hpp"

namespace weir::query {

/// What a page belongs to: the workspace, the path and all parameters but cursor, limit and after.
std::string question_of(std::string_view workspace, const net::RequestHead& head);

std::string seal_cursor(const crypto::Key& key, std::string_view question, std::string_view place);
/// The place, or bad_cursor.
Result<std::string> open_cursor(const crypto::Key& key, std::string_view question, std::string_view cursor);

}  // namespace weir::query
