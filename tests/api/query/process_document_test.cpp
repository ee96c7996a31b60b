#include "api/query/process_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::query {
namespace {

using testing::ElementsAre;

std::vector<std::string> faults_of(std::string_view body) {
  const auto parsed = parse_settings_document(body);
  std::vector<std::string> pointers;
  if (!parsed) return {"unreadable"};
  for (const DocumentFault& fault : parsed->faults) pointers.push_back(fault.pointer);
  return pointers;
}

TEST(ProcessDocument, WhatIsWrittenReadsBack) {
  const auto parsed = parse_settings_document(
      R"({"completion":{"end_activities":["sent","\u00e9"],"inactivity_s":90},"zone":"Europe/Berlin","retain_s":7200,
          "retention":"archive"})");
  ASSERT_TRUE(parsed);
  ASSERT_TRUE(parsed->faults.empty());
  EXPECT_THAT(parsed->settings.end_activities, ElementsAre("sent", "é"));
  EXPECT_EQ(parsed->settings.inactivity_micros, 90'000'000);
  EXPECT_EQ(parsed->settings.retain_micros, 7'200'000'000);
  EXPECT_TRUE(parsed->settings.archives);
  std::string written;
  JsonWriter json(written);
  json.begin_object();
  write_settings(json, parsed->settings);
  json.end_object();
  const auto again = parse_settings_document(written);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->settings, parsed->settings);
  EXPECT_EQ(etag_of(again->settings), etag_of(parsed->settings));
}

TEST(ProcessDocument, AnEmptyOneIsTheDefault) {
  for (const char* body : {"{}", R"({"completion":null})", R"({"completion":{}})"}) {
    const auto parsed = parse_settings_document(body);
    ASSERT_TRUE(parsed && parsed->faults.empty()) << body;
    EXPECT_EQ(parsed->settings, runtime::ProcessSettings{}) << body;
  }
  EXPECT_NE(etag_of({}), etag_of({{"a"}, {}, "UTC"}));
  EXPECT_NE(etag_of({{"a"}, {}, "UTC", 1}), etag_of({{"a"}, {}, "UTC", 1, true}));
}

TEST(ProcessDocument, EveryFaultIsTold) {
  EXPECT_THAT(faults_of("[]"), ElementsAre(""));
  EXPECT_THAT(faults_of(R"({"zone":"UTC","zone":"UTC"})"), ElementsAre(""));
  EXPECT_THAT(faults_of(R"({"zone":"Nowhere/X","completion":[]})"), ElementsAre("/zone", "/completion"));
  EXPECT_THAT(faults_of(R"({"completion":{"end_activities":"a","inactivity_s":1.5}})"),
              ElementsAre("/completion/end_activities", "/completion/inactivity_s"));
  EXPECT_THAT(
      faults_of(R"({"completion":{"end_activities":["a","a",7,""]}})"),
      ElementsAre("/completion/end_activities/1", "/completion/end_activities/2", "/completion/end_activities/3"));
  for (const char* retain : {"3599", "3155760001", "\"1\"", "3600.5"}) {
    const std::string body = R"({"completion":{"inactivity_s":60},"retain_s":)" + std::string{retain} + "}";
    EXPECT_THAT(faults_of(body), ElementsAre("/retain_s")) << body;
  }
  EXPECT_THAT(faults_of(R"({"retain_s":3600})"), ElementsAre("/retain_s"));         // nothing would ever be complete
  EXPECT_THAT(faults_of(R"({"retention":"archive"})"), ElementsAre("/retention"));  // nothing would ever be archived
  EXPECT_THAT(faults_of(R"({"retention":"keep"})"), ElementsAre("/retention"));
  EXPECT_THAT(faults_of(R"({"retention":"remove"})"), ElementsAre());
  EXPECT_THAT(faults_of("{"), ElementsAre("unreadable"));
}

}  // namespace
}  // namespace weir::query
