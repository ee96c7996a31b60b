#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "api/app/allocator.hpp"
#include "api/app/announcer.hpp"
#include "api/app/checkpoints.hpp"
#include "api/app/commands.hpp"
#include "api/app/document_desk.hpp"
#include "api/app/hook_desk.hpp"
#include "api/app/live.hpp"
#include "api/app/node.hpp"
#include "api/app/redactor.hpp"
#include "api/app/router.hpp"
#include "api/app/routes/routes.hpp"
#include "api/app/run_server.hpp"
#include "api/app/self_check.hpp"
#include "api/app/service_notice.hpp"
#include "api/app/thread_stacks.hpp"
#include "api/app/threshold_watch.hpp"
#include "api/app/uploads.hpp"
#include "api/auth/sign_in_link.hpp"
#include "api/net/server.hpp"

namespace weir::app {
namespace {

/// Where memory is dear, what is freed goes back sooner than main.cpp says, at the price of asking for it again.
constexpr std::uint64_t little_memory_bytes = std::uint64_t{256} << 20;
constexpr std::chrono::milliseconds little_memory_kept{100};

/// The store may be in any state, so nothing is closed: the next start recovers (reliability R4).
[[noreturn]] void stop_at_once(Command command, const Error& error) {
  failed(name_of(command), error);
  std::_Exit(1);
}

/// Blocked before any thread starts, so that only the waiting main thread gets them.
sigset_t block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

LogLevel level_of(std::string_view name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "warning") return LogLevel::warning;
  return name == "error" ? LogLevel::error : LogLevel::info;
}

/// Where documents are written and used.
struct Desks {
  explicit Desks(Node& node) : documents(node), hooks(node, documents) {}

