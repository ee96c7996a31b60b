// Bad inputs 80 and 81 (reliability.md, "uploads").
#include "stream/ingest/zip_archive.hpp"

#include <gtest/gtest.h>

#include "tests/support/making_xlsx.hpp"

namespace weir::ingest {
namespace {

/// The content of an entry, or why there is none.
Result<std::string> content_of(std::string_view bytes, std::string_view name) {
  MemoryBytes file(bytes);
  const auto archive = ZipArchive::open(file);
  if (!archive) return archive.error();
  const auto* entry = archive->find(name);
  if (entry == nullptr) return Error{Code::not_found, ""};
  ZipEntryReader reader(file, *entry);
  std::string content;
  for (;;) {
    const auto piece = reader.next();
    if (!piece) return piece.error();
    if (piece->empty()) return content;
    content.append(piece->data(), piece->size());
  }
}

std::optional<Code> fault_of(const std::vector<MadeEntry>& entries, const ArchiveForm& form = {}) {
  const auto content = content_of(zip_of(entries, form), "a");
  return content ? std::nullopt : std::optional(content.error().code);
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919);
  return text;
}

TEST(ZipArchive, ReadsWhatItsWriterPutIn) {
  const auto text = long_text();
  for (const ArchiveForm& form :
       {ArchiveForm{}, {.sizes_follow = true}, {.wide = true}, {.comment = "PK\x05\x06 a comment"}}) {
    const auto bytes = zip_of({{"first", "1"}, {"Folder/Part.XML", text}, {"stored", text, false}, {"none", ""}}, form);
    EXPECT_EQ(content_of(bytes, "folder/part.xml").value(), text);
    EXPECT_EQ(content_of(bytes, "stored").value(), text);
    EXPECT_EQ(content_of(bytes, "NONE").value(), "");
    EXPECT_EQ(content_of(bytes, "other").error().code, Code::not_found);
  }
}

TEST(ZipArchive, RefusesACutWhereverItIs) {
  const auto bytes = zip_of({{"a", "some text"}, {"b", "more"}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(content_of(std::string_view(bytes).substr(0, size), "a").error().code, Code::bad_archive) << size;
  }
  EXPECT_EQ(content_of(bytes + "x", "a").error().code, Code::bad_archive);
  EXPECT_EQ(content_of("x" + bytes, "a").error().code, Code::bad_archive);
}

TEST(ZipArchive, NeverReadsOtherContentFromAChangedByte) {
  const auto bytes = zip_of({{"a", "some text, some text"}});
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int bit : {1, 0x80}) {
      auto changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ bit);
      const auto content = content_of(changed, "a");
      EXPECT_TRUE(!content || *content == "some text, some text") << at;
    }
  }
}

TEST(ZipArchive, RefusesABombByItsRatioBeforeInflating) {
  EXPECT_EQ(fault_of({{"a", "x"}, {"bomb", std::string(20 << 20, '0')}}), Code::decompression_limit);
  EXPECT_EQ(fault_of({{"a", std::string(9 << 20, '0')}}), std::nullopt) << "so much is no danger";
}

TEST(ZipArchive, RefusesWhatWouldInflateBeyondTwoGibibytes) {
  EXPECT_EQ(fault_of({{"a", long_text()}, {.name = "b", .content = "x", .told_bytes = 0xFFFFFFF0}}),
            Code::decompression_limit);
}

TEST(ZipArchive, NeverInflatesMoreThanTheDirectoryTells) {
  EXPECT_EQ(fault_of({{.name = "a", .content = std::string(5 << 20, '0'), .told_bytes = 1000}}), Code::bad_archive);
  EXPECT_EQ(fault_of({{.name = "a", .content = "text", .told_bytes = 5}}), Code::bad_archive);
}

TEST(ZipArchive, RefusesEntriesThatOverlap) {
  // Two names for one stream, as David Fifield's bombs have thousands.
  const auto text = long_text();
  EXPECT_EQ(fault_of({{"a", text}, {.name = "a", .content = text, .told_at = 0}}), Code::decompression_limit);
}

TEST(ZipArchive, RefusesNamesThatLeadOut) {
  for (const std::string name : {"../a", "x/../../a", "/etc/passwd", "..", "C:a", "x\\y", "x/..", ""}) {
    EXPECT_EQ(fault_of({{"a", "x"}, {name, "y"}}), Code::bad_archive) << name;
  }
  EXPECT_EQ(fault_of({{"a", "x"}, {"..a/b..", "y"}}), std::nullopt);
}

TEST(ZipArchive, RefusesLinksAndDevices) {
  constexpr std::uint16_t on_unix = 3 << 8;
  EXPECT_EQ(fault_of({{.name = "a", .content = "/etc/passwd", .made_by = on_unix, .attributes = 0120777U << 16}}),
            Code::bad_archive);
  EXPECT_EQ(fault_of({{.name = "a", .content = "", .made_by = on_unix, .attributes = 0020666U << 16}}),
            Code::bad_archive);
  EXPECT_EQ(fault_of({{.name = "a", .content = "x", .made_by = on_unix, .attributes = 0100644U << 16}}), std::nullopt);
}

TEST(ZipArchive, RefusesANameThatComesTwice) {
  EXPECT_EQ(fault_of({{"a", "x"}, {"a", "x"}}), Code::bad_archive);
  EXPECT_EQ(fault_of({{"a", "x"}, {"A", "x"}}), Code::bad_archive) << "parts are named without regard to case";
}

TEST(ZipArchive, RefusesAHeaderThatIsNotWhatTheDirectorySays) {
  EXPECT_EQ(fault_of({{.name = "a", .content = "x", .name_in_header = "b"}}), Code::bad_archive);
  EXPECT_EQ(fault_of({{.name = "a", .content = "x", .told_checksum = 7}}), Code::bad_archive);
  EXPECT_EQ(fault_of({{"a", "x"}, {.name = "b", .content = "x", .told_at = 3}}), Code::bad_archive);
  EXPECT_EQ(fault_of({{"a", "x"}, {.name = "b", .content = "x", .told_at = 0x7FFFFFFF}}), Code::bad_archive);
}

TEST(ZipArchive, RefusesEncryptedEntries) {
  for (const int bit : {0, 6, 13}) {
    EXPECT_EQ(fault_of({{.name = "a", .content = "x", .flags = static_cast<std::uint16_t>(1 << bit)}}),
              Code::bad_archive);
  }
}

TEST(ZipArchive, RefusesTooManyEntries) {
  std::vector<MadeEntry> entries{{"a", "x"}};
  for (std::size_t i = 1; i < ZipArchive::entries_max; ++i) entries.push_back({std::to_string(i), "", false});
  EXPECT_EQ(fault_of(entries), std::nullopt);
  entries.push_back({"more", "", false});
  EXPECT_EQ(fault_of(entries), Code::bad_archive);
}

}  // namespace
}  // namespace weir::ingest
