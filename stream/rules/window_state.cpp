#include "stream/rules/window_state.hpp"

#include <algorithm>

namespace weir::rules {
namespace {

/// The end of the tumbling window that the time lies in.
Time end_around(Time at, Duration length) {
  const std::int64_t micros = to_micros(at), size = length.count();
  const std::int64_t behind = (micros % size + size) % size;
  return at + Duration{size - behind};
}

}  // namespace

std::optional<Value> WindowState::take(Time at, Value value) {
  const bool counts = window_->kind == Window::Kind::count;
  pass(at);
  entries_.push_back({at, std::move(value)});
  if (entries_.size() > window_values_max && !counts_alone(window_->aggregate)) {
    spilled_ = entries_.front().at;
    entries_.pop_front();
  }
  if (!counts || entries_.size() < window_->size) return {};
  Value result = result_before(Time::max());
  let_go(entries_.size());
  return result;
}

std::optional<Time> WindowState::due() const {
  if (entries_.empty()) return {};
  if (window_->kind == Window::Kind::tumbling) return end_around(entries_.front().at, window_->length);
  return window_->kind == Window::Kind::session ? std::optional{entries_.back().at + window_->length} : std::nullopt;
}

Value WindowState::end() {
  // An event at the very end of a session belongs to it; at that of a tumbling window to the next.
  const Time end = window_->kind == Window::Kind::session ? Time::max() : *due();
  Value result = result_before(end);
  const auto next = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.at >= end; });
  let_go(static_cast<std::size_t>(next - entries_.begin()));
  spilled_.reset();
  return result;
}

Value WindowState::result(Time at) {
  pass(at);
  return result_before(Time::max());
}

void WindowState::pass(Time now) {
  if (window_->kind == Window::Kind::count) {
    if (!entries_.empty() && now - entries_.front().at > window_->length) let_go(entries_.size());
  } else if (window_->kind == Window::Kind::sliding) {
    const auto first = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return now - entry.at < window_->length; });
    let_go(static_cast<std::size_t>(first - entries_.begin()));
    if (spilled_ && now - *spilled_ >= window_->length) spilled_.reset();
  }
}

Value WindowState::result_before(Time end) const {
  const auto behind =
      std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& entry) { return entry.at < end; }).base();
  const auto count = static_cast<std::int64_t>(behind - entries_.begin());
  if (window_->aggregate == Aggregate::count) return Value{count};
  if (window_->aggregate == Aggregate::rate) return rate_of(count, window_->per, window_->length);
  if (spilled_) return {};
  std::vector<Value> values;
  for (auto at = entries_.begin(); at != behind; ++at) values.push_back(at->value);
  return aggregate(window_->aggregate, values);
}

void WindowState::let_go(std::size_t entries) {
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(entries));
}

}  // namespace weir::rules
