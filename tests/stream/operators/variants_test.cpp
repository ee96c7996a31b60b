// Variants of hand-made traces, short ones and ones too long to be listed.
#include "stream/operators/variants.hpp"

#include "tests/stream/operators/hand_made.hpp"

namespace weir::operators {
namespace {

using dataflow::Table;

dataflow::CellKey key_of(const std::string& activities) {
  dataflow::VariantHash hash;
  for (const char activity : activities) hash.append(dataflow::activity_hash(std::string(1, activity)));
  return {Table::variants, hash.id().high, hash.id().low};
}

TEST(Variants, CountCasesOfTheSameSequence) {
  HandMade<Variants> views;
  views.add("1", moments("abc"));
  views.add("2", moments("abc"));
  views.add("3", moments("acb"));
  EXPECT_EQ(views.cell_at(key_of("abc")).counts[VariantCell::cases], 2);
  EXPECT_EQ(views.cell_at(key_of("abc")).durations[VariantCell::cycle].max(), 20);
  EXPECT_EQ(views.cell_at(key_of("acb")).counts[VariantCell::cases], 1);
}

TEST(Variants, ListTheActivitiesOfAShortOne) {
  HandMade<Variants> views;
  views.add("1", moments("aba"));
  const VariantNote note = decode_variant_note(views.cell_at(key_of("aba")).note);
  const dataflow::NameId a = views.names().find("a"), b = views.names().find("b");
  EXPECT_TRUE(note.listed);
  EXPECT_EQ(note.activities, (std::vector{a, b, a}));
}

TEST(Variants, ListTheMostThatMayBeListed) {
  HandMade<Variants> views;
  const std::string activities(VariantNote::listed_max, 'a');
  views.add("1", moments(activities));
  EXPECT_EQ(decode_variant_note(views.cell_at(key_of(activities)).note).activities.size(), VariantNote::listed_max);
}

TEST(Variants, NameTheCasesOfALongOne) {
  HandMade<Variants> views;
  const std::string activities(VariantNote::listed_max + 1, 'a');
  for (const char* case_id : {"2", "3", "1"}) views.add(case_id, moments(activities));
  views.remove("2", moments(activities));
  const VariantNote note = decode_variant_note(views.cell_at(key_of(activities)).note);
  EXPECT_FALSE(note.listed);
  EXPECT_EQ(note.members, (std::vector<std::string>{"1", "3"}));
}

TEST(Variants, RelabelWhatTheyList) {
  HandMade<Variants> views;
  views.add("1", moments("ab"));
  dataflow::CellKey key = key_of("ab");
  dataflow::Cell cell = views.cell_at(key);
  EXPECT_TRUE(Variants{}.relabel([](dataflow::NameId name) { return name + 40; }, key, cell));
  EXPECT_EQ(key, key_of("ab"));
  EXPECT_EQ(decode_variant_note(cell.note).activities, (std::vector<dataflow::NameId>{41, 42}));
}

TEST(Variants, LeaveNothingOfACaseThatGoes) {
  HandMade<Variants> views;
  views.add("1", moments("ab"));
  views.remove("1", moments("ab"));
  EXPECT_EQ(views.cells_left(), 0U);
}

}  // namespace
}  // namespace weir::operators
