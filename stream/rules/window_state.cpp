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
  pass(at);
  times_.push_back(at);
  if (!counts_alone(window_->aggregate)) {
    values_.push_back(std::move(value));
    if (held() > window_values_max) {
      spilled_ = oldest();
      let_go(1);
    }
  }
  if (window_->kind != Window::Kind::count || held() < window_->size) return {};
  Value result = result_before(Time::max());
  let_go(held());
  return result;
}

std::optional<Time> WindowState::due() const {
  if (held() == 0) return {};
  if (window_->kind == Window::Kind::tumbling) return end_around(oldest(), window_->length);
  return window_->kind == Window::Kind::session ? std::optional{times_.back() + window_->length} : std::nullopt;
}

Value WindowState::end() {
  // An event at the very end of a session belongs to it; at that of a tumbling window to the next.
  const Time end = window_->kind == Window::Kind::session ? Time::max() : *due();
  Value result = result_before(end);
  let_go_until(end - Duration{1});
  spilled_.reset();
  return result;
}

Value WindowState::result(Time at) {
  pass(at);
  return result_before(Time::max());
}

void WindowState::pass(Time now) {
  if (window_->kind == Window::Kind::count) {
    if (held() > 0 && now - oldest() > window_->length) let_go(held());
  } else if (window_->kind == Window::Kind::sliding) {
    let_go_until(now - window_->length);
    if (spilled_ && now - *spilled_ >= window_->length) spilled_.reset();
  }
}

Value WindowState::result_before(Time end) const {
  const auto first = times_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto count = std::lower_bound(first, times_.end(), end) - first;
  if (window_->aggregate == Aggregate::count) return Value{static_cast<std::int64_t>(count)};
  if (window_->aggregate == Aggregate::rate) return rate_of(count, window_->per, window_->length);
  if (spilled_) return {};
  return aggregate(window_->aggregate, std::span{values_}.subspan(first_, static_cast<std::size_t>(count)));
}

void WindowState::let_go_until(Time time) {
  const auto first = times_.begin() + static_cast<std::ptrdiff_t>(first_);
  let_go(static_cast<std::size_t>(std::upper_bound(first, times_.end(), time) - first));
}

void WindowState::let_go(std::size_t events) {
  first_ += events;
  if (first_ <= times_.size() / 2) return;
  const auto gone = static_cast<std::ptrdiff_t>(first_);
  times_.erase(times_.begin(), times_.begin() + gone);
  if (!values_.empty()) values_.erase(values_.begin(), values_.begin() + gone);
  first_ = 0;
}

}  // namespace weir::rules
