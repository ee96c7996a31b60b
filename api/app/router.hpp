// From a request's head to the route that handles it: finds it in the table, knows the caller, asks the table of roles,
// and sends the call to the threads where it may run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/app/node.hpp"
#include "api/app/route.hpp"
#include "api/net/handler.hpp"

namespace weir::app {

class Router final : public net::Handler {
 public:
  /// `node` must outlive the router.
  Router(Node& node, std::vector<Route> routes);

  net::BodyPlan admit(const net::RequestHead& head) override;

 private:
  /// A pattern, cut into its segments; "" stands for a place that takes any one segment, "." for one that takes those
  /// with a dot in them.
  struct Entry {
    Route route;
    std::vector<std::string> segments;
    int vagueness = 0;
  };
  struct Match {
    const Entry* entry = nullptr;
    std::string allow;  // when no entry has the method: those that the path has; empty: no such path
  };

  /// A path that says more hides those that say less: there is no upload `preview`.
  Match find(const net::RequestHead& head) const;
  Match find(const net::RequestHead& head, int vagueness) const;
  Result<auth::Credential> authenticate(const net::RequestHead& head, const Route& route) const;
  net::BodyPlan refuse_credential(const net::RequestHead& head, const Error& why) const;
  net::BodyPlan plan(const Entry& entry, const net::RequestHead& head, auth::Credential credential) const;
  Workers& workers_of(Where where) const;
  void run(const Route& route, Call call) const;
  void handle(const Route& route, Call call) const;
  std::string object_of(const Route& route, const Call& call) const;

  Node& node_;
  std::vector<Entry> entries_;
};

}  // namespace weir::app
