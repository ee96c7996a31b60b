#include "api/app/settings_text.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace weir::app {
namespace {

constexpr std::size_t help_column = 40;

std::string usage_of(const Setting& setting) {
  if (setting.is_positional() || setting.is_switch()) return setting.flag();
  return setting.flag() + " " + std::string(setting.value);
}

// A line of --help: what to write, padded (or on a line of its own), then what it means.
std::string help_line(const std::string& usage, const std::string& meaning) {
  std::string line = "  " + usage;
  if (line.size() + 2 > help_column) line += "\n";
  const auto last_line = line.size() - (line.rfind('\n') == std::string::npos ? 0 : line.rfind('\n') + 1);
  line.append(help_column - last_line, ' ');
  return line + meaning + "\n";
}

std::string default_note(const Setting& setting) {
  if (setting.is_required()) return " [required]";
  if (setting.fallback.empty() || setting.is_switch()) return "";
  return " [" + std::string(setting.fallback) + "]";
}

std::string commands_of(const Setting& setting) {
  std::string text;
  for (const auto command : all_commands()) {
    if (setting.commands.contains(command)) text += (text.empty() ? "" : ", ") + std::string(name_of(command));
  }
  return text;
}

// The optimal string alignment distance, by rows of its table.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = std::exchange(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string help() {
  std::string text = "Weir: live process maps from events.\n\nusage: weir COMMAND [SETTINGS]\n\ncommands:\n";
  for (const auto command : all_commands()) {
    text += help_line(std::string(name_of(command)), std::string(summary_of(command)));
  }
  text +=
      "\n" + help_line("--help", "This text; after a command: its settings.") + help_line("--version", "The version.");
  return text;
}

std::string help(Command command) {
  std::string usage = "usage: weir " + std::string(name_of(command));
  std::string lines;
  for (const auto& setting : settings_table()) {
    if (!setting.commands.contains(command)) continue;
    if (setting.is_required()) usage += " " + usage_of(setting);
    if (setting.kind == Setting::Kind::optional_positional) usage += " [" + usage_of(setting) + "]";
    lines += help_line(usage_of(setting), std::string(setting.help) + default_note(setting));
  }
  lines += help_line("--config FILE", "Read settings from this YAML file.");
  return usage + " [SETTINGS]\n\n" + std::string(summary_of(command)) + "\n\nsettings:\n" + lines +
         "\nEvery setting is also a variable (--tls-cert: WEIR_TLS_CERT) and a key of the file (tls-cert).\n"
         "A flag goes before a variable, a variable before the file.\n";
}

std::optional<std::string> nearest(std::string_view mistyped, std::span<const std::string> known) {
  constexpr std::size_t length_max = 64;
  if (mistyped.size() > length_max) return std::nullopt;
  const auto near = std::max<std::size_t>(2, mistyped.size() / 3);
  std::optional<std::string> best;
  std::size_t best_distance = near + 1;
  for (const auto& name : known) {
    const auto steps = distance(mistyped, name);
    if (steps < best_distance) {
      best = name;
      best_distance = steps;
    }
  }
  return best;
}

std::string env_example() {
  std::string text =
      "# Every setting of Weir as a variable, with its default. Copy to .env and uncomment what you change; an empty\n"
      "# value counts as not set. Made from the table in api/app/settings_table.cpp.\n";
  std::set<std::string> seen;
  for (const auto& setting : settings_table()) {
    if (setting.is_positional() || !seen.insert(setting.variable()).second) continue;
    text += "\n# " + std::string(setting.help) + " (" + commands_of(setting) + ")\n";
    text += "#" + setting.variable() + "=" + std::string(setting.fallback) + "\n";
  }
  return text + "\n# A YAML file with further settings. (all)\n#WEIR_CONFIG=\n";
}

std::string settings_reference() {
  std::string text =
      "# Settings\n\nMade from the table in `settings_table.cpp`. A flag goes before a variable, a variable before a "
      "key of "
      "the YAML file\n(`--config`), that before the default.\n\n"
      "| flag and key | variable | commands | default | meaning |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& setting : settings_table()) {
    if (setting.is_positional()) continue;
    auto usage = usage_of(setting);
    for (auto at = usage.find('|'); at != std::string::npos; at = usage.find('|', at + 2)) usage.insert(at, "\\");
    const auto fallback = setting.kind == Setting::Kind::required ? "required" : std::string(setting.fallback);
    text += "| `" + usage + "` | `" + setting.variable() + "` | " + commands_of(setting) + " | " + fallback + " | " +
            std::string(setting.help) + " |\n";
  }
  return text;
}

}  // namespace weir::app
