#include "schemas/crypto/box.hpp"

#include <gtest/gtest.h>

namespace weir::crypto {
namespace {

TEST(Box, IsOpenedByItsKeyAlone) {
  const Key key = random_key();
  for (const std::string& plain : {std::string{}, std::string("a\0b", 3), std::string(100'000, 'x')}) {
    const std::string locked = lock_up(key, plain);
    EXPECT_EQ(locked.size(), plain.size() + 40);
    EXPECT_EQ(unlock(key, locked), plain);
    EXPECT_FALSE(unlock(random_key(), locked));
    EXPECT_NE(lock_up(key, plain), locked);
  }
}

TEST(Box, IsNotOpenedWhenAnyBitChanged) {
  const Key key = random_key();
  const std::string locked = lock_up(key, "who may sign in");
  for (std::size_t bit = 0; bit < locked.size() * 8; ++bit) {
    std::string changed = locked;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(unlock(key, changed)) << bit;
  }
  for (std::size_t size = 0; size < locked.size(); ++size) EXPECT_FALSE(unlock(key, locked.substr(0, size)));
}

}  // namespace
}  // namespace weir::crypto
