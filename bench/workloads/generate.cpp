// Writes a workload: an event log of any size as CSV or NDJSON, the same bytes for the same options on every run.
//
//   generate --events N [--shape friendly|adversarial] [--format csv|ndjson] [--seed S] [--open CASES] [--late SHARE]
//
// friendly: 40 activities by Zipf's law, log-normal times between them, 12 events per case on average, many cases open
// at once, 1 % of the events out of order, rows of about 137 bytes.
// adversarial: one case that holds a fifth of all events, 2,000 activities of long names that need quoting,
// whole-minute times (many ties), overlapping intervals, half of the events out of order, 5 % sent twice.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Options {
  std::uint64_t events = 1'000'000;
  std::uint64_t seed = 1;
  std::uint64_t open = 200'000;
  double late = -1;  // below 0: the shape's own
  bool adversarial = false;
  bool ndjson = false;
};

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, the same everywhere, unlike the distributions of <random>.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double share) { return unit() < share; }
  /// exp(mu + sigma * normal), the normal by Box and Muller.
  double log_normal(double mu, double sigma) {
    const double radius = std::sqrt(-2 * std::log(1 - unit()));
    return std::exp(mu + sigma * radius * std::cos(6.283185307179586 * unit()));
  }

 private:
  std::uint64_t state_;
};

/// Picks i in [0, size) with probability proportional to 1 / (i + 1).
class Zipf {
 public:
  explicit Zipf(std::size_t size) {
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) cumulative_.push_back(sum += 1.0 / static_cast<double>(i + 1));
  }
  std::size_t pick(Draw& draw) const {
    const double at = draw.unit() * cumulative_.back();
    return std::upper_bound(cumulative_.begin(), cumulative_.end(), at) - cumulative_.begin();
  }

 private:
  std::vector<double> cumulative_;
};

/// A case that is under way, by the time of its next event.
struct Running {
  std::int64_t next_ms;
  std::uint64_t case_number;
  friend bool operator>(const Running& a, const Running& b) {
    return a.next_ms != b.next_ms ? a.next_ms > b.next_ms : a.case_number > b.case_number;
  }
};

struct Row {
  std::uint64_t number;
  std::uint64_t case_number;
  std::size_t activity;
  std::int64_t start_ms;
  std::int64_t end_ms;
  std::uint64_t resource;
  std::uint64_t amount_cents;
};

constexpr std::int64_t epoch_ms = 1'704'067'200'000;  // 2024-01-01T00:00:00Z
constexpr double mean_events = 12;

/// The events in order of time. One open case ends on average after twelve events, and another takes its place.
class Process {
 public:
  explicit Process(const Options& options)
      : adversarial_(options.adversarial), draw_(options.seed), activities_(options.adversarial ? 2'000 : 40) {
    for (; cases_ < options.open; ++cases_) running_.push({epoch_ms + pause(), cases_});
  }