  DocumentDesk documents;
  HookDesk hooks;
};

std::vector<Route> all_routes(Node& node, Uploads& uploads, Desks& desks, Live& live, Redactor& redactor, Demo* demo) {
  std::vector<Route> routes;
  const auto add = [&routes](const std::vector<Route>& part) { routes.insert(routes.end(), part.begin(), part.end()); };
  add(probe_routes(node));
  add(asking_routes(node));
  if (node.settings().node_role == "worker") return routes;
  for (const std::vector<Route>& part : {contract_routes(),
                                         event_routes(node),
                                         upload_routes(node, uploads),
                                         process_routes(node),
                                         view_routes(node),
                                         case_routes(node, redactor),
                                         document_routes(node, desks.documents, desks.hooks),
                                         hook_routes(node, desks.hooks),
                                         sla_routes(node, desks.documents),
                                         alert_routes(node),
                                         alert_handling_routes(node),
                                         silence_routes(node, desks.documents),
                                         rule_routes(node, desks.documents),
                                         threshold_routes(node),
                                         export_routes(node),
                                         shard_routes(node),
                                         dead_letter_routes(node),
                                         audit_routes(node),
                                         session_routes(node),
                                         user_routes(node),
                                         token_routes(node),
                                         live_routes(node, live),
                                         demo_routes(demo),
                                         page_routes()}) {
    add(part);
  }
  return routes;
}

net::ServerOptions server_options(const Settings& settings, const MemoryPlan& memory, Logger& logger) {
  net::ServerOptions options;
  options.address = settings.listen_address;
  options.port = settings.listen_port;
  options.limits.connections = settings.connections_max;
  options.limits.buffered_body_bytes = memory.bodies;
  options.tls_certificate_path = settings.tls_cert;
  options.tls_key_path = settings.tls_key;
  options.on_fault = [&logger](std::string_view what) { logger.log(LogLevel::error, "server", {{"what", what}}); };
  return options;
}

void collect_server(const net::Server& server, metrics::Samples& samples) {
  const net::ServerCounters counters = server.counters();
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  samples.gauge("weir_connections_open", "Connections.", number(counters.connections_open));
  samples.gauge("weir_bodies_buffered_bytes", "Bytes of bodies in memory.", number(counters.body_bytes_buffered));
  samples.counter(shares_refused_name, shares_refused_help, number(counters.bodies_refused), {{"of", "bodies"}});
  samples.counter("weir_connections_accepted_total", "Connections.", number(counters.connections_accepted));
  samples.counter("weir_connections_refused_total", "Connections beyond the limits.",
                  number(counters.connections_refused));
  samples.counter("weir_requests_total", "Requests.", number(counters.requests));
  samples.counter("weir_gate_refusals_total", "Requests that no handler saw.", number(counters.gate_refusals));
  samples.counter("weir_timeouts_total", "Connections that were too slow.", number(counters.timeouts));
  samples.counter("weir_received_bytes_total", "Bytes received.", number(counters.bytes_received));
  samples.counter("weir_sent_bytes_total", "Bytes sent.", number(counters.bytes_sent));
  samples.gauge("weir_websockets_open", "WebSockets.", number(counters.web_sockets_open));
  samples.counter("weir_websockets_opened_total", "WebSockets.", number(counters.web_sockets_opened));
  samples.counter("weir_websocket_violations_total", "WebSockets closed for what the client sent.",
                  number(counters.web_socket_violations));
  samples.counter("weir_websocket_messages_received_total", "Messages received.", number(counters.messages_received));
  samples.counter("weir_websocket_messages_sent_total", "Messages sent.", number(counters.messages_sent));
  samples.counter("weir_websocket_writes_total", "Writes of many messages each.", number(counters.web_socket_writes));
  for (std::uint32_t status = 1; status < counters.answers_by_class.size(); ++status) {
    samples.counter("weir_answers_total", "Answers by the first digit of their status.",
                    number(counters.answers_by_class[status]), {{"class", status}});
  }
}

std::string listening_at(const Settings& settings, std::uint16_t port) {
  const bool ipv6 = settings.listen_address.find(':') != std::string::npos;
  std::string text = ipv6 ? "[" : "";
  text.append(settings.listen_address).append(ipv6 ? "]:" : ":");
  return text.append(std::to_string(port));
}

std::string url_of(const Settings& settings, std::uint16_t port) {
  return (settings.tls_cert.empty() ? "http://" : "https://") + listening_at(settings, port);
}

std::string address_of(const Settings& settings, std::uint16_t port) {
  return settings.advertise.empty() ? listening_at(settings, port) : settings.advertise;
}

void announce(const std::string& url) {
  std::printf("weir listening on %s\n", url.c_str());
  std::fflush(stdout);
}

/// Where to look, signed in by a link that is good once, and how to get in later: the command that `weir` was started
/// by makes another link, and a token for programs.
Result<void> announce_dashboard(const std::string& url, Node& node) {
  const auto password = node.people().add_first_admin(Demo::workspace);
  if (!password) return password.error();
  auth::DirectoryFile& people = node.people().directory();
  std::error_code unknown;
  const std::string weir = std::filesystem::read_symlink("/proc/self/exe", unknown).string();
  const std::string folder = std::filesystem::absolute(node.folder().path(), unknown).string();
  std::printf("token     %s token --data %s --workspace %s --role admin\n", weir.c_str(), folder.c_str(),
              std::string{Demo::workspace}.c_str());
  std::string link;
  if (people.current()->find(People::first_admin) != nullptr) {
    const auto made = auth::make_sign_in_link(people, People::first_admin, node.clock().now());
    if (!made) return made.error();
    link = *made;
    std::printf("again     %s user link %s --data %s   (prints what goes behind the address)\n", weir.c_str(),
                std::string{People::first_admin}.c_str(), folder.c_str());
  }
  if (*password) std::printf("sign in   admin, with the password %s\n", (*password)->c_str());
  std::printf("dashboard %s%s\n", url.c_str(), link.c_str());
  std::fflush(stdout);
  return {};
}

/// Returns when the process is to stop, with its exit code; once a second looks at stores, disk and what `weir user`
/// did, and tells the service manager that it does.
int wait_for_stop(const sigset_t& signals, Node& node, net::Server& server, Logger& logger,
                  const ServiceNotice& notice) {
  notice.ready();
  while (true) {
    notice.alive();
    const timespec second{1, 0};
    const int signal = sigtimedwait(&signals, nullptr, &second);
    if (signal == SIGTERM || signal == SIGINT) return 0;
    if (signal == SIGHUP) {
      const auto reloaded = server.reload_tls();
      logger.log(reloaded ? LogLevel::info : LogLevel::error,
                 reloaded ? "certificate read again" : reloaded.error().detail);
    }
    if (const auto looked = node.people().look_around(); !looked) logger.log(LogLevel::error, looked.error().detail);
    if (node.watch()) continue;
    logger.log(LogLevel::error, "the disk is all but full; the reserve was given up, and the server starts again");
    return 1;
  }
}

/// What the node does beside answering.
struct Duties {
  Duties(Node& node, DocumentDesk& desk)
      : announcer(node, desk),
        thresholds(node),
        redactor(node, std::chrono::seconds{node.settings().erasure_seconds}),
        copies(node),
        checkpoints(node, copies),
        self_check(node, std::chrono::seconds{node.settings().self_check_seconds}) {}

