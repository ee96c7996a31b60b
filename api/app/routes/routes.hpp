// The routes of the contract (design, section 5), one file per resource.
#pragma once

#include <vector>

#include "api/app/node.hpp"
#include "api/app/route.hpp"
#include "api/net/server.hpp"

namespace weir::app {

class Demo;
class DocumentDesk;
class HookDesk;
class Live;
class Redactor;
class Uploads;

// Each: `node` and whatever else is given must outlive the routes.
std::vector<Route> event_routes(Node& node);
std::vector<Route> upload_routes(Node& node, Uploads& uploads);
std::vector<Route> live_routes(Node& node, Live& live);
/// The first page of GET /v1/uploads. Reads the disk.
Result<std::string> first_uploads(Node& node, Uploads& uploads, const std::string& workspace, std::size_t limit);
std::vector<Route> process_routes(Node& node);
std::vector<Route> view_routes(Node& node);
std::vector<Route> document_routes(Node& node, DocumentDesk& desk, const HookDesk& hooks);
std::vector<Route> hook_routes(Node& node, HookDesk& desk);
std::vector<Route> sla_routes(Node& node, DocumentDesk& desk);
std::vector<Route> alert_routes(Node& node);
std::vector<Route> alert_handling_routes(Node& node);
std::vector<Route> silence_routes(Node& node, DocumentDesk& desk);
std::vector<Route> rule_routes(Node& node, DocumentDesk& desk);
std::vector<Route> threshold_routes(Node& node);
std::vector<Route> case_routes(Node& node, Redactor& redactor);
std::vector<Route> export_routes(Node& node);
std::vector<Route> dead_letter_routes(Node& node);
std::vector<Route> audit_routes(Node& node);
std::vector<Route> session_routes(Node& node);
std::vector<Route> user_routes(Node& node);
std::vector<Route> token_routes(Node& node);
/// `demo`: nullptr where there is none.
std::vector<Route> demo_routes(Demo* demo);
std::vector<Route> shard_routes(Node& node);
/// For the other nodes of its group; none on a node that is alone.
std::vector<Route> asking_routes(Node& node);
/// Probes and metrics.
std::vector<Route> probe_routes(Node& node);
/// The contracts, as documents.
std::vector<Route> contract_routes();
/// The dashboard at `/`.
std::vector<Route> page_routes();

}  // namespace weir::app
