// The metrics of the product. Two ways: handles that are added to where something happens, and collectors that are
// asked when a scrape comes, so that rooms below this one keep plain counters and know no metrics library.
//
// Names and labels are literals of the source or small numbers (a shard, a status class), never input: the type of a
// label cannot be made from a std::string (reliability, bad input 74).
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace weir::metrics {

/// A string literal.
class Literal {
 public:
  consteval Literal(const char* text) : text_(text) {}  // NOLINT: implicit by design
  constexpr const char* text() const { return text_; }

 private:
  const char* text_;
};

struct Label {
  consteval Label(const char* label_name, const char* label_value) : name(label_name), value(label_value) {}
  constexpr Label(Literal label_name, std::uint32_t label_number)
      : name(label_name.text()), value(nullptr), number(label_number) {}

  const char* name;
  const char* value;  // nullptr: `number`
  std::uint32_t number = 0;
};
using Labels = std::initializer_list<Label>;

/// Handles are cheap to copy, valid as long as their registry, and thread-safe.
class Counter {
 public:
  void add(double amount = 1) const;

 private:
  friend class Registry;
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  void set(double value) const;
  void add(double amount) const;

 private:
  friend class Registry;
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  prometheus::Gauge* gauge_;
};

class Histogram {
 public:
  void observe(double value) const;

 private:
  friend class Registry;
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  prometheus::Histogram* histogram_;
};

/// Upper bounds in seconds from 100 µs to 10 s.
std::span<const double> latency_buckets_s();
/// Upper bounds in powers of four from 1 to 1,048,576.
std::span<const double> size_buckets();

/// What a collector writes its figures to, during one scrape.
class Samples {
 public:
  virtual ~Samples() = default;
  /// A total since start.
  virtual void counter(Literal name, Literal help, double value, Labels labels = {}) = 0;
  /// A figure of this moment.
  virtual void gauge(Literal name, Literal help, double value, Labels labels = {}) = 0;
};

/// Thread-safe.
class Registry {
 public:
  using Collect = std::function<void(Samples&)>;

  /// Starts with the `process_*` figures of this process.
  Registry();
  ~Registry();

  /// The same name and labels give the same metric again; one name has one kind and one help text (else a check fails).
  Counter counter(Literal name, Literal help, Labels labels = {});
  Gauge gauge(Literal name, Literal help, Labels labels = {});
  Histogram histogram(Literal name, Literal help, std::span<const double> buckets, Labels labels = {});

  /// `collect` is called by every render(), from its thread; what it reads must live as long as the registry.
  void add_collector(Collect collect);

  /// The Prometheus text format (version 0.0.4).
  std::string render() const;
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::metrics