  void start() {
    announcer.start();
    thresholds.start();
    redactor.start();
    self_check.start();
    copies.start();
    checkpoints.start();
  }
  void stop() {
    thresholds.stop();
    announcer.stop();
    redactor.stop();
    self_check.stop();
    checkpoints.stop();
    copies.stop();
  }

  Announcer announcer;
  ThresholdWatch thresholds;
  Redactor redactor;
  Copies copies;
  Checkpoints checkpoints;
  SelfCheck self_check;
};

}  // namespace

int serve(const Settings& settings) { return run_server(settings, {}); }

int run_server(const Settings& settings, const MakeDemo& make_demo) {
  const auto fails = [&](const Error& error) { return failed(name_of(settings.command), error); };
  const sigset_t signals = block_signals();
  prepare_thread_stacks();
  const SystemClock clock;
  Logger::Options log_options;
  log_options.level = level_of(settings.log_level);
  Logger logger(std::move(log_options), clock);
  if (settings.memory_bytes < little_memory_bytes) give_memory_back_after(little_memory_kept);
  auto node = Node::open(settings, clock, logger,
                         [command = settings.command](const Error& error) { stop_at_once(command, error); });
  if (!node) return fails(node.error());
  auto uploads = Uploads::open(**node);
  if (!uploads) return fails(uploads.error());
  auto demo = make_demo ? make_demo(**node) : Result<std::unique_ptr<Demo>>{nullptr};
  if (!demo) return fails(demo.error());
  Live live(**node, **uploads);
  Desks desks(**node);
  Duties duties(**node, desks.documents);
  Router router(**node, all_routes(**node, **uploads, desks, live, duties.redactor, demo->get()));
  net::Server server(server_options(settings, (*node)->memory(), logger), router, clock);
  (*node)->metrics().add_collector([&server](metrics::Samples& samples) { collect_server(server, samples); });
  (*node)->start();
  (*uploads)->start();
  live.start();
  duties.start();
  const auto port = server.start();
  if (!port) return fails(port.error());
  if (const auto joined = (*node)->join(address_of(settings, *port)); !joined) return fails(joined.error());
  announce(url_of(settings, *port));
  if (*demo) {
    if (const auto announced = announce_dashboard(url_of(settings, *port), **node); !announced) {
      return fails(announced.error());
    }
    (*demo)->start();
  }
  const auto notice = ServiceNotice::of_this_process();
  const int exit_code = wait_for_stop(signals, **node, server, logger, notice);
  notice.stopping();
  logger.log(LogLevel::info, "draining");
  (*node)->begin_drain();
  if (*demo) (*demo)->stop();
  server.drain(std::chrono::seconds{settings.drain_seconds});
  server.stop();
  live.stop();
  (*uploads)->stop();
  duties.stop();
  (*node)->stop();
  logger.log(LogLevel::info, "stopped");
  return exit_code;
}

}  // namespace weir::app
