#include "stream/effects/effect.hpp"

#include <gtest/gtest.h>

#include "schemas/crypto/digest.hpp"
#include "stream/effects/outbox.hpp"

namespace weir::effects {
namespace {

Effect small_effect() {
  Effect made;
  made.id = "e1";
  made.type = "sla.breached";
  made.occurred = from_micros(1);
  made.workspace = "w";
  made.target = "t";
  made.key = "k";
  made.action = Action::trigger;
  made.severity = Severity::critical;
  made.title = "a";
  made.summary = "b";
  made.fields = {{"n", "v"}};
  made.data = "{}";
  return made;
}

TEST(Effect, IsStoredAsItAlwaysWas) {
  const std::string bytes = encode_effect(small_effect());
  EXPECT_EQ(crypto::to_hex(bytes), "010265310c736c612e62726561636865640201770174016b01030161016201016e0176027b7d");
  EXPECT_EQ(*decode_effect(bytes), small_effect());
}

TEST(Effect, IsNotReadFromAnythingElse) {
  const std::string bytes = encode_effect(small_effect());
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_effect(bytes.substr(0, size))) << size;
  EXPECT_FALSE(decode_effect(bytes + "x"));
  EXPECT_FALSE(decode_effect("\x02" + bytes.substr(1)));
}

TEST(Effect, IsRefusedWhereItCouldNotBeSent) {
  EXPECT_EQ(fault_of(small_effect()), "");
  const auto with = [](auto change) {
    Effect effect = small_effect();
    change(effect);
    return fault_of(effect);
  };
  EXPECT_NE(with([](Effect& one) { one.id = "a\r\nx: y"; }), "");
  EXPECT_NE(with([](Effect& one) { one.id = "a.b"; }), "");  // Standard Webhooks signs id "." time "." body
  EXPECT_NE(with([](Effect& one) { one.id = std::string(129, 'a'); }), "");
  EXPECT_NE(with([](Effect& one) { one.type = ""; }), "");
  EXPECT_NE(with([](Effect& one) { one.key = std::string(256, 'a'); }), "");
  EXPECT_NE(with([](Effect& one) { one.title = "a\nb"; }), "");
  EXPECT_NE(with([](Effect& one) { one.fields = {{"a", "\xff"}}; }), "");
  EXPECT_NE(with([](Effect& one) { one.data = "[1]"; }), "");
  EXPECT_NE(with([](Effect& one) { one.summary = std::string(effect_bytes_max, 'a'); }), "");
  EXPECT_EQ(with([](Effect& one) { one.data = ""; }), "");
}

TEST(Progress, IsStoredAsItAlwaysWas) {
  const Progress progress{3, from_micros(1), from_micros(300), Duration{-1}};
  EXPECT_EQ(crypto::to_hex(encode_progress(progress)), "010302d80401");
  EXPECT_EQ(*decode_progress(encode_progress(progress)), progress);
  EXPECT_FALSE(decode_progress("\x02"));
}

TEST(AttemptRecord, IsStoredAsItAlwaysWas) {
  const AttemptRecord record{2, from_micros(1), Duration{2}, 503, "why", "body"};
  EXPECT_EQ(crypto::to_hex(encode_record(record)), "01020204f7030377687904626f6479");
  EXPECT_EQ(*decode_record(encode_record(record)), record);
  EXPECT_FALSE(decode_record(encode_record(record) + "x"));
}

}  // namespace
}  // namespace weir::effects
