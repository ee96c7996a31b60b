// An iCalendar file of holidays: whatever stands in it, it is read within bounds, and the same twice.
#include <cstdint>
#include <string_view>

#include "schemas/base/check.hpp"
#include "schemas/calendar/imported_holidays.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir;
  static const auto zone = Zone::find("America/Sao_Paulo");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ImportedHolidays found = import_holidays(text, zone ? *zone : Zone::utc());
  WEIR_CHECK(found.dates.size() <= 10'000 && found.left_out.size() <= 100, "what is told is bounded");
  WEIR_CHECK(import_holidays(text, zone ? *zone : Zone::utc()).dates == found.dates, "reading changes nothing");
  return 0;
}
