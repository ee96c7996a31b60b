// Bad inputs 83 to 85 and the meaning of XES (reliability.md, "uploads"; design, "The event").
#include <gtest/gtest.h>

#include "tests/stream/ingest/reading.hpp"

namespace weir::ingest {
namespace {

std::string log_of(const std::string& body) { return "<?xml version=\"1.0\"?>\n<log>\n" + body + "</log>\n"; }

std::string trace(const std::string& name, const std::string& events) {
  return "<trace><string key=\"concept:name\" value=\"" + name + "\"/>" + events + "</trace>\n";
}

std::string event(const std::string& activity, const std::string& time, const std::string& more = "") {
  return "<event><string key=\"concept:name\" value=\"" + activity + "\"/><date key=\"time:timestamp\" value=\"" +
         time + "\"/>" + more + "</event>\n";
}

const std::string good = log_of(trace("1", event("a", "2020-01-01T10:00:00Z")));

TEST(XesInput, RefusesADocumentTypeBeforeItCanDoHarm) {
  const std::string laughs =
      "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;\"><!ENTITY lol3 \"&lol2;&lol2;&lol2;\">]>";
  const std::string blow_up = "<!DOCTYPE log [<!ENTITY a \"" + std::string(50'000, 'a') + "\">]>";
  const std::string external = "<!DOCTYPE log [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
  const std::string parameter = "<!DOCTYPE log [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/x\"> %x;]>";
  for (const auto& type : {laughs, blow_up, external, parameter, std::string("<!DOCTYPE log>"),
                           std::string("<!DOCTYPE log SYSTEM \"log.dtd\">")}) {
    const auto read = read_bytes("<?xml version=\"1.0\"?>" + type + "<log><trace>&lol3;</trace></log>");
    EXPECT_EQ(read.failure, Code::doctype_refused) << type;
    EXPECT_TRUE(read.events.empty());
  }
}

TEST(XesInput, RefusesNestingOfAHundredThousand) {
  std::string text = "<log><trace><event>";
  for (int i = 0; i < 100'000; ++i) text += "<string key=\"k\" value=\"v\">";
  EXPECT_EQ(read_bytes(text).failure, Code::too_deep);
}

TEST(XesInput, RefusesAMillionXmlAttributesOnOneElement) {
  std::string text = "<log><trace><event><string ";
  for (int i = 0; i < 1'000'000; ++i) text += "a" + std::to_string(i) + "=\"\" ";
  EXPECT_EQ(read_bytes(text + "/></event></trace></log>").failure, Code::line_too_long);
}

TEST(XesInput, RefusesAnEventOfAMillionAttributesAndReadsOn) {
  std::string many;
  for (int i = 0; i < 1'000'000; ++i) many += "<string key=\"k" + std::to_string(i) + "\" value=\"\"/>";
  const auto read =
      read_bytes(log_of(trace("1", event("a", "2020-01-01T10:00:00Z", many) + event("b", "2020-01-01T10:00:00Z"))));
  EXPECT_EQ(read.failure, std::nullopt);
  EXPECT_EQ(read.errors.at(0).code, Code::attributes_limit);
  ASSERT_EQ(read.events.size(), 1U);
  EXPECT_EQ(read.events[0].activity, "b");
}

TEST(XesInput, RefusesATokenOfManyMebibytes) {
  const auto text = "<log><trace><event><string key=\"k\" value=\"" + std::string(8 << 20, 'v') + "\"/>";
  EXPECT_EQ(read_bytes(text).failure, Code::line_too_long);
  EXPECT_EQ(read_bytes(text, in_utc(), 1000).failure, Code::line_too_long);
  EXPECT_EQ(read_bytes("<log><!--" + std::string(8 << 20, 'v')).failure, Code::line_too_long);
}

TEST(XesInput, TakesTracesOfOneNameForOneCase) {
  const auto read = read_bytes(
      log_of(trace("1", event("a", "2020-01-01T10:00:00Z")) + trace("1", event("b", "2020-01-02T10:00:00Z"))));
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[0].case_id, read.events[1].case_id);
  EXPECT_EQ(read.events[1].sequence, 2U);
}

TEST(XesInput, NamesATraceWithoutNameByItsPlace) {
  const auto read = read_bytes(log_of("<global scope=\"trace\"><string key=\"concept:name\" value=\"x\"/></global>" +
                                      trace("1", "") + "<trace>" + event("a", "2020-01-01T10:00:00Z") + "</trace>"));
  ASSERT_EQ(read.events.size(), 1U);
  EXPECT_EQ(read.events[0].case_id, "trace-2");
}

TEST(XesInput, ReportsEventsWithoutUsableTimesByLine) {
  const auto read =
      read_bytes(log_of(trace("1", event("a", "?") + "<event><string key=\"concept:name\" value=\"b\"/></event>\n" +
                                       event("c", "2020-01-01T10:00:00Z"))));
  EXPECT_EQ(read.events.size(), 1U);
  EXPECT_EQ(read.events[0].sequence, 3U);
  ASSERT_EQ(read.errors.size(), 2U);
  EXPECT_EQ(read.errors[0].code, Code::bad_timestamp);
  EXPECT_EQ(read.errors[0].line, 3U);
  EXPECT_EQ(read.errors[1].code, Code::missing_value);
  EXPECT_EQ(read.errors[1].line, 4U);
}

TEST(XesInput, ReadsTimesInOddSpellingsAndWithoutZone) {
  const auto body = trace("1",
                          "<event><string key=\"concept:name\" value=\"a\"/>"
                          "<string key=\"time:timestamp\" value=\"2019/11/03 01:11:19.000\"/></event>" +
                              event("b", "2019-11-03T01:11:19"));
  const auto read = read_bytes(log_of(body));
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[0].timestamp, read.events[1].timestamp);
  EXPECT_TRUE(read.facts.zoneless);
  EXPECT_EQ(read_bytes(log_of(body), FileOptions{}).errors.at(0).code, Code::missing_zone);
}

TEST(XesInput, RefusesATimeWhoseDayAndMonthNothingTells) {
  const auto text = log_of(trace("1", event("a", "03/04/2020 10:00")));
  EXPECT_EQ(read_bytes(text).failure, Code::ambiguous_date_order);
  FileOptions options = in_utc();
  options.date_order = DateOrder::day_first;
  EXPECT_EQ(read_bytes(text, options).events.at(0).timestamp, at(1585908000));
}

TEST(XesInput, ToleratesAnUnknownExtensionAndAForeignNamespace) {
  const auto read = read_bytes(
      "<x:log xmlns:x=\"http://www.xes-standard.org/\"><x:extension name=\"Odd\" prefix=\"odd\" uri=\"urn:odd\"/>"
      "<x:trace><x:string key=\"concept:name\" value=\"1\"/><x:event><x:string key=\"concept:name\" value=\"a\"/>"
      "<x:date key=\"time:timestamp\" value=\"2020-01-01T10:00:00Z\"/><x:string key=\"odd:colour\" value=\"red\"/>"
      "</x:event></x:trace></x:log>");
  ASSERT_EQ(read.events.size(), 1U);
  EXPECT_EQ(*attribute_of(read.events[0], "odd:colour"), "\"red\"");
}

TEST(XesInput, FillsInGlobalDefaultsButNoTimesAndNoInvalidMarks) {
  const auto read = read_bytes(
      log_of("<global scope=\"event\"><string key=\"concept:name\" value=\"__INVALID__\"/>"
             "<string key=\"lifecycle:transition\" value=\"start\"/><string key=\"org:resource\" value=\"robot\"/>"
             "<date key=\"time:timestamp\" value=\"1970-01-01T00:00:00Z\"/><int key=\"cost\" value=\"5\"/></global>"
             "<global scope=\"trace\"><string key=\"kind\" value=\"plain\"/></global>" +
             trace("1", event("a", "2020-01-01T10:00:00Z") +
                            event("b", "2020-01-01T10:00:00Z", "<int key=\"cost\" value=\"7\"/>") +
                            "<event><date key=\"time:timestamp\" value=\"2020-01-01T10:00:00Z\"/></event>"
                            "<event><string key=\"concept:name\" value=\"d\"/></event>")));
  ASSERT_EQ(read.events.size(), 2U);
  EXPECT_EQ(read.events[0].lifecycle, "start");
  EXPECT_EQ(read.events[0].resource, "robot");
  const std::vector<Attribute> defaults = {{"case:kind", "\"plain\""}, {"cost", "5"}};
  EXPECT_EQ(read.events[0].attributes, defaults);
  EXPECT_EQ(*attribute_of(read.events[1], "cost"), "7");
  ASSERT_EQ(read.errors.size(), 2U);
  EXPECT_EQ(read.errors[0].detail, "the event has no activity");
  EXPECT_EQ(read.errors[1].detail, "the event has no time:timestamp");
}

TEST(XesInput, ReadsEveryFieldAndType) {
  const auto read = read_bytes(
      log_of("<trace><int key=\"concept:name\" value=\"7\"/><float key=\"amount\" value=\"12.50\"/>" +
             event("a", "2020-01-01T10:00:00.5+02:00",
                   "<date key=\"start_timestamp\" value=\"2020-01-01T09:00:00+02:00\"/>"
                   "<string key=\"org:resource\" value=\"Pete &amp; Sue\"/><string key=\"lifecycle:transition\" "
                   "value=\"COMPLETE\"/>"
                   "<string key=\"concept:instance\" value=\"i1\"/><string key=\"org:group\" value=\"G\"/>"
                   "<boolean key=\"ok\" value=\"true\"/><int key=\"n\" value=\"-3\"/><float key=\"odd\" value=\"NaN\"/>"
                   "<id key=\"identity:id\" value=\"u-1\"/><date key=\"due\" value=\"2020-02-01\"/>"
                   "<string key=\"parent\" value=\"p\"><int key=\"child\" value=\"1\"/></string>"
                   "<list key=\"tags\"><values><string key=\"tag\" value=\"x\"/><string key=\"tag\" "
                   "value=\"y\"/></values></list>"
                   "<list key=\"none\"/>") +
             "</trace>"));
  ASSERT_EQ(read.events.size(), 1U) << read.errors.size();
  const auto& e = read.events[0];
  EXPECT_EQ(e.case_id, "7");
  EXPECT_EQ(e.timestamp, at(1577865600) + std::chrono::milliseconds(500));
  EXPECT_EQ(e.start, at(1577862000));
  EXPECT_EQ(e.resource, "Pete & Sue");
  EXPECT_EQ(e.lifecycle, "complete");
  EXPECT_EQ(e.instance, "i1");
  EXPECT_EQ(e.id, "u-1");
  const std::vector<Attribute> expected = {{"case:amount", "12.50"}, {"due", "\"2020-02-01\""}, {"n", "-3"},
                                           {"none", "null"},         {"odd", "\"NaN\""},        {"ok", "true"},
                                           {"org:group", "\"G\""},   {"parent", "\"p\""},       {"parent:child", "1"},
                                           {"tags:tag", "\"x\""},    {"tags:tag#2", "\"y\""}};
  EXPECT_EQ(e.attributes, expected);
}

TEST(XesInput, KeepsNumbersThatNoEventCanHoldAsText) {
  const auto read = read_bytes(log_of(trace("1", event("a", "2020-01-01T10:00:00Z",
                                                       "<int key=\"big\" value=\"99999999999999999999\"/>"
                                                       "<float key=\"huge\" value=\"1e999\"/>"
                                                       "<float key=\"small\" value=\"1.5E-3\"/>"
                                                       "<int key=\"padded\" value=\"007\"/>"))));
  const std::vector<Attribute> expected = {
      {"big", "\"99999999999999999999\""}, {"huge", "\"1e999\""}, {"padded", "\"007\""}, {"small", "1.5E-3"}};
  EXPECT_EQ(read.events.at(0).attributes, expected);
}

TEST(XesInput, NamesActivitiesByADeclaredClassifierOnlyOnRequest) {
  const auto text = log_of("<classifier name=\"Full\" keys=\"concept:name 'my key' lifecycle:transition\"/>" +
                           trace("1", event("a", "2020-01-01T10:00:00Z",
                                            "<string key=\"my key\" value=\"k\"/>"
                                            "<string key=\"lifecycle:transition\" value=\"start\"/>")));
  EXPECT_EQ(read_bytes(text).events.at(0).activity, "a");
  FileOptions options = in_utc();
  options.classifier = "Full";
  EXPECT_EQ(read_bytes(text, options).events.at(0).activity, "a+k+start");
  options.classifier = "Other";
  EXPECT_EQ(read_bytes(text, options).failure, Code::missing_column);
}

TEST(XesInput, RefusesXmlThatIsCutOrIsNoLog) {
  for (std::size_t size = 30; size + 2 < good.size(); ++size) {
    EXPECT_EQ(read_bytes(good.substr(0, size)).failure, Code::bad_xml) << size;
  }
  EXPECT_EQ(read_bytes("<html><body/></html>").failure, Code::bad_xes);
  EXPECT_EQ(read_bytes("<log><trace><</trace></log>").failure, Code::bad_xml);
  EXPECT_EQ(read_bytes(good + "<log/>").failure, Code::bad_xml);
}

TEST(XesInput, SaysWhereTheFileIsWrong) {
  const auto read = read_bytes("<log>\n<trace>\n  <colour/></trace></log>");
  EXPECT_EQ(read.failure, Code::bad_xes);
  EXPECT_EQ(read.errors.back().line, 3U);
  EXPECT_EQ(read.errors.back().column, 3U);
}

TEST(XesInput, ReadsUtf16AndTheByteOrderMark) {
  std::string wide = "\xFF\xFE";
  const auto text = log_of(trace("1", event("a", "2020-01-01T10:00:00Z")));
  for (const char c : text.substr(text.find("<log"))) wide += std::string{c, '\0'};
  EXPECT_EQ(read_bytes(wide).events.size(), 1U);
  EXPECT_EQ(read_bytes("\xEF\xBB\xBF" + good).events.size(), 1U);
}

}  // namespace
}  // namespace weir::ingest