  Row next(std::uint64_t number) {
    Running at = running_.top();
    Row row{number,     at.case_number,   activities_.pick(draw_), at.next_ms,
            at.next_ms, draw_.below(500), draw_.below(100'000)};
    if (adversarial_) distort(row);
    running_.pop();
    if (draw_.chance(1 / mean_events)) at.case_number = cases_++;
    at.next_ms += pause();
    running_.push(at);
    return row;
  }

 private:
  /// Median one hour, mean about three.
  std::int64_t pause() { return 1 + static_cast<std::int64_t>(draw_.log_normal(15.1, 1.5)); }

  void distort(Row& row) {
    if (draw_.chance(0.2)) row.case_number = 0;
    row.end_ms -= row.end_ms % 60'000;
    row.start_ms = row.end_ms - static_cast<std::int64_t>(draw_.below(240)) * 60'000;
  }

  bool adversarial_;
  Draw draw_;
  Zipf activities_;
  std::uint64_t cases_ = 0;
  std::priority_queue<Running, std::vector<Running>, std::greater<>> running_;
};

/// Holds a share of the rows back, each for up to `reach` rows.
class Delay {
 public:
  Delay(const Options& options, double share)
      : draw_(options.seed ^ 0xde1a),
        share_(options.late < 0 ? share : options.late),
        reach_(std::max<std::uint64_t>(2, options.events / 20)) {}

  /// When the row with this number leaves, in rows.
  std::uint64_t leaves_at(std::uint64_t number) {
    return draw_.chance(share_) ? number + 1 + draw_.below(reach_) : number;
  }

 private:
  Draw draw_;
  double share_;
  std::uint64_t reach_;
};

class Writer {
 public:
  explicit Writer(const Options& options) : options_(options) { buffer_.reserve(1 << 20); }
  ~Writer() { flush(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void header() {
    if (options_.ndjson) return;
    buffer_ += options_.adversarial ? "case_id,activity,start,timestamp,resource,id,product,region,channel,amount\n"
                                    : "case_id,activity,timestamp,resource,id,product,region,channel,amount\n";
  }

  void write(const Row& row) {
    if (options_.ndjson) {
      json(row);
    } else {
      csv(row);
    }
    if (buffer_.size() > (1 << 20) - 4096) flush();
  }

 private:
  void csv(const Row& row) {
    name("case-2024-", row.case_number, 8);
    buffer_ += ',';
    if (options_.adversarial) buffer_ += '"';
    activity(row.activity, "\"\"");
    buffer_ += options_.adversarial ? "\"," : ",";
    if (options_.adversarial) {
      time(row.start_ms);
      buffer_ += ',';
    }
    time(row.end_ms);
    name(",employee-", row.resource, 4);
    name(",event-2024-", row.number, 10);
    name(",product-line-", row.amount_cents % 1'000, 4);
    buffer_ += regions[row.resource % regions.size()];
    buffer_ += channels[row.amount_cents % channels.size()];
    number(row.amount_cents / 100, 3);
    buffer_ += '.';
    number(row.amount_cents % 100, 2);
    buffer_ += '\n';
  }

  void json(const Row& row) {
    name("{\"process\":\"load\",\"case_id\":\"c", row.case_number, 7);
    buffer_ += "\",\"activity\":\"";
    activity(row.activity, "\\\"");
    if (options_.adversarial) {
      buffer_ += "\",\"start\":\"";
      time(row.start_ms);
    }
    buffer_ += "\",\"timestamp\":\"";
    time(row.end_ms);
    name("\",\"resource\":\"r", row.resource, 3);
    name("\",\"id\":\"e", row.number, 8);
    buffer_ += "\"}\n";
  }

  void activity(std::size_t index, std::string_view quote) {
    name("step-", index, 2);
    if (!options_.adversarial) return;
    buffer_ += ", the ";
    buffer_ += quote;
    buffer_ += "größte";
    buffer_ += quote;
    buffer_ += " 工程 of them all, told at length";
  }

  void name(std::string_view prefix, std::uint64_t value, std::size_t digits) {
    buffer_ += prefix;
    number(value, digits);
  }

  void number(std::uint64_t value, std::size_t digits) {
    std::array<char, 20> text{};
    const char* end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    const std::size_t size = end - text.data();
    if (size < digits) buffer_.append(digits - size, '0');
    buffer_.append(text.data(), size);
  }

  /// RFC 3339 in UTC with milliseconds; the civil date after Hinnant's days_from_civil.
  void time(std::int64_t ms) {
    const std::int64_t days = ms / 86'400'000, in_day = ms % 86'400'000;
    const std::int64_t shifted = days + 719'468, era = shifted / 146'097, of_era = shifted % 146'097;
    const std::int64_t year = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
    const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100), march = (5 * of_year + 2) / 153;
    const std::int64_t month = march < 10 ? march + 3 : march - 9;
    number(year + era * 400 + (month <= 2 ? 1 : 0), 4);
    name("-", month, 2);
    name("-", of_year - (153 * march + 2) / 5 + 1, 2);
    name("T", in_day / 3'600'000, 2);
    name(":", in_day / 60'000 % 60, 2);
    name(":", in_day / 1'000 % 60, 2);
    name(".", in_day % 1'000, 3);
    buffer_ += 'Z';
  }

  void flush() {
    std::fwrite(buffer_.data(), 1, buffer_.size(), stdout);
    buffer_.clear();
  }

  static constexpr std::array<std::string_view, 4> regions{",north-east", ",north-west", ",south-east", ",south-west"};
  static constexpr std::array<std::string_view, 3> channels{",telephone,", ",web-portal,", ",in-person,"};

  const Options options_;
  std::string buffer_;
};

struct Leaving {
  std::uint64_t at;
  Row row;
  friend bool operator>(const Leaving& a, const Leaving& b) {
    return a.at != b.at ? a.at > b.at : a.row.number > b.row.number;
  }
};

void generate(const Options& options) {
  Process process{options};
  Delay delay{options, options.adversarial ? 0.5 : 0.01};
  Draw repeats{options.seed ^ 0x2e9e};
  Writer writer{options};
  std::priority_queue<Leaving, std::vector<Leaving>, std::greater<>> held;
  const auto release = [&](std::uint64_t until) {
    for (; !held.empty() && held.top().at <= until; held.pop()) {
      writer.write(held.top().row);
      if (options.adversarial && repeats.chance(0.05)) writer.write(held.top().row);
    }
  };
  writer.header();
  for (std::uint64_t number = 0; number < options.events; ++number) {
    held.push({delay.leaves_at(number), process.next(number)});
    release(number);
  }
  release(UINT64_MAX);
}

template <class Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc{} && end == text.data() + text.size();
}

/// One `--name value`; false when it is wrong.
bool read_option(std::string_view name, std::string_view value, Options& options) {
  if (name == "--events") return read_number(value, options.events);
  if (name == "--seed") return read_number(value, options.seed);
  if (name == "--open") return read_number(value, options.open) && options.open > 0;
  if (name == "--late") return read_number(value, options.late) && options.late >= 0 && options.late <= 1;
  if (name == "--shape") return (options.adversarial = value == "adversarial") || value == "friendly";
  if (name == "--format") return (options.ndjson = value == "ndjson") || value == "csv";
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; i += 2) {
    if (i + 1 < count && read_option(arguments[i], arguments[i + 1], options)) continue;
    std::fprintf(stderr,
                 "wrong option %s; usage: generate --events N [--shape friendly|adversarial] "
                 "[--format csv|ndjson] [--seed S] [--open CASES] [--late SHARE]\n",
                 arguments[i]);
    return 2;
  }
  generate(options);
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 ? 0 : 1;
}
