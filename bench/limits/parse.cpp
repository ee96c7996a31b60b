// How fast one thread reads events, and counts them without keeping anything: simdjson on-demand over each line, then
// the same with cases and edges counted in memory. Usage: limit_parse FILE.ndjson
#include <cstdint>

#include <boost/unordered/unordered_flat_map.hpp>
#include <simdjson.h>

#include "bench/limits/lines.hpp"

namespace {

using weir::limits::Lines;

struct Row {
  std::string_view case_id;
  std::string_view activity;
  std::string_view timestamp;
};

/// Calls for each event with what the plain job needs of it. Ends the program where a line is none.
template <class Take>
void each_event(const Lines& lines, Take take) {
  simdjson::ondemand::parser parser;
  for (const std::string_view line : lines.all()) {
    simdjson::ondemand::document document;
    Row row;
    const bool read =
        parser.iterate(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING).get(document) ==
            simdjson::SUCCESS &&
        document["case_id"].get_string().get(row.case_id) == simdjson::SUCCESS &&
        document["activity"].get_string().get(row.activity) == simdjson::SUCCESS &&
        document["timestamp"].get_string().get(row.timestamp) == simdjson::SUCCESS;
    if (!read) {
      std::fprintf(stderr, "not an event: %.*s\n", static_cast<int>(line.size()), line.data());
      std::exit(1);
    }
    take(row);
  }
}

/// Edges, and the last activity of each case: by hashes alone, as nothing that must be right could.
class Counts {
 public:
  void take(const Row& row) {
    const std::uint64_t activity = hash_(row.activity);
    std::uint64_t& last = last_[hash_(row.case_id)];
    if (last != 0) ++edges_[last * 31 + activity];
    last = activity;
  }
  double cases() const { return static_cast<double>(last_.size()); }
  double edges() const { return static_cast<double>(edges_.size()); }

 private:
  std::hash<std::string_view> hash_;
  boost::unordered_flat_map<std::uint64_t, std::uint64_t> last_, edges_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const Lines lines{arguments[1], simdjson::SIMDJSON_PADDING};
  std::size_t letters = 0;
  const weir::limits::Stopwatch parsing;
  each_event(lines, [&](const Row& row) { letters += row.case_id.size() + row.timestamp.size(); });
  const double parse_s = parsing.seconds();
  Counts counts;
  const weir::limits::Stopwatch counting;
  each_event(lines, [&](const Row& row) { counts.take(row); });
  const double count_s = counting.seconds();
  weir::limits::print({{"events", static_cast<double>(lines.all().size())},
                       {"bytes", static_cast<double>(lines.bytes())},
                       {"parse_s", parse_s},
                       {"count_s", count_s},
                       {"cases", counts.cases()},
                       {"edges", counts.edges()},
                       {"letters", static_cast<double>(letters)}});
}
