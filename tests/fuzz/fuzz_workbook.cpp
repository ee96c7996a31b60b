// The parts of a workbook, packed into a sound archive: what is wrong with them is told, whatever it is. Damaged
// archives are fuzz_file_reader's.
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/check.hpp"
#include "stream/ingest/file_reader.hpp"
#include "tests/support/making_xlsx.hpp"

namespace {

using namespace weir;
using namespace weir::ingest;

struct Counted final : EventSink {
  void event(const EventView& view) override {
    WEIR_CHECK(!view.case_id.empty() && !view.activity.empty(), "an event is whole");
    ++count;
  }
  std::uint64_t count = 0;
};

/// What stands before the next line of `---`.
std::string take_part(std::string_view& input) {
  constexpr std::string_view separator = "\n---\n";
  const auto end = input.find(separator);
  std::string part(input.substr(0, end));
  input.remove_prefix(end == std::string_view::npos ? input.size() : end + separator.size());
  return part;
}

}  // namespace

/// Rows, strings, formats and properties of the workbook, apart by lines of `---`.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  MadeWorkbook made;
  made.rows = take_part(input);
  made.strings = take_part(input);
  made.formats = take_part(input);
  made.properties = take_part(input);
  const std::string bytes = xlsx_of(made, {.is_stored = true});
  FileOptions options;
  options.zone = Zone::utc();
  Counted counted;
  FileReader reader(options, counted);
  MemoryBytes file(bytes);
  const auto read = reader.read(file);
  WEIR_CHECK(read.ok() || !reader.errors().kept().empty(), "a failure is the last of the errors");
  WEIR_CHECK(reader.facts().events == counted.count && counted.count <= reader.facts().rows, "every event is counted");
  return 0;
}
