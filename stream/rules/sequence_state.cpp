#include "stream/rules/sequence_state.hpp"

#include <algorithm>

namespace weir::rules {

bool SequenceState::take(const Event& event, const Facts& facts) {
  pass(event.timestamp);
  if (!waiting_.empty() && sequence_->never_after->takes(event, facts)) waiting_.clear();
  bool is_complete = false;
  // From the last step to the first: no event is two steps of one match.
  for (std::size_t step = sequence_->steps.size(); step-- > 0;)
    is_complete = advance(step, event, facts) || is_complete;
  if (is_complete && sequence_->skip_past) let_go();
  return is_complete;
}

/// What has come as far as `step` steps; true: the event is the last one.
bool SequenceState::advance(std::size_t step, const Event& event, const Facts& facts) {
  const Sequence::Step& next = sequence_->steps[step];
  std::optional<Time> began = step == 0 ? std::optional{event.timestamp} : began_[step];
  if (!began) return false;
  const bool is_strict = sequence_->contiguity == Sequence::Contiguity::strict;
  const bool is_lost = next.never && next.never->takes(event, facts);
  const bool is_next = !is_lost && next.event.takes(event, facts);
  if (step > 0 &&
      (is_lost || (is_next && sequence_->contiguity != Sequence::Contiguity::any) || (is_strict && !is_next))) {
    began_[step].reset();
  }
  if (!is_next) return false;
  if (step + 1 < began_.size()) {
    began_[step + 1] = std::max(began_[step + 1].value_or(*began), *began);
    return false;
  }
  if (!sequence_->never_after) return true;
  waiting_.insert(*began + sequence_->within);
  return false;
}

std::optional<Time> SequenceState::due() const {
  return waiting_.empty() ? std::nullopt : std::optional{*waiting_.begin()};
}

void SequenceState::end() { sequence_->skip_past ? let_go() : static_cast<void>(waiting_.erase(waiting_.begin())); }

void SequenceState::pass(Time now) {
  for (auto& began : began_) {
    if (began && now - *began > sequence_->within) began.reset();
  }
}

std::size_t SequenceState::held() const {
  const auto open = std::count_if(began_.begin(), began_.end(), [](const auto& began) { return began.has_value(); });
  return static_cast<std::size_t>(open) + waiting_.size();
}

void SequenceState::let_go() {
  std::fill(began_.begin(), began_.end(), std::nullopt);
  waiting_.clear();
}

}  // namespace weir::rules
