// The declarative table behind settings.hpp.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/app/settings.hpp"

namespace weir::app {

/// A set of commands.
class Commands {
 public:
  constexpr Commands(std::initializer_list<Command> commands) {  // NOLINT: implicit by design
    for (const auto command : commands) bits_ |= bit(command);
  }
  constexpr bool contains(Command command) const { return (bits_ & bit(command)) != 0; }

 private:
  static constexpr unsigned bit(Command command) { return 1u << static_cast<unsigned>(command); }
  unsigned bits_ = 0;
};

// How a value becomes a field of Settings.
struct Text {
  std::string Settings::* field;
};
/// One of the names in the setting's `value`, separated by '|'.
struct Choice {
  std::string Settings::* field;
};
struct Number {
  std::uint64_t Settings::* field;
  std::uint64_t min;
  std::uint64_t max;
};
/// A number, also with KiB, MiB, GiB.
struct Bytes {
  std::uint64_t Settings::* field;
  std::uint64_t min;
  std::uint64_t max;
};
/// A flag without a value; elsewhere `true` or `false`.
struct Switch {
  bool Settings::* field;
};
/// A flag that may be repeated; a YAML sequence; in a variable separated by ';'.
struct List {
  std::vector<std::string> Settings::* field;
};
/// Returns what is wrong with the value, or nothing.
using Custom = std::optional<std::string> (*)(Settings&, std::string_view value);

struct Setting {
  enum class Kind : std::uint8_t { option, required, positional, optional_positional };

  std::string_view name;  // without dashes
  Commands commands;
  std::string_view value;     // what stands for the value in --help; empty: a switch
  std::string_view fallback;  // the default as it would be written; empty: none
  std::string_view help;
  std::variant<Text, Choice, Number, Bytes, Switch, List, Custom> store;
  Kind kind = Kind::option;

  std::string flag() const;      // "--tls-cert"; "FILE" for a positional one
  std::string variable() const;  // "WEIR_TLS_CERT"
  bool is_positional() const { return kind == Kind::positional || kind == Kind::optional_positional; }
  bool is_required() const { return kind == Kind::required || kind == Kind::positional; }
  bool is_switch() const { return std::holds_alternative<Switch>(store); }
  bool is_list() const { return std::holds_alternative<List>(store); }
};

/// Every setting, in the order of --help.
std::span<const Setting> settings_table();
std::span<const Command> all_commands();
/// One line for --help.
std::string_view summary_of(Command command);

/// Puts the value where it belongs, after whatever a list holds already. What is wrong with it, or nothing.
std::optional<std::string> store_value(const Setting& setting, std::string_view value, Settings& settings);

/// What no single setting can tell: values that do not go together.
std::vector<std::string> conflicts_in(const Settings& settings);

}  // namespace weir::app
