#include "stream/company/roster.hpp"

#include "schemas/base/check.hpp"

namespace weir::company {
namespace {

enum class Days : std::uint8_t { weekdays, not_sundays, every_day };

struct Hiring {
  Role role;
  Region region;
  Site site;
  unsigned people;
  unsigned begins_min, ends_min;
  Days days;
};

using enum Role;
using enum Region;
using enum Days;

constexpr Site athens{"Athens", "Europe/Athens"}, manila{"Manila", "Asia/Manila"}, bogota{"Bogota", "America/Bogota"};
constexpr Site rotterdam{"Rotterdam", "Europe/Amsterdam"}, singapore{"Singapore", "Asia/Singapore"};
constexpr Site dallas{"Dallas", "America/Chicago"}, frankfurt{"Frankfurt", "Europe/Berlin"};
constexpr Site sydney{"Sydney", "Australia/Sydney"}, chicago{"Chicago", "America/Chicago"};

constexpr unsigned hour(unsigned hours, unsigned minutes = 0) { return hours * 60 + minutes; }

// clang-format off
constexpr std::array hirings = std::to_array<Hiring>({
  {first_line, europe, athens, 9, hour(6, 30), hour(15), every_day},    {first_line, europe, athens, 10, hour(12), hour(20, 30), every_day},
  {first_line, asia, manila, 6, hour(7), hour(15, 30), every_day},      {first_line, asia, manila, 6, hour(12), hour(20, 30), every_day},
  {first_line, americas, bogota, 9, hour(7, 30), hour(16), every_day},  {first_line, americas, bogota, 9, hour(12), hour(20, 30), every_day},
  {second_line, europe, athens, 9, hour(9), hour(17, 30), every_day},   {second_line, asia, manila, 5, hour(9), hour(17, 30), every_day},
  {second_line, americas, bogota, 8, hour(9), hour(17, 30), every_day}, {engineering, europe, athens, 10, hour(9, 30), hour(18), weekdays},

  {fraud, europe, rotterdam, 3, hour(8), hour(16, 30), not_sundays},     {fraud, asia, singapore, 2, hour(8), hour(16, 30), not_sundays},
  {fraud, americas, dallas, 2, hour(8), hour(16, 30), not_sundays},
  {picking, europe, rotterdam, 9, hour(6), hour(14, 30), not_sundays},   {picking, europe, rotterdam, 7, hour(13, 30), hour(22), not_sundays},
  {picking, asia, singapore, 4, hour(6), hour(14, 30), not_sundays},     {picking, asia, singapore, 3, hour(13, 30), hour(22), not_sundays},
  {picking, americas, dallas, 7, hour(6), hour(14, 30), not_sundays},    {picking, americas, dallas, 6, hour(13, 30), hour(22), not_sundays},
  {packing, europe, rotterdam, 5, hour(6, 30), hour(15), not_sundays},   {packing, europe, rotterdam, 5, hour(14), hour(22, 30), not_sundays},
  {packing, asia, singapore, 4, hour(8), hour(16, 30), not_sundays},     {packing, americas, dallas, 4, hour(6, 30), hour(15), not_sundays},
  {packing, americas, dallas, 4, hour(14), hour(22, 30), not_sundays},   {dispatch, europe, rotterdam, 5, hour(9), hour(17, 30), not_sundays},
  {dispatch, asia, singapore, 2, hour(9), hour(17, 30), not_sundays},    {dispatch, americas, dallas, 3, hour(9), hour(17, 30), not_sundays},
  {returns, europe, rotterdam, 2, hour(8), hour(16, 30), weekdays},      {returns, asia, singapore, 1, hour(8), hour(16, 30), weekdays},
  {returns, americas, dallas, 2, hour(8), hour(16, 30), weekdays},       {accounting, europe, rotterdam, 4, hour(8, 30), hour(17), weekdays},

  {clerks, europe, frankfurt, 7, hour(8), hour(16, 30), weekdays},       {clerks, asia, sydney, 3, hour(8), hour(16, 30), weekdays},
  {clerks, americas, chicago, 5, hour(8), hour(16, 30), weekdays},       {analysts, europe, frankfurt, 9, hour(8, 30), hour(17), weekdays},
  {analysts, asia, sydney, 5, hour(8, 30), hour(17), weekdays},          {analysts, americas, chicago, 7, hour(8, 30), hour(17), weekdays},
  {seniors, europe, frankfurt, 3, hour(9), hour(17, 30), weekdays},      {seniors, americas, chicago, 2, hour(9), hour(17, 30), weekdays},
  {managers, europe, frankfurt, 2, hour(9), hour(17, 30), weekdays},     {managers, asia, sydney, 1, hour(9), hour(17, 30), weekdays},
  {managers, americas, chicago, 2, hour(9), hour(17, 30), weekdays},
});
// clang-format on

constexpr std::array<std::array<std::string_view, 24>, regions> first_names{{
    {"Eleni", "Jan",   "Maria",  "Nikos", "Anna",   "Lars", "Sofia", "Pieter", "Katrin", "Dimitra", "Marco", "Ines",
     "Tomas", "Greta", "Yannis", "Paul",  "Chiara", "Bram", "Zoe",   "Stefan", "Irene",  "Jonas",   "Alba",  "Felix"},
    {"Mei",  "Arun", "Liza",  "Kenji", "Grace", "Rafi", "Joy",   "Wei",  "Tala", "Hiro", "Divya", "Ben",
     "Nina", "Jun",  "Priya", "Paolo", "Hana",  "Ravi", "Carla", "Ming", "Ana",  "Dev",  "Yuki",  "Noel"},
    {"Camila", "James", "Lucia", "Diego", "Emma", "Carlos", "Ava",   "Mateo", "Grace", "Luis", "Olivia", "Andres",
     "Sara",   "Tyler", "Paula", "Jorge", "Mia",  "Oscar",  "Laura", "Ethan", "Nora",  "Juan", "Chloe",  "Rosa"},
}};

/// The how many-th person of a region. No two have the same name.
std::string name_of(Region region, unsigned number) {
  const auto& names = first_names[static_cast<std::size_t>(region)];
  const auto round = static_cast<unsigned>(number / names.size());
  std::string name{names[number % names.size()]};
  name.push_back(' ');
  name.push_back(static_cast<char>('A' + (number * 7 + round * 3) % 26));
  name.push_back('.');
  return name;
}

std::uint8_t off_days(Days days, unsigned number) {
  const auto bit = [](unsigned day) { return static_cast<std::uint8_t>(1u << day % 7); };
  constexpr unsigned saturday = 5, sunday = 6;
  if (days == weekdays) return bit(saturday) | bit(sunday);
  if (days == not_sundays) return bit(sunday) | bit(number % 6);
  return bit(saturday + number) | bit(sunday + number);
}

bool serves_everywhere(Role role) {
  return role == first_line || role == second_line || role == engineering || role == fraud || role == accounting ||
         role == seniors;
}

}  // namespace

std::size_t team_of(Role role, Region region) {
  return static_cast<std::size_t>(role) * regions + (serves_everywhere(role) ? 0 : static_cast<std::size_t>(region));
}

Shift next_shift(const Person& person, Time after) {
  auto day = std::chrono::floor<std::chrono::days>(person.zone.to_local(after));
  for (int tried = 0; tried <= 8; ++tried, day += std::chrono::days{1}) {
    if ((person.off_days >> (std::chrono::weekday{day}.iso_encoding() - 1) & 1) != 0) continue;
    const Shift shift{person.zone.to_time(day + std::chrono::minutes{person.begins_min}),
                      person.zone.to_time(day + std::chrono::minutes{person.ends_min})};
    if (shift.ends > after) return shift;
  }
  WEIR_CHECK(false, "nobody has more than a week off");
}

Result<std::vector<Person>> hire_everybody() {
  std::vector<Person> people;
  std::array<unsigned, regions> hired{};
  for (const Hiring& hiring : hirings) {
    const auto zone = Zone::find(hiring.site.zone);
    if (!zone) return zone.error();
    for (unsigned i = 0; i < hiring.people; ++i) {
      const unsigned number = hired[static_cast<std::size_t>(hiring.region)]++;
      Person person;
      person.name = name_of(hiring.region, number);
      person.site = hiring.site.name;
      person.role = hiring.role;
      person.team = team_of(hiring.role, hiring.region);
      person.zone = *zone;
      person.begins_min = hiring.begins_min;
      person.ends_min = hiring.ends_min;
      person.off_days = off_days(hiring.days, i);
      person.pace_percent = 85 + number * 13 % 40;
      people.push_back(std::move(person));
    }
  }
  return people;
}

Result<Zone> zone_of(Region region) {
  constexpr std::array<std::string_view, regions> zones{"Europe/Berlin", "Asia/Singapore", "America/Chicago"};
  return Zone::find(zones[static_cast<std::size_t>(region)]);
}

std::string_view warehouse_of(Region region) {
  return std::array{rotterdam.name, singapore.name, dallas.name}[static_cast<std::size_t>(region)];
}

std::string_view branch_of(Region region) {
  return std::array{frankfurt.name, sydney.name, chicago.name}[static_cast<std::size_t>(region)];
}

}  // namespace weir::company
