#include "api/app/discover.hpp"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "api/app/file_options.hpp"
#include "api/query/answers.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/feed/batch_view.hpp"
#include "stream/ingest/file_reader.hpp"
#include "stream/operators/operators.hpp"

namespace weir::app {
namespace {

constexpr std::size_t errors_shown_max = 20;
constexpr std::size_t print_bytes = std::size_t{1} << 20;

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

Result<void> print_json(feed::ProcessView& view, const feed::BatchView& batch, const std::string& process,
                        const std::string& as_of) {
  std::string text;
  JsonWriter json{text};
  json.begin_object();
  query::write_map(json.key("map"), view, process, as_of);
  query::write_kpis(json.key("kpis"), view, process, as_of);
  const auto activities = [&](const std::string& case_id) -> Result<std::vector<std::string>> {
    return batch.activities_of(case_id);
  };
  const query::VariantPage every{0, std::numeric_limits<std::size_t>::max()};
  const auto written = query::write_variants(
      json.key("variants"), view, process, as_of, every, activities, [](std::size_t) { return std::string{}; },
      [&] {
        if (text.size() > print_bytes) print(text);
      });
  if (!written) return written;
  json.end_object();
  text.push_back('\n');
  print(text);
  return {};
}

}  // namespace

int discover(const Settings& settings) {
  auto options = file_options(settings);
  if (!options) return fail(options.error());
  // Both stay until the process ends: freeing a million small pieces one by one would take as long as finding them.
  feed::BatchView& batch = *std::make_unique<feed::BatchView>().release();
  ingest::FileReader reader{std::move(*options), batch};
  const auto read = ingest::read_file(settings.file, reader);
  tell_faults(reader, !settings.zone.empty());
  if (!read) return fail(read.error());
  feed::ProcessView* view =
      batch.build(operators::of_discovery(), std::max(1U, std::thread::hardware_concurrency())).release();
  const std::string process = settings.process.empty() ? "default" : settings.process;
  const std::string as_of = batch.events() == 0 ? "" : to_rfc3339(from_micros(batch.last()));
  if (settings.format == "dot" || settings.format == "text") {
    std::string text = settings.format == "dot" ? query::map_as_dot(*view, process) : query::summary_text(*view);
    print(text);
  } else if (const auto printed = print_json(*view, batch, process, as_of); !printed) {
    return fail(printed.error());
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace weir::app
