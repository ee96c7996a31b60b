#include "state/http/url.hpp"

#include <gtest/gtest.h>

namespace weir::http {
namespace {

TEST(Url, HasItsParts) {
  const auto url = parse_url("HTTPS://Example.com:8443/a?b=c").value();
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.host.name, "example.com");
  EXPECT_EQ(url.authority, "Example.com:8443");
  EXPECT_EQ(url.port, 8443u);
  EXPECT_EQ(parse_url("https://a")->port, 443u);
  EXPECT_EQ(parse_url("http://a?x")->port, 80u);
  EXPECT_EQ(parse_url("smtp://a/")->port, 25u);
  EXPECT_EQ(parse_url("smtps://a/")->port, 465u);
  const auto six = parse_url("http://[2606:4700::1111]:8080/").value();
  EXPECT_TRUE(six.host.address);
  EXPECT_EQ(six.port, 8080u);
}

TEST(Url, SaysWhatIsWrongWithIt) {
  const auto fault = [](std::string_view text) {
    const auto url = parse_url(text);
    return url ? std::string{} : url.error().detail;
  };
  EXPECT_EQ(fault("https://user@host/"), "must name no user");
  EXPECT_EQ(fault("https://example.com@10.0.0.1/"), "must name no user");
  EXPECT_EQ(fault("https://a/#b"), "must have no fragment");
  EXPECT_EQ(fault("https://a/\r\nx: y"), "must hold no spaces, control characters or letters beyond ASCII");
  EXPECT_EQ(fault("https://a\\@b/"), "must hold no spaces, control characters or letters beyond ASCII");
  EXPECT_EQ(fault("https://b\xc3\xbc/"), "must hold no spaces, control characters or letters beyond ASCII");
  EXPECT_EQ(fault("a.example/path"), "must be a URL such as https://example.com/path");
  EXPECT_EQ(fault("://a"), "must be a URL such as https://example.com/path");
  for (const char* text :
       {"https://", "https:///a", "https://:443", "https://a..b", "https://1.2.3.4.5", "https://::1/"}) {
    EXPECT_EQ(fault(text), "must name a host, or an address") << text;
  }
  for (const char* text :
       {"https://a:", "https://a:0", "https://a:65536", "https://a:8a", "https://a:1:2", "https://[::1]:"}) {
    EXPECT_EQ(fault(text), "must name a port from 1 to 65535, or none") << text;
  }
  EXPECT_EQ(fault("https://a/" + std::string(2048, 'a')), "must be at most 2,048 bytes");
}

}  // namespace
}  // namespace weir::http
