#include "stream/asking/pins.hpp"

#include <algorithm>
#include <cstring>

#include "schemas/base/event.hpp"
#include "schemas/base/fair_queue.hpp"
#include "state/format/keys.hpp"
#include "stream/replica/rows.hpp"

namespace weir::asking {
namespace {

/// Nobody who was not told it can name it.
Hash128 random_number() {
  const std::string bytes = crypto::random_bytes(sizeof(Hash128));
  Hash128 number;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

Error foreign() { return {Code::forbidden, "rows of another workspace were asked for"}; }

Result<void> read_keys(const store::Reader& rows, const Keys& wanted, std::size_t bytes_max, Answer& answer) {
  constexpr std::size_t keys_at_once = 16;
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < wanted.keys.size();) {
    const std::size_t end = std::min(at + keys_at_once, wanted.keys.size());
    const auto first = wanted.keys.begin();
    auto found = rows.multi_get({first + static_cast<std::ptrdiff_t>(at), first + static_cast<std::ptrdiff_t>(end)});
    if (!found) return found.error();
    for (auto& value : *found) {
      bytes += value ? value->size() : 0;
      answer.values.push_back(std::move(value));
    }
    at = end;
    answer.more = at < wanted.keys.size();
    if (bytes >= bytes_max) break;
  }
  return {};
}

Result<void> read_range(const store::Reader& rows, const Range& wanted, std::size_t bytes_max, Answer& answer) {
  std::size_t bytes = 0;
  const auto take = [&](std::string_view key, std::string_view value) {
    answer.more = bytes >= bytes_max;
    if (answer.more) return false;
    bytes += key.size() + value.size();
    answer.rows.emplace_back(key, value);
    return true;
  };
  return wanted.backwards ? rows.scan_backwards(wanted.from, wanted.to, take) : rows.scan(wanted.from, wanted.to, take);
}

/// Whether nothing that it names lies outside of the prefix.
bool lies_within(const Keys& wanted, const std::string& prefix) {
  return std::all_of(wanted.keys.begin(), wanted.keys.end(),
                     [&](const std::string& key) { return key.starts_with(prefix); });
}
bool lies_within(const Range& wanted, const std::string& prefix) {
  return wanted.from.starts_with(prefix) && !wanted.to.empty() && wanted.to <= store::end_of_prefix(prefix);
}

bool asks_for_its_own(const Question& question) {
  if (!is_plain_name(question.workspace)) return false;
  const std::string prefix = format::Scope{question.workspace}.everything();
  return std::visit([&](const auto& wanted) { return lies_within(wanted, prefix); }, question.wanted);
}

}  // namespace

Pins::Pins(Source source, const Clock& clock, PinOptions options)
    : source_(std::move(source)), clock_(clock), options_(options) {}

Answer Pins::answer(const Question& question) {
  Answer answer;
  answer.nonce = question.nonce;
  let_go(question);
  const auto pin = asks_for_its_own(question) ? find(question, answer.pin) : Result<Pin>{foreign()};
  if (!pin) {
    answer.refused = pin.error();
    return answer;
  }
  answer.lag = pin->lag;
  if (const auto done = read(*pin, question, answer); !done) answer.refused = done.error();
  return answer;
}

Result<void> Pins::read(const Pin& pin, const Question& question, Answer& answer) const {
  const std::size_t bytes_max = std::min(question.bytes_max, options_.page_bytes_max);
  if (const auto* const keys = std::get_if<Keys>(&question.wanted)) {
    return read_keys(*pin.snapshot, *keys, bytes_max, answer);
  }
  return read_range(*pin.snapshot, std::get<Range>(question.wanted), bytes_max, answer);
}

Result<Pins::Pin> Pins::find(const Question& question, Hash128& number) {
  if (!question.pin) return make(question, number);
  const std::lock_guard lock{mutex_};
  const auto known = pins_.find(*question.pin);
  if (known == pins_.end()) return Error{Code::shard_elsewhere, "the snapshot is not kept any more"};
  Pin& pin = known->second;
  if (pin.workspace != question.workspace || pin.shard != question.shard) return foreign();
  pin.read_at = clock_.steady();
  number = known->first;
  return pin;
}

Result<Pins::Pin> Pins::make(const Question& question, Hash128& number) {
  Pin pin{source_.snapshot(question.shard), question.workspace, question.shard, source_.lag(question.shard),
          clock_.steady()};
  if (pin.snapshot == nullptr) return Error{Code::shard_elsewhere, "the shard is not at the node that was asked"};
  const auto includes = replica::settled_offset(*pin.snapshot, question.workspace);
  if (!includes) return includes.error();
  if (*includes < question.includes) return Error{Code::not_caught_up, "its owner has not taken all that was shown"};
  number = random_number();
  const std::lock_guard lock{mutex_};
  const auto of = of_workspace_.find(question.workspace);
  const std::size_t held = of == of_workspace_.end() ? 0 : of->second;
  if (closed_ || !within_fair_share(held, 1, pins_.size(), options_.pins_max)) return Error{Code::overloaded, ""};
  ++of_workspace_[question.workspace];
  return pins_.emplace(number, std::move(pin)).first->second;
}

void Pins::let_go(const Question& question) {
  std::vector<Pin> gone;  // closed without the lock: the last that holds a store closes it
  const std::lock_guard lock{mutex_};
  for (const Hash128& number : question.let_go) {
    if (const auto known = pins_.find(number); known != pins_.end()) remove(known, gone);
  }
}

void Pins::expire() {
  std::vector<Pin> gone;
  const std::lock_guard lock{mutex_};
  const Clock::Steady last = clock_.steady() - options_.lease;
  for (auto at = pins_.begin(); at != pins_.end();) {
    at = at->second.read_at >= last ? std::next(at) : remove(at, gone);
  }
}

/// Under mutex_.
Pins::Numbered::iterator Pins::remove(Numbered::iterator pin, std::vector<Pin>& gone) {
  if (--of_workspace_[pin->second.workspace] == 0) of_workspace_.erase(pin->second.workspace);
  gone.push_back(std::move(pin->second));
  return pins_.erase(pin);
}

void Pins::close() {
  Numbered gone;
  const std::lock_guard lock{mutex_};
  closed_ = true;
  gone.swap(pins_);
  of_workspace_.clear();
}

std::size_t Pins::count() const {
  const std::lock_guard lock{mutex_};
  return pins_.size();
}

}  // namespace weir::asking
