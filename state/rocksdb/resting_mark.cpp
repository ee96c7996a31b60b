#include "state/rocksdb/resting_mark.hpp"

#include <filesystem>
#include <sstream>

#include "state/store/durable_file.hpp"

namespace weir::rocks {
namespace {

namespace fs = std::filesystem;

constexpr const char* mark_name = "RESTING";
constexpr std::string_view form = "1";

Error damaged(const std::string& path, const std::string& what) { return {Code::state_damaged, path + ": " + what}; }

/// The manifest that CURRENT names; empty if there is none.
Result<std::string> manifest_name(const std::string& path) {
  const auto current = store::read_file(fs::path{path} / "CURRENT");
  if (!current) return current.error();
  if (!*current) return std::string{};
  return (*current)->substr(0, (*current)->find('\n'));
}

std::string text_of(const RestingMark& mark) {
  std::ostringstream text;
  text << form << ' ' << mark.manifest << ' ' << mark.bytes << ' ' << to_hex(mark.content) << ' ' << mark.changes;
  return text.str() + ' ' + to_hex(hash128(text.str())) + '\n';
}

/// By the number in the name.
bool is_older(const std::string& manifest, const std::string& than) {
  return std::pair{manifest.size(), manifest} < std::pair{than.size(), than};
}

}  // namespace

Result<std::optional<RestingMark>> load_mark(const std::string& path) {
  const auto text = store::read_file(fs::path{path} / mark_name);
  if (!text) return text.error();
  if (!*text) return std::optional<RestingMark>{};
  std::istringstream words{**text};
  std::string version, content;
  RestingMark mark;
  words >> version >> mark.manifest >> mark.bytes >> content >> mark.changes;
  const std::string_view high = std::string_view{content}.substr(0, 16);
  const std::string_view low = std::string_view{content}.substr(high.size());
  std::from_chars(high.data(), high.data() + high.size(), mark.content.high, 16);
  std::from_chars(low.data(), low.data() + low.size(), mark.content.low, 16);
  if (**text != text_of(mark)) return damaged(path, "its mark cannot be read");
  return std::optional{std::move(mark)};
}

Result<void> check_manifest(const std::string& path, const RestingMark& mark) {
  const auto name = manifest_name(path);
  if (!name) return name.error();
  if (name->empty() || is_older(*name, mark.manifest)) {
    return damaged(path, "CURRENT names `" + *name + "`, and it was " + mark.manifest);
  }
  if (*name != mark.manifest) return {};  // another since, by a process that was killed
  const auto bytes = store::read_file(fs::path{path} / *name);
  if (!bytes) return bytes.error();
  const std::string_view known = *bytes ? std::string_view{**bytes}.substr(0, mark.bytes) : std::string_view{};
  if (known.size() == mark.bytes && hash128(known) == mark.content) return {};
  return damaged(path, *name + " is not what it was");
}

Result<void> save_mark(const std::string& path, std::uint64_t changes) {
  const auto name = manifest_name(path);
  if (!name) return name.error();
  const auto bytes = store::read_file(fs::path{path} / *name);
  if (!bytes) return bytes.error();
  const std::string_view content = *bytes ? std::string_view{**bytes} : std::string_view{};
  return store::replace_file(fs::path{path} / mark_name, text_of({*name, content.size(), hash128(content), changes}));
}

}  // namespace weir::rocks
