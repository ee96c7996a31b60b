// What every object store promises; run on each of them.
#pragma once

#include <fstream>

#include <gtest/gtest.h>

#include "state/checkpoint/object_store.hpp"
#include "tests/support/temp_folder.hpp"

namespace weir::checkpoint {

inline void put_text(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

inline void holds_the_contract(ObjectStore& store) {
  constexpr std::size_t limit = std::size_t{64} << 20;
  const tests::TempFolder temp;
  EXPECT_TRUE(store.list("").value().empty());
  EXPECT_EQ(get_whole(store, "a/none", limit).error().code, Code::not_found);
  EXPECT_TRUE(store.remove("a/none"));
  EXPECT_TRUE(store.put_once("a/claims/1", "first").value());
  EXPECT_FALSE(store.put_once("a/claims/1", "second").value());
  EXPECT_EQ(get_whole(store, "a/claims/1", limit).value(), "first");
  EXPECT_EQ(get_whole(store, "a/claims/1", 4).error().code, Code::storage_failed);
  std::string large(20'000'000, '\0');  // more than one part of a multipart upload
  for (std::size_t i = 0; i < large.size(); i += 1000) large[i] = static_cast<char>(i / 1000);
  for (const std::string& content : {std::string{}, std::string{"x"}, large}) {
    put_text(temp.at("file"), content);
    ASSERT_TRUE(store.put_file("a/files/7", temp.at("file")));
    EXPECT_TRUE(get_whole(store, "a/files/7", limit).value() == content);
  }
  EXPECT_FALSE(store.put_file("a/files/8", temp.at("none")));
  EXPECT_TRUE(store.put_once("b/claims/1", "").value());
  EXPECT_EQ(get_whole(store, "b/claims/1", limit).value(), "");
  EXPECT_EQ(store.list("").value(), (std::vector<std::string>{"a/claims/1", "a/files/7", "b/claims/1"}));
  EXPECT_EQ(store.list("a/").value(), (std::vector<std::string>{"a/claims/1", "a/files/7"}));
  EXPECT_EQ(store.list("a/fil").value(), (std::vector<std::string>{"a/files/7"}));
  EXPECT_TRUE(store.drop_leftovers("a/"));
  EXPECT_TRUE(store.remove("a/files/7"));
  EXPECT_EQ(store.list("a/").value(), (std::vector<std::string>{"a/claims/1"}));
  EXPECT_EQ(
      store.get("a/claims/1", [](std::string_view) { return Result<void>{Error{Code::overloaded, ""}}; }).error().code,
      Code::overloaded);
}

}  // namespace weir::checkpoint
