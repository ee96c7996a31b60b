#include "api/metrics/registry.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "api/metrics/process.hpp"
#include "schemas/base/check.hpp"

namespace weir::metrics {
namespace {

std::string value_of(const Label& label) {
  return label.value != nullptr ? std::string(label.value) : std::to_string(label.number);
}

prometheus::Labels to_map(Labels labels) {
  prometheus::Labels map;
  for (const auto& label : labels) map.emplace(label.name, value_of(label));
  return map;
}

// What the library reports by throwing is a name or label that the source has wrong.
template <class Make>
auto& checked(Make make) {
  try {
    return make();
  } catch (const std::exception& error) {
    check_failed("a metric with a valid name of its own", error.what(), __FILE__, __LINE__);
  }
}

// The families that collectors give during one scrape, samples of one name together whoever gave them.
class Families final : public Samples {
 public:
  void counter(Literal name, Literal help, double value, Labels labels) override {
    add(name, help, prometheus::MetricType::Counter, labels).counter.value = value;
  }
  void gauge(Literal name, Literal help, double value, Labels labels) override {
    add(name, help, prometheus::MetricType::Gauge, labels).gauge.value = value;
  }
  void move_into(std::vector<prometheus::MetricFamily>& families) {
    for (auto& [name, family] : by_name_) families.push_back(std::move(family));
  }

 private:
  prometheus::ClientMetric& add(Literal name, Literal help, prometheus::MetricType type, Labels labels) {
    auto [found, is_new] = by_name_.try_emplace(name.text());
    auto& family = found->second;
    if (is_new) family = {name.text(), help.text(), type, {}};
    WEIR_CHECK(family.type == type, "two kinds of metric under one name");
    auto& metric = family.metric.emplace_back();
    for (const auto& label : labels) metric.label.push_back({label.name, value_of(label)});
    return metric;
  }

  std::map<std::string, prometheus::MetricFamily> by_name_;
};

}  // namespace

struct Registry::Impl {
  prometheus::Registry pushed;
  mutable std::mutex mutex;
  std::vector<Collect> collectors;  // under mutex
};

void Counter::add(double amount) const { counter_->Increment(amount); }
void Gauge::set(double value) const { gauge_->Set(value); }
void Gauge::add(double amount) const { gauge_->Increment(amount); }
void Histogram::observe(double value) const { histogram_->Observe(value); }

std::span<const double> latency_buckets_s() {
  static constexpr double bounds[] = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                      0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
  return bounds;
}

std::span<const double> size_buckets() {
  static constexpr double bounds[] = {1, 4, 16, 64, 256, 1'024, 4'096, 16'384, 65'536, 262'144, 1'048'576};
  return bounds;
}

Registry::Registry() : impl_(std::make_unique<Impl>()) { add_collector(collect_process); }
Registry::~Registry() = default;

Counter Registry::counter(Literal name, Literal help, Labels labels) {
  return Counter(checked([&]() -> auto& {
    return prometheus::BuildCounter().Name(name.text()).Help(help.text()).Register(impl_->pushed).Add(to_map(labels));
  }));
}

Gauge Registry::gauge(Literal name, Literal help, Labels labels) {
  return Gauge(checked([&]() -> auto& {
    return prometheus::BuildGauge().Name(name.text()).Help(help.text()).Register(impl_->pushed).Add(to_map(labels));
  }));
}

Histogram Registry::histogram(Literal name, Literal help, std::span<const double> buckets, Labels labels) {
  return Histogram(checked([&]() -> auto& {
    return prometheus::BuildHistogram()
        .Name(name.text())
        .Help(help.text())
        .Register(impl_->pushed)
        .Add(to_map(labels), prometheus::Histogram::BucketBoundaries(buckets.begin(), buckets.end()));
  }));
}

void Registry::add_collector(Collect collect) {
  const std::lock_guard lock(impl_->mutex);
  impl_->collectors.push_back(std::move(collect));
}

std::string Registry::render() const {
  std::vector<Collect> collectors;
  {
    const std::lock_guard lock(impl_->mutex);
    collectors = impl_->collectors;
  }
  Families collected;
  for (const auto& collect : collectors) collect(collected);
  auto families = impl_->pushed.Collect();
  collected.move_into(families);
  std::ranges::sort(families, {}, &prometheus::MetricFamily::name);
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}  // namespace weir::metrics
