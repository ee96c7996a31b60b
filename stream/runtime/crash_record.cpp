#include "stream/runtime/crash_record.hpp"

#include <algorithm>
#include <utility>

#include "state/format/codec.hpp"

namespace weir::runtime {
namespace {

constexpr std::uint8_t version = 1;

}  // namespace

CrashRecord::CrashRecord(store::MarkerFile* mark) : mark_(mark) {
  if (mark_ == nullptr) return;
  const std::string bytes = mark_->read();
  format::Decoder in{bytes};
  if (in.byte() != version) return;
  starts_ = in.number();
  const bool died_inside = in.byte() == 1;
  deaths_ = in.number() + (died_inside ? 1 : 0);
  offset_ = in.number();
  suspect_ = in.text();
  if (!in.ok() || !in.at_end()) starts_ = deaths_ = 0;
  if (starts_ >= starts_max || deaths_ > 0) steps_left_ = steps_max;
}

void CrashRecord::mark() {
  if (forgiven_ || mark_ == nullptr) return;
  std::string bytes;
  format::Encoder out{bytes};
  out.byte(version);
  out.number(starts_);
  out.byte(inside_ ? 1 : 0);
  out.number(deaths_);
  out.number(offset_);
  out.text(suspect_);
  mark_->write(bytes);
}

bool CrashRecord::blames(const std::string& workspace, std::uint64_t offset) const {
  return deaths_ >= deaths_max && offset == offset_ && workspace == suspect_;
}

void CrashRecord::taking(const std::string& workspace, std::uint64_t offset) {
  if (counted_ && !single_step()) return;
  const std::lock_guard lock{mutex_};
  if (!std::exchange(counted_, true)) ++starts_;
  if (single_step()) {
    if (offset != offset_ || workspace != suspect_) deaths_ = 0;
    suspect_ = workspace;
    offset_ = offset;
    inside_ = true;
  }
  mark();
}

void CrashRecord::committed() {
  const std::lock_guard lock{mutex_};
  if (starts_ == 0 && !inside_) return;
  starts_ = deaths_ = 0;
  inside_ = false;
  if (steps_left_ > 0) --steps_left_;
  mark();
}

void CrashRecord::forgive() {
  const std::lock_guard lock{mutex_};
  if (counted_ && starts_ > 0) --starts_;
  inside_ = false;
  // A record that is blamed still cannot be left out: the next start, of another version maybe, tries it once more.
  deaths_ = std::min(deaths_, deaths_max - 1);
  mark();
  forgiven_ = true;
}

}  // namespace weir::runtime
