#include "state/http/address.hpp"

#include <gtest/gtest.h>

namespace weir::http {
namespace {

TEST(Host, IsAnAddressInEveryNotation) {
  for (const char* text : {"127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7f.0.0.1", "0x7F000001", "0177.0.0.1",
                           "0177.0.0.01", "2130706433", "017700000001", "127.0.0.1.", "[::ffff:127.0.0.1]",
                           "[::ffff:7f00:1]", "[0:0:0:0:0:FFFF:7f00:0001]"}) {
    const auto host = parse_host(text);
    ASSERT_TRUE(host && host->address) << text;
    EXPECT_EQ(*host->address, parse_network("127.0.0.1")->base) << text;
    EXPECT_FALSE(Reach{}.permits(*host)) << text;
    EXPECT_TRUE(Reach{{*parse_network("127.0.0.0/8")}}.permits(*host)) << text;
  }
}

TEST(Host, IsAName) {
  EXPECT_EQ(parse_host("Example.COM")->name, "example.com");
  EXPECT_EQ(parse_host("example.com.")->name, "example.com");
  EXPECT_EQ(parse_host("xn--bcher-kva.example")->name, "xn--bcher-kva.example");
  EXPECT_EQ(parse_host("1.2.3.4.example")->name, "1.2.3.4.example");
  EXPECT_EQ(parse_host("siem_1")->name, "siem_1");
}

TEST(Host, IsRefusedIfItCanBeReadInMoreThanOneWay) {
  for (const char* text : {"",
                           ".",
                           "a..b",
                           ".a",
                           "a b",
                           "a%41",
                           "b\xc3\xbc"
                           "cher",
                           "256.1.1.1",
                           "1.2.3.4.5",
                           "1.2.3.08",
                           "0x1g",
                           "a.0x",
                           "4294967296",
                           "1.2.3.999",
                           "[::1",
                           "::1",
                           "[::1]x",
                           "[fe80::1%eth0]",
                           "[1.2.3.4]",
                           "-a",
                           "a-",
                           "example.1"}) {
    EXPECT_FALSE(parse_host(text)) << text;
  }
}

TEST(Reach, IsThePublicInternet) {
  for (const char* text : {"1.1.1.1",         "8.8.8.8",          "99.255.255.255",  "100.63.255.255", "100.128.0.0",
                           "126.255.255.255", "128.0.0.0",        "169.253.255.255", "169.255.0.0",    "172.15.255.255",
                           "172.32.0.0",      "192.0.1.0",        "192.167.255.255", "192.169.0.0",    "198.17.255.255",
                           "198.20.0.0",      "223.255.255.255",  "2606:4700::1111", "2001:200::1",    "2001:db7::1",
                           "3ffe::1",         "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    EXPECT_TRUE(is_public(parse_network(text)->base)) << text;
  }
}

TEST(Reach, IsNothingElse) {
  for (const char* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.0",
                           "10.255.255.255",
                           "100.64.0.0",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.170",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.0.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.7",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::ffff:10.0.0.1",
                           "::ffff:169.254.169.254",
                           "::127.0.0.1",
                           "64:ff9b::10.0.0.1",
                           "64:ff9b::a9fe:a9fe",
                           "64:ff9b:1::1",
                           "100::1",
                           "2001::1",
                           "2001:2::1",
                           "2001:10::1",
                           "2001:db8::1",
                           "2002:7f00:1::1",
                           "2002:a00:1::1",
                           "3fff::1",
                           "5f00::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1"}) {
    EXPECT_FALSE(is_public(parse_network(text)->base)) << text;
  }
}

TEST(Reach, GrowsByTheNetworksThatAreNamed) {
  const Reach reach{{*parse_network("10.1.0.0/16"), *parse_network("fd00::/8"), *parse_network("192.168.7.9")}};
  const auto permits = [&](const char* text) { return reach.permits(parse_network(text)->base); };
  EXPECT_TRUE(permits("10.1.255.255"));
  EXPECT_TRUE(permits("::ffff:10.1.0.1"));
  EXPECT_FALSE(permits("10.2.0.0"));
  EXPECT_TRUE(permits("fd12::1"));
  EXPECT_FALSE(permits("fc00::1"));
  EXPECT_TRUE(permits("192.168.7.9"));
  EXPECT_FALSE(permits("192.168.7.8"));
  EXPECT_TRUE(permits("1.1.1.1"));
  EXPECT_FALSE(permits("2002:0a01:1::1"));  // a gateway would have to make it 10.1.0.1
}

TEST(Reach, KnowsTheNamesOfThisMachine) {
  const Reach closed, open{{*parse_network("127.0.0.0/8")}};
  for (const char* text : {"localhost", "LOCALHOST.", "a.localhost"}) {
    EXPECT_FALSE(closed.permits(*parse_host(text))) << text;
    EXPECT_TRUE(open.permits(*parse_host(text))) << text;
  }
  EXPECT_TRUE(closed.permits(*parse_host("localhost.example")));
}

TEST(Network, IsRefusedIfItIsNone) {
  for (const char* text : {"", "/8", "10/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.1/8", "10.0.0.0/8/8",
                           "fd00::/129", "fd00::1/8", "localhost", "10.0.0.0/0008"}) {
    EXPECT_FALSE(parse_network(text)) << text;
  }
  EXPECT_TRUE(is_in(*parse_network("0.0.0.0/0"), parse_network("1.2.3.4")->base));
  EXPECT_FALSE(is_in(*parse_network("0.0.0.0/0"), parse_network("::1")->base));
}

}  // namespace
}  // namespace weir::http
