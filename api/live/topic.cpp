#include "api/live/topic.hpp"

#include "schemas/codec/json_writer.hpp"
#include "stream/asking/elsewhere.hpp"

namespace weir::live {
namespace {

/// The rest of a message that begins with `{"ref":1,"type":"delta",`.
Shared delta_body(std::uint64_t previous, std::uint64_t seq, std::string_view data) {
  auto body = std::make_shared<std::string>();
  body->append("\"prev\":").append(std::to_string(previous)).append(",\"seq\":").append(std::to_string(seq));
  body->append(",\"data\":").append(data).push_back('}');
  return body;
}

/// `"epoch":"…","seq":57,"recovered":false` and on.
std::string standing_text(const std::string& epoch, std::uint64_t seq, bool recovered) {
  std::string text = "\"epoch\":";
  append_json_string(text, epoch);
  text.append(",\"seq\":").append(std::to_string(seq));
  return text.append(recovered ? ",\"recovered\":true" : ",\"recovered\":false");
}

}  // namespace

Topic::Topic(Question question, std::string epoch, const Clock& clock, TopicLimits limits)
    : question_(std::move(question)),
      epoch_(std::move(epoch)),
      clock_(clock),
      limits_(limits),
      document_(shape_of(question_.channel)) {}

Topic::~Topic() = default;

// ---- computing ------------------------------------------------------------------------------------------------------

Topic::Step Topic::follow() {
  const Time began = clock_.now();
  const auto reading = source_->follow();
  if (!reading) return fail(reading.error());
  if (!*reading) return Step::must_load;
  const Reading& read = **reading;
  const std::lock_guard lock{mutex_};
  if (read.answer.empty()) return keep(false, began);
  return keep(
      read.whole ? document_.replace(read.answer, seq_ + 1) : document_.update(read.answer, read.looked_at, seq_ + 1),
      began);
}

Topic::Step Topic::load() {
  const Time began = clock_.now();
  const auto answer = source_->load();
  if (!answer) return fail(answer.error());
  const std::lock_guard lock{mutex_};
  return keep(document_.replace(*answer, seq_ + 1), began);
}

/// Under mutex_.
Topic::Step Topic::keep(const Result<bool>& differs, Time began) {
  if (!differs) {
    error_ = differs.error();
    wake_all();
    return Step::failed;
  }
  compared_ = to_micros(began);
  const bool was_stale = std::exchange(stale_, false);
  if (*differs) {
    ++seq_;
    snapshot_.reset();
    if (seq_ > 1) keep_recent(document_.since(seq_ - 1));
  }
  if (*differs || was_stale) wake_all();
  return *differs ? Step::changed : Step::unchanged;
}

Topic::Step Topic::fail(const Error& error) {
  const std::lock_guard lock{mutex_};
  if (seq_ > 0 && asking::may_be_asked_again(error.code)) return Step::later;
  return keep(error, {});
}

void Topic::keep_recent(const std::optional<std::string>& data) {
  if (!data) return recent_.clear();  // more went than can be told: whoever stands before begins anew
  Recent recent{seq_, delta_body(seq_ - 1, seq_, *data), 0};
  kept_bytes_ += recent.body->size();
  recent.end_bytes = kept_bytes_;
  recent_.push_back(std::move(recent));
  const auto begin_bytes = [this] { return recent_.front().end_bytes - recent_.front().body->size(); };
  while (recent_.size() > limits_.recent_max || kept_bytes_ - begin_bytes() > limits_.recent_bytes_max) {
    recent_.pop_front();
    if (recent_.empty()) break;
  }
}

void Topic::wake_all() {
  for (const auto& [number, socket] : sockets_) socket->wake();
}

// ---- subscribers ----------------------------------------------------------------------------------------------------

std::uint64_t Topic::enter(std::shared_ptr<net::WebSocket> socket) {
  const std::lock_guard lock{mutex_};
  sockets_.emplace(next_number_, std::move(socket));
  ++subscribers_;
  return next_number_++;
}

void Topic::leave(std::uint64_t number) {
  const std::lock_guard lock{mutex_};
  subscribers_ -= sockets_.erase(number);
}

void Topic::set_stale() {
  const std::lock_guard lock{mutex_};
  stale_ = true;
}

std::uint64_t Topic::seq() const {
  const std::lock_guard lock{mutex_};
  return seq_;
}

bool Topic::has_next(const Place& place) const {
  const std::lock_guard lock{mutex_};
  if (error_) return true;
  return seq_ > 0 && !stale_ && (place.begins || place.seq != seq_);
}

std::size_t Topic::size_bytes() const {
  const std::lock_guard lock{mutex_};
  const std::size_t recent =
      recent_.empty() ? 0 : kept_bytes_ - recent_.front().end_bytes + recent_.front().body->size();
  return document_.size_bytes() + recent + (snapshot_ ? snapshot_->size() : 0);
}

/// Every delta after `seq` is kept.
bool Topic::recent_covers(std::uint64_t seq) const {
  return seq == seq_ || (!recent_.empty() && seq + 1 >= recent_.front().seq && seq < seq_);
}

std::optional<Told> Topic::next(Place& place) {
  const std::lock_guard lock{mutex_};
  if (error_) return Told{Told::Kind::failed, nullptr, false, *error_};
  if (seq_ == 0 || stale_) return std::nullopt;
  if (place.begins) {
    if (auto resumed = told_resumed(place)) return resumed;
    return told_snapshot(place);
  }
  if (place.seq == seq_) return std::nullopt;
  const bool apart = recent_covers(place.seq);
  if (!conflates(question_.channel)) {
    if (!apart || place.conflate) return Told{Told::Kind::snapshot_required, nullptr, false};
  } else {
    const auto first =
        apart ? recent_.begin() + static_cast<std::ptrdiff_t>(place.seq + 1 - recent_.front().seq) : recent_.end();
    const bool little = apart && seq_ - place.seq <= limits_.apart_max &&
                        kept_bytes_ - first->end_bytes + first->body->size() <= limits_.apart_bytes_max;
    if (const bool at_once = std::exchange(place.conflate, false); at_once || !little) {
      const auto data = document_.since(place.seq);
      if (!data) return told_snapshot(place);
      Told told{Told::Kind::delta, delta_body(place.seq, seq_, *data), seq_ - place.seq > 1};
      place.seq = seq_;
      return told;
    }
  }
  const Recent& recent = recent_[place.seq + 1 - recent_.front().seq];
  place.seq = recent.seq;
  return Told{Told::Kind::delta, recent.body, false};
}

Told Topic::told_snapshot(Place& place) {
  if (snapshot_ == nullptr) {
    std::string text = standing_text(epoch_, seq_, false) + ",\"data\":" + document_.whole();
    text.push_back('}');
    snapshot_ = std::make_shared<const std::string>(std::move(text));
  }
  place.seq = seq_;
  place.begins = place.conflate = false;
  return {Told::Kind::snapshot, snapshot_, false};
}

/// Nothing if what the client holds is of no use here.
std::optional<Told> Topic::told_resumed(Place& place) {
  const auto resume = std::exchange(place.resume, std::nullopt);
  if (!resume || resume->epoch != epoch_ || resume->seq == 0 || resume->seq > seq_) return std::nullopt;
  if (!recent_covers(resume->seq) && !(conflates(question_.channel) && document_.since(resume->seq))) {
    return std::nullopt;
  }
  place.seq = resume->seq;
  place.begins = false;
  auto text = std::make_shared<std::string>(standing_text(epoch_, resume->seq, true));
  text->push_back('}');
  return Told{Told::Kind::recovered, std::move(text), false};
}

}  // namespace weir::live
