#include "stream/log/kafka/sealing.hpp"

#include <gtest/gtest.h>

namespace weir::log::kafka {
namespace {

class SealingTest : public ::testing::Test {
 protected:
  static std::string_view bytes(const Mark& mark) { return {mark.data(), mark.size()}; }

  crypto::Key key_{1};
  Sealer sealer_{key_, "weir.acme.events", 3};
  const Record record_{Kind::settings, "value"};
};

TEST_F(SealingTest, TellsTheKindOfWhatItSealed) {
  EXPECT_EQ(sealer_.kind_of(bytes(sealer_.mark(record_)), "value"), Kind::settings);
  EXPECT_EQ(sealer_.kind_of(bytes(sealer_.mark({Kind::event, ""})), ""), Kind::event);
}

TEST_F(SealingTest, EveryBitCounts) {
  const Mark mark = sealer_.mark(record_);
  for (std::size_t bit = 0; bit < mark.size() * 8; ++bit) {
    Mark changed = mark;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(sealer_.kind_of(bytes(changed), "value"), Kind::unsealed) << bit;
  }
  EXPECT_EQ(sealer_.kind_of(bytes(mark), "valuE"), Kind::unsealed);
  EXPECT_EQ(sealer_.kind_of(bytes(mark).substr(1), "value"), Kind::unsealed);
  EXPECT_EQ(sealer_.kind_of("", "value"), Kind::unsealed);
}

TEST_F(SealingTest, ASealIsOfOneKeyTopicAndPartition) {
  const Mark mark = sealer_.mark(record_);
  EXPECT_EQ((Sealer{key_, "weir.acme.events", 4}).kind_of(bytes(mark), "value"), Kind::unsealed);
  EXPECT_EQ((Sealer{key_, "weir.beta.events", 3}).kind_of(bytes(mark), "value"), Kind::unsealed);
  EXPECT_EQ((Sealer{crypto::Key{2}, "weir.acme.events", 3}).kind_of(bytes(mark), "value"), Kind::unsealed);
}

}  // namespace
}  // namespace weir::log::kafka
