#include "state/checkpoint/directory_store.hpp"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

#include "schemas/crypto/digest.hpp"
#include "state/checkpoint/reading.hpp"
#include "state/store/durable_file.hpp"

namespace weir::checkpoint {
namespace {

constexpr std::string_view unfinished = ".unfinished-";
constexpr std::size_t random_name_bytes = 8;

bool is_unfinished(std::string_view name) { return name.find(unfinished) != std::string_view::npos; }

/// A file that will be the object: written beside it, so that a rename is enough.
Result<store::NewFile> begin(const std::filesystem::path& path) {
  if (const auto made = store::make_folders(path.parent_path()); !made) return made.error();
  const std::string random = crypto::to_hex(crypto::random_bytes(random_name_bytes));
  return store::NewFile::begin(path, path.string().append(unfinished).append(random));
}

}  // namespace

Result<void> DirectoryStore::put_file(const std::string& name, const std::filesystem::path& file) {
  auto object = begin(root_ / name);
  if (!object) return object.error();
  const auto copied = read_pieces(file, [&](std::string_view piece) { return object->write(piece); });
  if (!copied) return copied;
  return object->replace();
}

Result<bool> DirectoryStore::put_once(const std::string& name, std::string_view bytes) {
  auto object = begin(root_ / name);
  if (!object) return object.error();
  if (const auto written = object->write(bytes); !written) return written.error();
  return object->place_once();
}

Result<void> DirectoryStore::get(const std::string& name, const Sink& sink) { return read_pieces(root_ / name, sink); }

Result<std::vector<std::string>> DirectoryStore::names(const std::string& prefix, bool leftovers) const {
  std::vector<std::string> found;
  std::error_code failed;
  const std::filesystem::path top = root_ / prefix.substr(0, prefix.rfind('/') + 1);
  std::filesystem::recursive_directory_iterator at(top, failed);
  if (failed == std::errc::no_such_file_or_directory) return found;
  for (; !failed && at != std::filesystem::recursive_directory_iterator(); at.increment(failed)) {
    std::error_code gone;  // a file may be removed while it is looked at
    if (!at->is_regular_file(gone)) continue;
    std::string name = at->path().lexically_relative(root_).string();
    if (name.starts_with(prefix) && is_unfinished(name) == leftovers) found.push_back(std::move(name));
  }
  if (failed) return Error{Code::storage_failed, top.string() + ": " + failed.message()};
  std::sort(found.begin(), found.end());
  return found;
}

Result<std::vector<std::string>> DirectoryStore::list(const std::string& prefix) { return names(prefix, false); }

Result<void> DirectoryStore::remove(const std::string& name) {
  const std::filesystem::path path = root_ / name;
  if (::unlink(path.c_str()) == 0) return store::sync_folder(path.parent_path());
  if (errno == ENOENT) return {};
  return Error{Code::storage_failed, path.string() + " cannot be removed"};
}

Result<void> DirectoryStore::drop_leftovers(const std::string& prefix) {
  const auto leftovers = names(prefix, true);
  if (!leftovers) return leftovers.error();
  for (const std::string& name : *leftovers) {
    if (const auto removed = remove(name); !removed) return removed;
  }
  return {};
}

}  // namespace weir::checkpoint
