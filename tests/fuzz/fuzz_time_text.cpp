// One time as a file may spell it: what is read is the same however often it is read, and an order is never guessed.
#include <cstdint>
#include <string_view>

#include "schemas/base/check.hpp"
#include "stream/ingest/time_text.hpp"

namespace {

using namespace weir;
using namespace weir::ingest;

void check(std::string_view text, std::optional<Zone> zone) {
  TimeHabits habits;
  habits.learn(text);
  TimeReader reader(zone, habits);
  const ParsedTime first = reader.read(text);
  const ParsedTime second = reader.read(text);
  WEIR_CHECK(first.fault == second.fault && first.time == second.time, "reading a time changes nothing");
  if (zone) WEIR_CHECK(first.fault != TimeFault::no_zone, "a declared zone is used");
  if (!zone && first.fault == TimeFault::none) {
    TimeReader zoned(Zone::utc(), habits);
    WEIR_CHECK(zoned.read(text).time == first.time, "a time with an offset needs no zone");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto athens = Zone::find("Europe/Athens");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text, std::nullopt);
  check(text, Zone::utc());
  if (athens) check(text, *athens);
  is_time_text(text);
  return 0;
}
