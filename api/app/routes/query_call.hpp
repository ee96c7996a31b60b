// What all queries have in common: names and parameters are checked at once, `after` is waited for, and a reader
// answers from a snapshot.
#pragma once

#include <functional>
#include <string>

#include "api/app/answering.hpp"
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

/// One page of a list: `list` gives up to so many rows behind a place, `write` writes them.
template <class List, class Write>
Answer page_of(Node& node, Page page, List list, Write write) {
  return [&node, page = std::move(page), list = std::move(list), write]() -> Result<net::Response> {
    const std::string as_of = as_of_now(node);
    const auto snapshots = node.snapshots();
    if (!snapshots) return snapshots.error();
    auto rows = list(*snapshots, page.place, page.limit + 1);
    if (!rows) return rows.error();
    std::string next;
    if (rows->size() > page.limit) {
      rows->resize(page.limit);
      next = next_cursor(node, page, rows->back().place);
    }
    std::string body;
    JsonWriter json(body);
    write(json, *rows, as_of, next);
    net::Response response = json_answer(std::move(body));
    tell_currency(response, node.currency(*snapshots));
    return response;
  };
}

}  // namespace weir::app
