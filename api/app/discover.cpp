#include "api/app/discover.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <optional>
#include <thread>

#include "api/app/discover_sla.hpp"
#include "api/app/file_options.hpp"
#include "api/query/answers.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/feed/batch_view.hpp"
#include "stream/ingest/file_reader.hpp"
#include "stream/operators/operators.hpp"

namespace weir::app {
namespace {

constexpr std::size_t errors_shown_max = 20;
constexpr std::size_t slice_variants = 2048;  // what a thread writes at a time: under 1 MiB of an ordinary log

unsigned threads_max() { return std::max(1U, std::thread::hardware_concurrency()); }

int fail(const Error& error) {
  std::fprintf(stderr, "weir discover: %s: %s\n", std::string{name_of(error.code)}.c_str(),
               (error.detail.empty() ? std::string{title_of(error.code)} : error.detail).c_str());
  return 1;
}

void tell_faults(const ingest::FileReader& reader, bool zone_declared) {
  if (reader.facts().zoneless && !zone_declared) {
    std::fprintf(stderr, "weir discover: times without a zone are taken as UTC; --zone declares another\n");
  }
  if (reader.facts().text_times > 0) {
    std::fprintf(stderr, "weir discover: %llu times are given as text, not as dates; they were read as dates\n",
                 static_cast<unsigned long long>(reader.facts().text_times));
  }
  const auto& kept = reader.errors().kept();
  for (std::size_t i = 0; i < std::min(kept.size(), errors_shown_max); ++i) {
    std::fprintf(stderr, "weir discover: line %llu, column %u: %s: %s\n", static_cast<unsigned long long>(kept[i].line),
                 kept[i].column, std::string{name_of(kept[i].code)}.c_str(), kept[i].detail.c_str());
  }
  if (reader.errors().total() > 0) {
    std::fprintf(stderr, "weir discover: %llu of %llu rows were left out\n",
                 static_cast<unsigned long long>(reader.errors().total()),
                 static_cast<unsigned long long>(reader.facts().rows));
  }
}

void print(std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  text.clear();
}

/// Slices of the list written on every core and printed in their order, so that what is printed already need not be
/// held.
Result<void> print_variants(const query::VariantList& list, std::size_t first, std::size_t last,
                            const query::ReadActivities& read) {
  std::atomic<std::size_t> next{0}, turn{0};
  Result<void> outcome;  // whose turn it is may touch it
  const auto work = [&] {
    std::string text;
    for (std::size_t slice = next++; first + slice * slice_variants < last; slice = next++) {
      const std::size_t begin = first + slice * slice_variants;
      text = slice == 0 ? "" : ",";
      JsonWriter json{text};
      const auto written = list.write(json, begin, std::min(begin + slice_variants, last), read);
      for (std::size_t now = turn; now != slice; now = turn) turn.wait(now);
      if (outcome.ok()) outcome = written;
      if (outcome.ok()) print(text);
      turn = slice + 1;
      turn.notify_all();
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads_max(); ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
  return outcome;
}

/// The policies of `--sla` and the cases that they judge.
struct Promises {
  std::vector<NamedJudge> judges;
  CaseEvents cases;
};

/// Nothing where no policies were given. The file is read once more: its events are kept whole only for this.
Result<std::optional<Promises>> promises_of(const Settings& settings) {
  if (settings.sla.empty()) return std::optional<Promises>{};
  auto policies = read_sla_file(settings.sla);
  if (!policies) return policies.error();
  for (std::size_t i = 1; i < policies->faults.size(); ++i) {
    std::fprintf(stderr, "weir discover: %s\n", policies->faults[i].c_str());
  }
  if (!policies->faults.empty()) return Error{Code::invalid_document, policies->faults.front()};
  auto options = file_options(settings);
  if (!options) return options.error();
  std::optional<Promises> promises{std::in_place};
  promises->judges = std::move(policies->judges);
  ingest::FileReader reader{std::move(*options), promises->cases};
  if (const auto read = ingest::read_file(settings.file, reader); !read) return read.error();
  promises->cases.order();
  return promises;
}

Result<void> print_json(feed::ProcessView& view, const feed::BatchView& batch, const std::string& process,
                        const std::string& as_of, const std::optional<Promises>& promises) {
  std::optional<query::VariantList> variants;
  std::thread listing{[&] { variants.emplace(view); }};
  std::string text;
  JsonWriter json{text};
  json.begin_object();
  query::write_map(json.key("map"), view, process, as_of);
  query::write_kpis(json.key("kpis"), view, process, as_of);
  listing.join();
  const auto activities = [&](const std::string& case_id) -> Result<std::vector<std::string>> {
    return batch.activities_of(case_id);
  };
  const query::VariantPage every{0, std::numeric_limits<std::size_t>::max()};
  auto written = query::write_variants(
      json.key("variants"), *variants, process, as_of, every, activities, [](std::size_t) { return std::string{}; },
      [&](JsonWriter&, const query::VariantList& list, std::size_t first, std::size_t last, const auto& read) {
        print(text);
        return print_variants(list, first, last, read);
      });
  if (!written) return written;
  if (promises) write_sla(json.key("sla"), promises->cases, promises->judges);
  json.end_object();
  text.push_back('\n');
  print(text);
  return {};
}

}  // namespace

int discover(const Settings& settings) {
  auto options = file_options(settings);
  if (!options) return fail(options.error());
  const auto promises = promises_of(settings);
  if (!promises) return fail(promises.error());
  auto batch = std::make_unique<feed::BatchView>();
  ingest::FileReader reader{std::move(*options), *batch, threads_max()};
  const auto read = ingest::read_file(settings.file, reader);
  tell_faults(reader, !settings.zone.empty());
  if (!read) return fail(read.error());
  auto view = batch->build(operators::of_discovery(), threads_max());
  const std::string process = settings.process.empty() ? "default" : settings.process;
  const std::string as_of = batch->events() == 0 ? "" : to_rfc3339(from_micros(batch->last()));
  Result<void> printed;
  if (settings.format == "dot" || settings.format == "text") {
    std::string text = settings.format == "dot" ? query::map_as_dot(*view, process) : query::summary_text(*view);
    if (*promises && settings.format == "text") text += sla_text((*promises)->cases, (*promises)->judges);
    print(text);
  } else {
    printed = print_json(*view, *batch, process, as_of, *promises);
  }
  // Both stay until the process ends: freeing a million small pieces one by one would take as long as finding them.
  static_cast<void>(batch.release());
  static_cast<void>(view.release());
  if (!printed) return fail(printed.error());
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace weir::app
