// The strings that cells of a workbook name by number (xl/sharedStrings.xml), however many.
#pragma once

#include "stream/ingest/paged_bytes.hpp"
#include "stream/ingest/rich_text.hpp"

namespace weir::ingest {

/// Told of the part's elements first, asked then. Holds some 26 MiB at most, the rest in `folder`. Not thread-safe.
class SharedStrings final : public XmlHandler {
 public:
  static constexpr std::uint64_t count_max = 1 << 24;

  explicit SharedStrings(const std::filesystem::path& folder) : text_(folder), ends_(folder) {}

  /// Valid until the next call; nothing: there is no such string. Errors: storage_failed, storage_full.
  Result<std::optional<std::string_view>> find(std::uint64_t index);

 private:
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override;
  Result<void> end(std::string_view name) override;
  Result<void> text(std::string_view piece) override { return at_hand_.text(piece); }
  Result<std::uint64_t> end_of(std::uint64_t index);

  PagedBytes text_;
  PagedBytes ends_;  // eight bytes each: where the string ends in text_
  RichText at_hand_;
  std::size_t depth_ = 0;
};

}  // namespace weir::ingest
