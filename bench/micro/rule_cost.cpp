// What ten thousand rules cost an event.
//
//   rule_cost [--rules 10000] [--events 400000] [--cases 20000] [--threads 2] [--kind plain|mixed] [--write FILE.json]
//
// plain: every rule compares fields of the event, as other engines can. mixed: a tenth are windows, sequences and
// absences. Each thread has its share of the cases and tells their hearings events that come in the order of time; then
// the cases are judged whole, as a shard does when they settle. --write: nothing is measured, the rules and events
// are written for another engine.
#include <algorithm>
#include <barrier>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "schemas/base/clock.hpp"
#include "stream/rules/judge.hpp"

namespace {

using namespace weir;

using Options = std::map<std::string, std::string>;
constexpr int activities = 20, customers = 5'000, products = 500, regions = 12;

class Random {
 public:
  explicit Random(std::uint64_t seed) : random_(seed) {}
  int below(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  std::string name(const char* kind, int count) { return kind + std::to_string(below(count)); }

 private:
  std::mt19937_64 random_;
};

std::string compares(const std::string& path, const std::string& op, const std::string& value) {
  return R"({"path":")" + path + R"(","op":")" + op + R"(","value":)" + value + '}';
}
std::string quoted(const std::string& text) { return '"' + text + '"'; }

/// One in a hundred events fires a rule for its customer, and so on.
std::string plain_condition(Random& random, int number) {
  const std::string activity = compares("activity", "eq", quoted(random.name("step", activities)));
  const std::string customer = compares("attr.customer", "eq", quoted(random.name("customer", customers)));
  const std::string product = compares("attr.product", "eq", quoted(random.name("product", products)));
  const std::string amount = compares("attr.amount", "gt", std::to_string(500 + random.below(500)));
  const std::string region =
      compares("attr.region", "in",
               '[' + quoted(random.name("region", regions)) + ',' + quoted(random.name("region", regions)) + ']');
  switch (number % 4) {
    case 0:
      return activity + ',' + customer;
    case 1:
      return customer + ',' + amount;
    case 2:
      return product + ',' + region + ',' + activity;
    default:
      return activity + ',' + product + ',' + amount;
  }
}

std::string temporal_condition(Random& random, int number) {
  const std::string activity = quoted(random.name("step", activities));
  const std::string where = compares("attr.customer", "eq", quoted(random.name("customer", customers)));
  const std::string of_it = compares("attr.customer", "eq", quoted(random.name("customer", customers)));
  switch (number % 3) {
    case 0:
      return R"({"window":{"event":)" + activity + R"(,"where":)" + where +
             R"(,"kind":"sliding","for":"10m","agg":"count","op":"gte","value":3}})";
    case 1:
      return R"({"sequence":{"steps":[{"event":)" + activity + R"(,"where":)" + where + R"(},{"event":)" +
             quoted(random.name("step", activities)) + R"(}],"within":"1h"}})";
    default:
      return of_it + R"(,{"absent":{"event":)" + activity + R"(,"for":"30m"}})";
  }
}

std::vector<std::string> rule_documents(int count, bool mixed) {
  Random random{1};
  std::vector<std::string> documents;
  for (int i = 0; i < count; ++i) {
    const std::string parts = mixed && i % 10 == 0 ? temporal_condition(random, i / 10) : plain_condition(random, i);
    documents.push_back(R"({"when":{"all":[)" + parts +
                        R"(]},"then":[{"type":"alert","title":"{case.id}: {activity}"}]})");
  }
  return documents;
}

std::vector<Event> random_events(int count, int cases) {
  Random random{2};
  std::vector<Event> events;
  Time now = from_micros(0) + std::chrono::hours{24 * 20'000};
  for (int i = 0; i < count; ++i) {
    now += std::chrono::milliseconds{random.below(100)};
    Event event;
    const int of_case = random.below(cases);
    event.case_id = "case" + std::to_string(of_case);
    event.id = std::to_string(i);
    event.activity = random.name("step", activities);
    event.timestamp = now;
    event.resource = random.name("clerk", 100);
    event.attributes = {{"amount", std::to_string(random.below(1'000))},
                        {"channel", quoted(random.name("channel", 5))},
                        {"customer", quoted("customer" + std::to_string(of_case % customers))},
                        {"product", quoted(random.name("product", products))},
                        {"region", quoted(random.name("region", regions))}};
    events.push_back(std::move(event));
  }
  return events;
}

std::unique_ptr<rules::RuleBook> book_of(const std::vector<std::string>& documents) {
  std::vector<rules::RuleVersion> versions;
  for (const std::string& one : documents) {
    rules::RuleVersion version{"rule" + std::to_string(versions.size()), Time::min(), {}};
    const auto faults = read_document(one, [&](const DocumentNode& node) { version.rule = rules::read_rule(node); });
    if (!faults || !faults->empty()) throw std::runtime_error("a rule is not read: " + one);
    versions.push_back(std::move(version));
  }
  return std::make_unique<rules::RuleBook>(std::move(versions));
}

/// Of this thread, in seconds: holds on a busy machine.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double rounded(double number) { return std::round(number * 1'000) / 1'000; }

struct Measured {
  std::vector<std::int64_t> ns;  // of each event, by the clock
  double cpu_s = 0;              // of all
  double cpu_whole_s = 0;
  std::size_t fired = 0;
  std::size_t fired_whole = 0;
};

/// The cases whose number leaves `own` when divided by the number of threads.
class Worker {
 public:
  Worker(const rules::RuleBook& book, const std::vector<Event>& events, std::size_t own, std::size_t threads)
      : book_(book) {
    for (const Event& event : events) {
      if (std::hash<std::string>{}(event.case_id) % threads != own) continue;
      events_.push_back(&event);
      cases_[event.case_id].push_back(event);
    }
    measured_.ns.reserve(events_.size());
  }

  void tell() {
    SystemClock clock;
    std::map<std::string_view, rules::Hearing> hearings;
    for (const Event* event : events_) hearings.try_emplace(event->case_id, book_);
    std::vector<rules::Firing> fired;
    const double cpu_begin = cpu_seconds();
    for (const Event* event : events_) {
      const auto begin = clock.steady();
      hearings.at(event->case_id).take(*event, fired);
      measured_.ns.push_back((clock.steady() - begin).count());
      measured_.fired += fired.size();
      fired.clear();
    }
    for (auto& [name, hearing] : hearings) hearing.pass(end(), fired);
    measured_.fired += fired.size();
    measured_.cpu_s = cpu_seconds() - cpu_begin;
  }

  void judge_whole() {
    const double cpu_begin = cpu_seconds();
    for (const auto& [name, events] : cases_)
      measured_.fired_whole += rules::judge(book_, events, end()).firings.size();
    measured_.cpu_whole_s = cpu_seconds() - cpu_begin;
  }

  const Measured& measured() const { return measured_; }

 private:
  Time end() const { return events_.back()->timestamp + std::chrono::hours{2}; }

  const rules::RuleBook& book_;
  std::vector<const Event*> events_;
  std::map<std::string, std::vector<Event>> cases_;
  Measured measured_;
};

/// Wall time in which all workers did it, in seconds.
template <class Work>
double together(std::vector<Worker>& workers, Work work) {
  SystemClock clock;
  std::barrier start{static_cast<std::ptrdiff_t>(workers.size()) + 1};
  std::vector<std::thread> threads;
  for (Worker& worker : workers) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      work(worker);
    });
  }
  start.arrive_and_wait();
  const auto begin = clock.steady();
  for (std::thread& one : threads) one.join();
  return std::chrono::duration<double>(clock.steady() - begin).count();
}

void measure(Options& options) {
  SystemClock clock;
  const auto documents = rule_documents(std::stoi(options["--rules"]), options["--kind"] == "mixed");
  const auto events = random_events(std::stoi(options["--events"]), std::stoi(options["--cases"]));
  const auto begin = clock.steady();
  const auto book = book_of(documents);
  const double build_s = std::chrono::duration<double>(clock.steady() - begin).count();
  const std::size_t threads = std::stoul(options["--threads"]);
  std::vector<Worker> workers;
  for (std::size_t i = 0; i < threads; ++i) workers.emplace_back(*book, events, i, threads);
  const double told_s = together(workers, [](Worker& worker) { worker.tell(); });
  const double whole_s = together(workers, [](Worker& worker) { worker.judge_whole(); });
  std::vector<std::int64_t> ns;
  std::size_t fired = 0, fired_whole = 0;
  double cpu_s = 0, cpu_whole_s = 0;
  for (const Worker& worker : workers) {
    cpu_s += worker.measured().cpu_s;
    cpu_whole_s += worker.measured().cpu_whole_s;
    ns.insert(ns.end(), worker.measured().ns.begin(), worker.measured().ns.end());
    fired += worker.measured().fired;
    fired_whole += worker.measured().fired_whole;
  }
  std::sort(ns.begin(), ns.end());
  const auto at = [&](double share) {
    return rounded(static_cast<double>(ns[static_cast<std::size_t>(share * static_cast<double>(ns.size() - 1))]) /
                   1'000);
  };
  const auto count = static_cast<double>(ns.size());
  std::string told;
  JsonWriter json{told};
  json.begin_object().member("rules", documents.size()).member("kind", options["--kind"]).member("threads", threads);
  json.member("events", ns.size()).member("read_s", rounded(build_s)).member("events_per_s", rounded(count / told_s));
  json.member("cpu_us", rounded(cpu_s * 1e6 / count)).member("p50_us", at(0.5)).member("p99_us", at(0.99));
  json.member("p999_us", at(0.999)).member("max_us", at(1)).member("fired", fired);
  json.member("whole_events_per_s", rounded(count / whole_s))
      .member("whole_cpu_us", rounded(cpu_whole_s * 1e6 / count));
  json.member("fired_whole", fired_whole).end_object();
  std::puts(told.c_str());
}

/// Events as flat facts: fields and attributes side by side.
void write(Options& options) {
  std::ofstream file{options["--write"]};
  file << "{\"rules\":[";
  const char* comma = "";
  for (const std::string& one : rule_documents(std::stoi(options["--rules"]), false)) {
    file << std::exchange(comma, ",") << one;
  }
  file << "],\"events\":[";
  comma = "";
  for (const Event& event : random_events(std::stoi(options["--events"]), std::stoi(options["--cases"]))) {
    file << std::exchange(comma, ",") << R"({"activity":)" << quoted(event.activity);
    for (const Attribute& one : event.attributes) file << ',' << quoted("attr." + one.name) << ':' << one.json;
    file << '}';
  }
  file << "]}\n";
}

}  // namespace

int main(int count, char** values) {
  Options options{{"--rules", "10000"}, {"--events", "400000"}, {"--cases", "20000"},
                  {"--threads", "2"},   {"--kind", "plain"},    {"--write", ""}};
  for (int i = 1; i + 1 < count; i += 2) options[values[i]] = values[i + 1];
  try {
    options["--write"].empty() ? measure(options) : write(options);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "rule_cost: %s\n", failure.what());
    return 1;
  }
  return 0;
}
