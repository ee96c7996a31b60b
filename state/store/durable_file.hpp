// Files that are always whole: read at once, written beside their place and moved into it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "schemas/base/result.hpp"

namespace weir::store {

/// A file that is not there until it is whole and on the disk. Written beside its place under `temporary` (mode 0600),
/// which goes when it is given up. One thread at a time. Errors: storage_failed.
class NewFile {
 public:
  static Result<NewFile> begin(std::filesystem::path path, std::filesystem::path temporary);
  ~NewFile();
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;

  Result<void> write(std::string_view bytes);
  /// Puts it in the place of what was there. After a crash at any moment that is what it was, or this. Last call.
  Result<void> replace();
  /// Puts it there unless something is: then false, and what is there stays. Last call.
  Result<bool> place_once();

 private:
  NewFile(std::filesystem::path path, std::filesystem::path temporary, int file)
      : path_(std::move(path)), temporary_(std::move(temporary)), file_(file) {}
  bool sync_and_close();
  Error system_error() const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int file_;
};

/// Puts the bytes in the place of the file, mode 0600. After a crash at any moment the file holds what it held or these
/// bytes; on return they are on the disk. Uses the name `path` + ".next"; one caller at a time. Error: storage_failed.
Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes);

/// What the file holds; nothing if it is not there. Error: storage_failed.
Result<std::optional<std::string>> read_file(const std::filesystem::path& path);

/// Makes the folder and those above it, each of them durable in the one that holds it. Error: storage_failed.
Result<void> make_folders(const std::filesystem::path& path);
/// What was made, renamed or removed in the folder is durable. Error: storage_failed.
Result<void> sync_folder(const std::filesystem::path& path);

}  // namespace weir::store
