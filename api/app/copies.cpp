#include "api/app/copies.hpp"

#include <optional>
#include <thread>

#include "api/app/copied_folder.hpp"
#include "schemas/crypto/digest.hpp"
#include "state/store/durable_file.hpp"

namespace weir::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view wanted_suffix = ".wanted";
constexpr std::string_view done_suffix = ".done";
constexpr std::chrono::milliseconds look_interval{200};
constexpr std::chrono::milliseconds ask_interval{50};
constexpr std::chrono::minutes answer_max{5};
constexpr std::chrono::hours forgotten_after{24};  // by a command that was killed
constexpr std::size_t name_bytes = 8;

fs::path with(const fs::path& path, std::string_view suffix) { return fs::path{path}.concat(suffix); }

void forget_old(const fs::path& copies, std::chrono::seconds older_than) {
  std::error_code failed;
  const auto now = fs::file_time_type::clock::now();
  for (const auto& one : fs::directory_iterator(copies, failed)) {
    std::error_code gone;
    if (fs::last_write_time(one.path(), gone) + older_than <= now && !gone) fs::remove_all(one.path(), gone);
  }
}

/// As one would wish the command to say.
std::string outcome_text(const Result<fs::path>& made) {
  if (made) return {};
  return std::string{name_of(made.error().code)} + '\n' + made.error().detail;
}

Error error_from(const std::string& outcome) {
  const std::size_t split = outcome.find('\n');
  const auto code = code_named(std::string_view{outcome}.substr(0, split)).value_or(Code::storage_failed);
  return {code, split == std::string::npos ? std::string{} : outcome.substr(split + 1)};
}

/// No server holds the folder: nothing while one does.
std::optional<Result<fs::path>> copy_ourselves(const fs::path& data, const fs::path& copy) {
  const auto held = DataFolder::open(data, 0);
  if (!held && held.error().code == Code::storage_failed) return {};
  if (!held) return held.error();
  forget_old(DataFolder::copies_of(data), std::chrono::seconds{0});
  const auto copied = copy_at_rest(*held, copy);
  if (!copied) return copied.error();
  return copy;
}

}  // namespace

void Copies::start() {
  const fs::path copies = node_.folder().copies();
  static_cast<void>(store::make_folders(copies));
  forget_old(copies, std::chrono::seconds{0});
  work_.start([this] {
    answer_commands();
    return Clock::Steady{look_interval};
  });
}

Result<fs::path> Copies::make(const std::string& name) {
  const std::lock_guard lock{making_};
  const fs::path copy = node_.folder().copies() / name;
  remove_copy(copy);
  const auto copied = node_.copy_to(copy);
  if (copied) return copy;
  remove_copy(copy);
  return copied.error();
}

void Copies::answer_commands() {
  std::error_code failed;
  std::vector<std::string> names;
  for (const auto& one : fs::directory_iterator(node_.folder().copies(), failed)) {
    const fs::path name = one.path().filename();
    if (name.extension() == wanted_suffix) names.push_back(name.stem());
  }
  for (const std::string& name : names) {
    const auto made = make(name);
    const fs::path copy = node_.folder().copies() / name;
    if (!made) node_.logger().log(LogLevel::error, "a copy failed", {{"detail", made.error().detail}});
    const auto told = store::replace_file(with(copy, done_suffix), outcome_text(made));
    if (!told) node_.logger().log(LogLevel::error, told.error().detail);
    fs::remove(with(copy, wanted_suffix), failed);
  }
  forget_old(node_.folder().copies(), forgotten_after);
  forget_old(node_.folder().damaged(), forgotten_after);  // erased cases must not lie there any longer
}

Result<fs::path> obtain_copy(const fs::path& data) {
  const std::string name = "backup-" + crypto::to_hex(crypto::random_bytes(name_bytes));
  const fs::path copy = DataFolder::copies_of(data) / name;
  if (auto copied = copy_ourselves(data, copy)) return *std::move(copied);
  if (const auto asked = store::replace_file(with(copy, wanted_suffix), ""); !asked) return asked.error();
  for (auto waited = std::chrono::milliseconds{0}; waited < answer_max; waited += ask_interval) {
    const auto outcome = store::read_file(with(copy, done_suffix));
    if (!outcome) return outcome.error();
    if (outcome->has_value()) {
      std::error_code gone;
      fs::remove(with(copy, done_suffix), gone);
      if ((*outcome)->empty()) return copy;
      return error_from(**outcome);
    }
    std::this_thread::sleep_for(ask_interval);
    std::error_code failed;
    if (fs::exists(with(copy, wanted_suffix), failed)) {
      // A server that died will never answer.
      if (auto copied = copy_ourselves(data, copy)) return *std::move(copied);
    }
  }
  return Error{Code::storage_failed, "the server that holds the folder makes no copy"};
}

void remove_copy(const fs::path& copy) {
  std::error_code failed;
  fs::remove_all(copy, failed);
}

}  // namespace weir::app
