#include "api/app/settings.hpp"

#include <algorithm>
#include <set>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "api/app/settings_file.hpp"
#include "api/app/settings_table.hpp"
#include "api/app/settings_text.hpp"

namespace weir::app {
namespace {

constexpr int exit_done = 0;
constexpr int exit_usage = 2;
constexpr std::string_view variable_prefix = "WEIR_";

// What one source says about one setting.
struct Given {
  std::string where;  // as it is named in a fault: "--threads", "WEIR_THREADS", "weir.yaml:3: threads"
  std::vector<std::string> values;
};

struct Sources {
  std::map<std::string, Given, std::less<>> flags, variables, file;  // by name of the setting
  std::vector<std::string> faults;
};

std::string did_you_mean(std::string_view mistyped, const std::vector<std::string>& known) {
  const auto meant = nearest(mistyped, known);
  return meant ? "; did you mean " + *meant + "?" : "";
}

template <class Spell>
std::vector<std::string> known_names(Spell spell, std::string config) {
  std::set<std::string> names;
  if (!config.empty()) names.insert(std::move(config));
  for (const auto& setting : settings_table()) {
    if (!setting.is_positional()) names.insert(spell(setting));
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> flags_of(Command command) {
  std::vector<std::string> flags{"--config", "--help"};
  for (const auto& setting : settings_table()) {
    if (setting.commands.contains(command) && !setting.is_positional()) flags.push_back(setting.flag());
  }
  return flags;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

CLI::Option* add_option(CLI::App& app, const Setting& setting) {
  if (setting.is_switch()) return app.add_flag(setting.flag());
  const auto name = setting.is_positional() ? std::string(setting.name) : setting.flag();
  return app.add_option(name)->type_size(1)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

// What was written that is no flag and no value of one.
void refuse_extras(const std::vector<std::string>& extras, Command command, std::vector<std::string>& faults) {
  bool behind_unknown = false;  // then it may be the unknown flag's value
  for (const auto& extra : extras) {
    const bool is_flag = extra.starts_with('-');
    const auto name = extra.substr(0, extra.find('='));
    if (is_flag) faults.push_back(name + " is unknown" + did_you_mean(name, flags_of(command)));
    if (!is_flag && !behind_unknown) faults.push_back("\"" + extra + "\" is one argument too many");
    behind_unknown = is_flag;
  }
}

struct CommandLine {
  bool help = false;
  std::string config;
};

CommandLine read_flags(Command command, std::vector<std::string> arguments, Sources& sources) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  CommandLine line;
  app.add_flag("-h,--help", line.help);
  app.add_option("--config", line.config)->expected(1);
  std::vector<std::pair<const Setting*, CLI::Option*>> options;
  for (const auto& setting : settings_table()) {
    if (setting.commands.contains(command)) options.emplace_back(&setting, add_option(app, setting));
  }
  std::ranges::reverse(arguments);  // as CLI11 takes them
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ArgumentMismatch& error) {  // "--data: 1 required missing"
    const std::string_view text(error.what());
    sources.faults.push_back(std::string(text.substr(0, text.find(':'))) + " has no value");
    return line;
  } catch (const CLI::Error& error) {
    sources.faults.emplace_back(error.what());
    return line;
  }
  refuse_extras(app.remaining(), command, sources.faults);
  for (const auto& [setting, option] : options) {
    if (option->count() == 0) continue;
    if (option->count() > 1 && !setting->is_list()) sources.faults.push_back(setting->flag() + " is given twice");
    sources.flags[std::string(setting->name)] = {setting->flag(), option->results()};
  }
  return line;
}

void read_variables(const Environment& environment, Sources& sources, std::string& config) {
  const auto known = known_names([](const Setting& setting) { return setting.variable(); }, "WEIR_CONFIG");
  for (const auto& [variable, value] : environment) {
    if (!std::ranges::binary_search(known, variable)) {
      sources.faults.push_back(variable + " is unknown" + did_you_mean(variable, known));
    } else if (variable == "WEIR_CONFIG") {
      if (config.empty()) config = value;
    } else if (!value.empty()) {
      const auto setting = std::ranges::find(settings_table(), variable, &Setting::variable);
      sources.variables[std::string(setting->name)] = {variable,
                                                       setting->is_list() ? split(value, ';') : std::vector{value}};
    }
  }
}

void read_file(const std::string& path, Sources& sources) {
  const auto settings = read_settings_file(path);
  if (!settings) return sources.faults.push_back(settings.error().detail);
  const auto known = known_names([](const Setting& setting) { return std::string(setting.name); }, "");
  for (const auto& [name, values, line] : *settings) {
    const auto where = path + ":" + std::to_string(line) + ": " + name.substr(0, 64);
    const auto setting = std::ranges::find(settings_table(), name, &Setting::name);
    if (!std::ranges::binary_search(known, name)) {
      sources.faults.push_back(where + " is unknown" + did_you_mean(name, known));
    } else if (values.empty() || (values.size() > 1 && !setting->is_list())) {
      sources.faults.push_back(where + " has not exactly one value");
    } else {
      sources.file[name] = {where, values};
    }
  }
}

const Given* find_given(const Setting& setting, const Sources& sources) {
  for (const auto* source : {&sources.flags, &sources.variables, &sources.file}) {
    if (const auto found = source->find(setting.name); found != source->end()) return &found->second;
  }
  return nullptr;
}

void apply(const Setting& setting, Sources& sources, Settings& settings) {
  const auto* given = find_given(setting, sources);
  if (given == nullptr && setting.is_required()) return sources.faults.push_back(setting.flag() + " is required");
  if (given == nullptr && setting.fallback.empty()) return;
  const Given fallback{setting.flag(), {std::string(setting.fallback)}};
  for (const auto& value : (given != nullptr ? *given : fallback).values) {
    const auto& where = (given != nullptr ? *given : fallback).where;
    const auto fault =
        value.empty() ? std::optional<std::string>("has no value") : store_value(setting, value, settings);
    if (fault) sources.faults.push_back(where + (value.empty() ? " " : ": ") + *fault);
  }
}

Parsed refused(const std::vector<std::string>& faults, std::string_view command) {
  Parsed parsed;
  for (const auto& fault : faults) parsed.text += "weir: " + fault + "\n";
  parsed.text += "See weir " + std::string(command) + (command.empty() ? "" : " ") + "--help.\n";
  parsed.exit_code = exit_usage;
  return parsed;
}

Parsed parse_command(Command command, std::vector<std::string> arguments, const Environment& environment) {
  Sources sources;
  auto line = read_flags(command, std::move(arguments), sources);
  if (line.help) return {std::nullopt, help(command), exit_done};
  read_variables(environment, sources, line.config);
  if (!line.config.empty()) read_file(line.config, sources);

  Settings settings;
  settings.command = command;
  for (const auto& setting : settings_table()) {
    if (setting.commands.contains(command)) apply(setting, sources, settings);
  }
  if (sources.faults.empty()) sources.faults = conflicts_in(settings);
  if (!sources.faults.empty()) return refused(sources.faults, name_of(command));
  return {std::move(settings), "", exit_done};
}

}  // namespace

std::string_view version() { return WEIR_VERSION; }

Environment weir_environment() {
  Environment found;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (!text.starts_with(variable_prefix) || equals == std::string_view::npos) continue;
    found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

Parsed parse_settings(const std::vector<std::string>& arguments, const Environment& environment) {
  if (arguments.empty()) return {std::nullopt, help(), exit_usage};
  const auto& first = arguments.front();
  if (first == "--help" || first == "-h" || first == "help") return {std::nullopt, help(), exit_done};
  if (first == "--version") return {std::nullopt, "weir " + std::string{version()} + "\n", exit_done};
  std::vector<std::string> names;
  for (const auto command : all_commands()) {
    names.emplace_back(name_of(command));
    if (first == names.back()) return parse_command(command, {arguments.begin() + 1, arguments.end()}, environment);
  }
  return refused({"\"" + first.substr(0, 64) + "\" is no command" + did_you_mean(first, names)}, "");
}

}  // namespace weir::app
