// A folder among the system's temporary files that goes with its process, also where that was killed: then the next one
// to be made removes it. Whoever uses one holds a lock in it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "schemas/base/result.hpp"

namespace weir::app {

class TemporaryFolder {
 public:
  /// `parent`/`name`-XXXXXX, after removing those of that name that nobody holds any more. Error: storage_failed.
  static Result<TemporaryFolder> make(const std::filesystem::path& parent, const std::string& name);
  /// Removes it with all that is in it.
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  /// What is in it for its owner to use: a folder that is not there yet.
  std::filesystem::path inside() const { return path_ / "data"; }

 private:
  TemporaryFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::filesystem::path path_;
  int lock_;
};

}  // namespace weir::app
