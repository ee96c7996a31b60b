// The 318 parsing files of JSONTestSuite, each with its answer pinned (reliability M2; bad input 51).
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <gtest/gtest.h>

#include "schemas/codec/json_reader.hpp"
#include "tests/schemas/codec/events.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> suite() {
  const fs::path archive = fs::path(WEIR_SOURCE_DIR) / "../shared/data/conformance/JSONTestSuite.tar.gz";
  std::map<std::string, std::string> files;
  if (!fs::exists(archive)) return files;
  const tests::TempFolder folder;
  const std::string unpack = "tar xzf '" + archive.string() + "' -C '" + folder.path().string() + "'";
  if (std::system(unpack.c_str()) != 0) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    if (entry.path().parent_path().filename() != "test_parsing") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().filename()].assign(std::istreambuf_iterator<char>(in), {});
  }
  return files;
}

/// What a body of these bytes is answered: the code of the body, or "accepted".
std::string answer(std::string_view body) {
  const auto events = decode_events(BodyFormat::json, body, tests::at_now);
  return events ? "accepted" : std::string(name_of(events.error().code));
}

std::string expected_of_free_file(const std::string& name) {
  const bool structure = name.starts_with("i_structure_");
  return structure || name.starts_with("i_number_") ? "accepted" : "not_utf8";
}

class JsonTestSuite : public testing::Test {
 protected:
  void SetUp() override {
    if (files_.empty()) GTEST_SKIP() << "the public data is absent";
    ASSERT_EQ(files_.size(), 318U);
  }
  const std::map<std::string, std::string> files_ = suite();
};

TEST_F(JsonTestSuite, AnswersEveryFile) {
  for (const auto& [name, body] : files_) {
    if (name.starts_with("n_")) {
      EXPECT_NE(answer(body), "accepted") << name;
    } else {
      EXPECT_EQ(answer(body), name.starts_with("y_") ? "accepted" : expected_of_free_file(name)) << name;
    }
  }
}

TEST_F(JsonTestSuite, RefusesBadFilesByTheRightName) {
  const std::map<std::string, std::string> special = {
      {"n_single_space.json", "empty_body"},
      {"n_structure_UTF8_BOM_no_data.json", "empty_body"},
      {"n_structure_no_data.json", "empty_body"},
      {"n_structure_100000_opening_arrays.json", "too_deep"},
      {"n_structure_open_array_object.json", "too_deep"},
      {"n_array_a_invalid_utf8.json", "not_utf8"},
      {"n_array_invalid_utf8.json", "not_utf8"},
      {"n_number_invalid-utf-8-in-bigger-int.json", "not_utf8"},
      {"n_number_invalid-utf-8-in-exponent.json", "not_utf8"},
      {"n_number_invalid-utf-8-in-int.json", "not_utf8"},
      {"n_number_real_with_invalid_utf8_after_e.json", "not_utf8"},
      {"n_object_lone_continuation_byte_in_key_and_trailing_comma.json", "not_utf8"},
      {"n_string_1_surrogate_then_escape_u.json", "not_utf8"},
      {"n_string_1_surrogate_then_escape_u1.json", "not_utf8"},
      {"n_string_1_surrogate_then_escape_u1x.json", "not_utf8"},
      {"n_string_incomplete_surrogate.json", "not_utf8"},
      {"n_string_incomplete_surrogate_escape_invalid.json", "not_utf8"},
      {"n_string_invalid-utf-8-in-escape.json", "not_utf8"},
      {"n_string_invalid_utf8_after_escape.json", "not_utf8"},
      {"n_structure_incomplete_UTF8_BOM.json", "not_utf8"},
      {"n_structure_lone-invalid-utf-8.json", "not_utf8"},
      {"n_structure_single_eacute.json", "not_utf8"},
  };
  for (const auto& [name, body] : files_) {
    if (!name.starts_with("n_")) continue;
    const auto found = special.find(name);
    EXPECT_EQ(answer(body), found == special.end() ? "malformed_json" : found->second) << name;
  }
}

TEST_F(JsonTestSuite, RefusesOnlyTheEventWithANumberThatDoesNotFit) {
  int numbers = 0;
  for (const auto& [name, body] : files_) {
    if (!name.starts_with("i_number_")) continue;
    ++numbers;
    const std::string digits = body.substr(1, body.find(']') - 1);
    const std::string both = "[" + tests::event_with("\"n\":" + digits) + "," + tests::event_with("") + "]";
    const auto events = decode_events(BodyFormat::json, both, tests::at_now);
    ASSERT_TRUE(events.ok()) << name;
    EXPECT_EQ(tests::verdict((*events)[0].event), "number_range") << name;
    EXPECT_EQ(tests::verdict((*events)[1].event), "accepted") << name;
  }
  EXPECT_EQ(numbers, 10);
}

TEST_F(JsonTestSuite, RefusesADuplicateKeyAsAnEvent) {
  for (const char* name : {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}) {
    EXPECT_EQ(tests::verdict(tests::decode_one(files_.at(name))), "duplicate_key") << name;
  }
}

}  // namespace
}  // namespace weir
