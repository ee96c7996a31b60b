// What all queries have in common: names and parameters are checked at once, `after` is waited for, and a reader
// answers from a snapshot.
#pragma once

#include <functional>
#include <string>

#include "api/app/node.hpp"
#include "api/app/route.hpp"
#include "api/query/parameters.hpp"

namespace weir::app {

/// Runs on a reader.
using Answer = std::function<Result<net::Response>()>;
/// Takes what the query knows of the parameters and gives the work to be done. Runs on an I/O thread.
using Prepare = std::function<Result<Answer>(const Call& call, query::Parameters& parameters)>;

/// A GET. The name in the pattern's first place is a process, unless `first_is_process` says otherwise.
Route query_route(Node& node, std::string_view pattern, auth::Permission permission, Prepare prepare,
                  bool first_is_process = true);

/// A list's `limit` and `cursor`.
struct Page {
  std::size_t limit = 100;
  std::string place;  // where the page begins; empty: at the beginning
  std::string question;
};
Result<Page> take_page(const Node& node, const Call& call, query::Parameters& parameters);
std::string next_cursor(const Node& node, const Page& page, std::string_view place);

/// Says in the answer how current what it was made from is. Where a query does not, all that is shown is meant.
void tell_currency(net::Response& response, const Currency& currency);

/// The time of the snapshot that is taken now, for `as_of`.
std::string as_of_now(const Node& node);
/// The time that all views which this node shows include: now, but for those of other nodes' shards.
std::string as_of_views(const Node& node);

}  // namespace weir::app
