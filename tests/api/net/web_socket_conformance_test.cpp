// RFC 6455 in the manner of the Autobahn test suite, groups 1 to 7, 9 and 10, by its case numbers where a case is one
// of theirs. Every case: what is sent, in which writes, and all that has to come back.
#include <gtest/gtest.h>

#include "tests/api/net/test_server.hpp"
#include "tests/api/net/web_socket_client.hpp"

namespace weir::net::test {
namespace {

using Bits = std::initializer_list<std::uint8_t>;
using Codes = std::initializer_list<std::uint16_t>;

struct Case {
  std::string name;
  std::vector<std::string> writes;
  std::vector<Frame> answers;
  std::uint16_t close = 1000;  // what our close frame says; 1000 where nothing is wrong and the client closes so
};

void PrintTo(const Case& entry, std::ostream* out) { *out << entry.name; }

std::string frames(std::initializer_list<Frame> list) {
  std::string bytes;
  for (const Frame& frame : list) bytes += bytes_of(frame);
  return bytes;
}

std::vector<std::string> byte_by_byte(const std::string& bytes) {
  std::vector<std::string> writes;
  for (const char c : bytes) writes.emplace_back(1, c);
  return writes;
}

std::string sized(std::size_t bytes) {
  std::string payload(bytes, '*');
  if (bytes > 0) payload.front() = '<';
  if (bytes > 0) payload.back() = '>';
  return payload;
}

const std::string kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";  // "κόσμε"

std::vector<Case> messages() {
  std::vector<Case> cases;
  for (const std::size_t bytes : {0, 125, 126, 127, 128, 65'535, 65'536, 65'537}) {
    cases.push_back({"1_1_text_of_" + std::to_string(bytes), {frames({{text, sized(bytes)}})}, {{text, sized(bytes)}}});
  }
  cases.push_back({"1_1_8_text_in_pieces_of_997", {}, {{text, sized(65'536)}}});
  const std::string large = frames({{text, sized(65'536)}});
  for (std::size_t at = 0; at < large.size(); at += 997) cases.back().writes.push_back(large.substr(at, 997));
  cases.push_back({"1_2_binary_is_refused", {frames({{binary, "abc"}})}, {}, 1003});
  return cases;
}

std::vector<Case> pings() {
  const std::string with_zeros("\x00\xff\xfe\xfd\xfc\xfb\x00\xff", 8);
  std::vector<Case> cases{
      {"2_1_ping_without_payload", {frames({{ping}})}, {{pong}}},
      {"2_2_ping_with_payload", {frames({{ping, "Hello, world!"}})}, {{pong, "Hello, world!"}}},
      {"2_3_ping_with_binary_payload", {frames({{ping, with_zeros}})}, {{pong, with_zeros}}},
      {"2_4_ping_of_125", {frames({{ping, sized(125)}})}, {{pong, sized(125)}}},
      {"2_5_ping_of_126", {frames({{ping, sized(126)}})}, {}, 1002},
      {"2_6_ping_byte_by_byte", byte_by_byte(frames({{ping, sized(125)}})), {{pong, sized(125)}}},
      {"2_7_pong_unasked", {frames({{pong}})}, {}},
      {"2_8_pong_unasked_with_payload", {frames({{pong, "unasked"}})}, {}},
      {"2_9_pong_then_ping", {frames({{pong, "unasked"}, {ping, "asked"}})}, {{pong, "asked"}}},
  };
  Case ten{"2_10_ten_pings", {""}, {}};
  for (int i = 0; i < 10; ++i) {
    ten.writes[0] += frames({{ping, "ping " + std::to_string(i)}});
    ten.answers.push_back({pong, "ping " + std::to_string(i)});
  }
  cases.push_back(ten);
  cases.push_back({"2_11_ten_pings_byte_by_byte", byte_by_byte(ten.writes[0]), ten.answers});
  return cases;
}

std::vector<Case> reserved_bits() {
  std::vector<Case> cases;
  for (const std::uint8_t opcode : {text, binary, ping, pong, closing}) {
    for (std::uint8_t bits = 1; bits < 8; ++bits) {
      cases.push_back({"3_bits_" + std::to_string(bits) + "_on_opcode_" + std::to_string(opcode),
                       {frames({{text, "good"}}) + frames({{opcode, "", true, bits}})},
                       {{text, "good"}},
                       1002});
    }
  }
  cases.push_back(
      {"3_2_byte_by_byte", byte_by_byte(frames({{text, "good"}, {text, "bad", true, 2}})), {{text, "good"}}, 1002});
  return cases;
}

std::vector<Case> reserved_opcodes() {
  std::vector<Case> cases;
  for (const std::uint8_t opcode : Bits{3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    for (const std::string payload : {"", "payload"}) {
      cases.push_back({"4_opcode_" + std::to_string(opcode) + (payload.empty() ? "" : "_with_payload"),
                       {frames({{text, "good"}, {opcode, payload}, {ping}})},
                       {{text, "good"}},
                       1002});
    }
  }
  return cases;
}

std::vector<Case> fragments() {
  const std::string in_two = frames({{text, "frag", false}, {continuation, "ment"}});
  const std::string with_ping = frames({{text, "frag", false}, {ping, "ping"}, {continuation, "ment"}});
  std::vector<Case> cases{
      {"5_1_fragmented_ping", {frames({{ping, "frag", false}, {continuation, "ment"}})}, {}, 1002},
      {"5_2_fragmented_pong", {frames({{pong, "frag", false}, {continuation, "ment"}})}, {}, 1002},
      {"5_3_text_in_two", {in_two}, {{text, "fragment"}}},
      {"5_4_text_in_two_writes", {in_two.substr(0, 10), in_two.substr(10)}, {{text, "fragment"}}},
      {"5_5_text_in_two_byte_by_byte", byte_by_byte(in_two), {{text, "fragment"}}},
      {"5_6_ping_between", {with_ping}, {{pong, "ping"}, {text, "fragment"}}},
      {"5_8_ping_between_byte_by_byte", byte_by_byte(with_ping), {{pong, "ping"}, {text, "fragment"}}},
      {"5_9_continuation_of_nothing", {frames({{continuation, "x"}, {text, "good"}})}, {}, 1002},
      {"5_12_unfinished_continuation_of_nothing", {frames({{continuation, "x", false}, {text, "good"}})}, {}, 1002},
      {"5_15_continuation_after_the_end",
       {in_two + frames({{continuation, "x", false}, {text, "good"}})},
       {{text, "fragment"}},
       1002},
      {"5_16_continuation_first", {frames({{continuation, "x", false}, {text, "y"}, {continuation, "z"}})}, {}, 1002},
      {"5_18_new_text_inside", {frames({{text, "frag", false}, {text, "ment"}})}, {}, 1002},
      {"5_19_many_fragments_and_pings",
       {frames({{text, "1", false}, {continuation, "2", false}, {ping, "a"}}),
        frames({{continuation, "3", false}, {continuation, "4", false}, {ping, "b"}, {continuation, "5"}})},
       {{pong, "a"}, {pong, "b"}, {text, "12345"}}},
      {"6_1_2_three_empty_fragments",
       {frames({{text, "", false}, {continuation, "", false}, {continuation}})},
       {{text}}},
      {"6_1_3_empty_around",
       {frames({{text, "", false}, {continuation, "middle", false}, {continuation}})},
       {{text, "middle"}}},
  };
  return cases;
}

/// Well and ill formed by Markus Kuhn's UTF-8 stress test, which Autobahn follows.
std::vector<Case> encodings() {
  const std::vector<std::string> valid{kosme,
                                       "Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!",
                                       std::string(1, '\0'),
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbd",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "\x7f",
                                       "\xf0\x9f\xbf\xbe",
                                       "\xf4\x8f\xbf\xbe"};
  const std::vector<std::string> invalid{"\x80",
                                         "\xbf",
                                         "\x80\xbf\x80",
                                         "\xc0 ",
                                         "\xc3 ",
                                         "\xe0 ",
                                         "\xf0 ",
                                         "\xf8 ",
                                         "\xfc ",
                                         "\xc3",
                                         "\xe0\x80",
                                         "\xe2\x82",
                                         "\xf0\x90\x80",
                                         "\xf8\x88\x80\x80",
                                         "\xfe",
                                         "\xff",
                                         "\xfe\xfe\xff\xff",
                                         "\xc0\xaf",
                                         "\xe0\x80\xaf",
                                         "\xf0\x80\x80\xaf",
                                         "\xc1\xbf",
                                         "\xe0\x9f\xbf",
                                         "\xf0\x8f\xbf\xbf",
                                         "\xc0\x80",
                                         "\xed\xa0\x80",
                                         "\xed\xbf\xbf",
                                         "\xed\xa0\x80\xed\xb0\x80",
                                         "\xf4\x90\x80\x80",
                                         "\xf7\xbf\xbf\xbf",
                                         "\xf8\x88\x80\x80\x80",
                                         "\xfc\x84\x80\x80\x80\x80",
                                         kosme + "\xed\xa0\x80" + "edited"};
  std::vector<Case> cases;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    cases.push_back({"6_valid_" + std::to_string(i), {frames({{text, valid[i]}})}, {{text, valid[i]}}});
  }
  for (std::size_t i = 0; i < invalid.size(); ++i) {
    cases.push_back({"6_invalid_" + std::to_string(i), {frames({{text, invalid[i]}})}, {}, 1007});
  }
  return cases;
}

std::vector<Case> encodings_in_pieces() {
  std::string each_byte;
  for (std::size_t i = 0; i < kosme.size(); ++i) {
    each_byte += frames({{i == 0 ? text : continuation, kosme.substr(i, 1), i + 1 == kosme.size()}});
  }
  std::vector<Case> cases;
  cases.push_back({"6_2_3_a_fragment_a_byte", {each_byte}, {{text, kosme}}});
  cases.push_back({"6_2_4_byte_by_byte", byte_by_byte(frames({{text, kosme}})), {{text, kosme}}});
  cases.push_back({"6_3_2_invalid_by_fragments",
                   {frames({{text, kosme + "\xed", false}, {continuation, "\xa0", false}, {continuation, "\x80x"}})},
                   {},
                   1007});
  // The end need not come for the answer to be known.
  cases.push_back({"6_4_1_fails_before_the_end", {frames({{text, kosme + "\xf4\x90\x80\x80", false}})}, {}, 1007});
  cases.push_back({"6_4_3_fails_within_a_frame",
                   {bytes_of({text, kosme + "\xf4\x90\x80\x80" + "edited"}).substr(0, 6 + 11 + 4)},
                   {},
                   1007});
  return cases;
}

std::vector<Case> closings() {
  std::vector<Case> cases{
      {"7_1_1_message_then_close", {frames({{text, "last"}, close_frame(1000)})}, {{text, "last"}}, 1000},
      {"7_1_2_two_closes", {frames({close_frame(1000), close_frame(1000)})}, {}, 1000},
      {"7_1_3_ping_after_close", {frames({close_frame(1000), {ping}})}, {}, 1000},
      {"7_1_4_text_after_close", {frames({close_frame(1000), {text, "late"}})}, {}, 1000},
      {"7_1_5_close_inside_a_message",
       {frames({{text, "frag", false}, close_frame(1000), {continuation, "x"}})},
       {},
       1000},
      {"7_3_1_close_without_code", {frames({{closing}})}, {}, 1005},
      {"7_3_2_close_of_one_byte", {frames({{closing, "a"}})}, {}, 1002},
      {"7_3_3_close_without_reason", {frames({close_frame(1000)})}, {}, 1000},
      {"7_3_4_close_with_reason", {frames({close_frame(1000, "Hello, world!")})}, {}, 1000},
      {"7_3_5_close_with_longest_reason", {frames({close_frame(1000, sized(123))})}, {}, 1000},
      {"7_3_6_close_with_a_reason_too_long", {frames({close_frame(1000, sized(124))})}, {}, 1002},
      {"7_5_1_close_with_invalid_reason", {frames({close_frame(1000, kosme + "\xed\xa0\x80")})}, {}, 1007},
  };
  for (const std::uint16_t code : Codes{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}) {
    cases.push_back({"7_7_code_" + std::to_string(code), {frames({close_frame(code)})}, {}, code});
  }
  for (const std::uint16_t code : Codes{0, 999, 1004, 1005, 1006, 1014, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    cases.push_back({"7_9_code_" + std::to_string(code), {frames({close_frame(code)})}, {}, 1002});
  }
  return cases;
}

std::vector<Case> sizes() {
  constexpr std::size_t mib = 1024 * 1024;
  std::vector<Case> cases;
  for (const std::size_t bytes : {mib / 4, mib, 4 * mib, 16 * mib}) {
    cases.push_back({"9_1_text_of_" + std::to_string(bytes), {frames({{text, sized(bytes)}})}, {{text, sized(bytes)}}});
  }
  for (const std::size_t fragment : {64UL, 1024UL, 64UL * 1024, mib}) {
    const std::string whole = sized(4 * mib);
    std::string bytes;
    for (std::size_t at = 0; at < whole.size(); at += fragment) {
      bytes += bytes_of({at == 0 ? text : continuation, whole.substr(at, fragment), at + fragment >= whole.size()});
    }
    cases.push_back({"9_3_text_in_fragments_of_" + std::to_string(fragment), {bytes}, {{text, whole}}});
  }
  Case many{"9_7_thousand_texts", {""}, {}};
  for (int i = 0; i < 1000; ++i) {
    many.writes[0] += frames({{text, sized(i)}});
    many.answers.push_back({text, sized(i)});
  }
  cases.push_back(many);
  cases.push_back(
      {"10_1_more_than_a_write_of_ours", {frames({{text, sized(65'536 + 1300)}})}, {{text, sized(65'536 + 1300)}}});
  return cases;
}

std::vector<Case> framings() {
  return {
      {"unmasked_frame", {std::string("\x81\x02hi", 4)}, {}, 1002},
      {"length_of_125_in_two_bytes", {head_of({text}, 125, 2)}, {}, 1002},
      {"length_of_65535_in_eight_bytes", {head_of({text}, 65'535, 8)}, {}, 1002},
      {"control_length_in_two_bytes", {head_of({ping}, 126, 2)}, {}, 1002},
  };
}

class Conformance : public testing::TestWithParam<Case> {
 protected:
  static ServerOptions options() {
    ServerOptions options = TestServer::with(short_limits());
    options.limits.web_socket.message_bytes = 20 << 20;
    options.limits.web_socket.control_frames = 1'000'000;
    options.limits.web_socket.received_bytes = 1 << 30;
    options.limits.buffered_body_bytes = 64 << 20;
    return options;
  }
};

TEST_P(Conformance, Answers) {
  static TestServer server(options());  // one for all cases
  const Case& entry = GetParam();
  WebSocketClient client(server.port);
  ASSERT_EQ(client.answer().status, 101U);
  for (const std::string& write : entry.writes) ASSERT_TRUE(client.send_raw(write));
  for (const Frame& expected : entry.answers) ASSERT_EQ(client.receive(), expected);
  if (entry.close == 1000) client.send(close_frame(1000));  // a second close is ignored
  EXPECT_EQ(client.receive_close(), entry.close);
  client.raw().finish_sending();
  EXPECT_TRUE(client.raw().is_closed()) << "nothing comes after the close frame";
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (auto group : {messages(), pings(), reserved_bits(), reserved_opcodes(), fragments(), encodings(),
                     encodings_in_pieces(), closings(), sizes(), framings()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Rfc6455, Conformance, testing::ValuesIn(all_cases()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace weir::net::test
