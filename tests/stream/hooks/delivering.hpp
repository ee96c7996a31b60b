// Hooks and deliveries of tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "stream/hooks/hook.hpp"

namespace weir::hooks {

/// A delivery that holds what it says.
struct Sent {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string url = "https://weir.example/v1/hooks/h";
  Time now = from_micros(std::int64_t{1'614'265'330} * 1'000'000);

  Delivery delivery() {
    views.clear();
    for (const auto& [name, value] : headers) views.push_back({name, value});
    return {views, body, url, now};
  }

  std::vector<HeaderView> views = {};
};

struct ReadHook {
  std::optional<Hook> hook;
  DocumentFaults faults;
};

inline ReadHook read(std::string_view text) {
  ReadHook found;
  auto faults = read_document(text, [&](const DocumentNode& node) { found.hook = read_hook(node); });
  found.faults = faults ? *faults : DocumentFaults{{"", "unreadable"}};
  return found;
}

inline Signing signing(Provider provider, std::initializer_list<std::string_view> secrets) {
  Signing made;
  made.provider = provider;
  for (const std::string_view secret : secrets) {
    auto key = signing_key(provider, secret);
    EXPECT_TRUE(key) << secret;
    if (key) made.keys.push_back(*std::move(key));
  }
  return made;
}

}  // namespace weir::hooks
