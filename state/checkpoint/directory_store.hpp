// Objects as files of a folder, which may be of another machine (NFS with hard links).
#pragma once

#include "state/checkpoint/object_store.hpp"

namespace weir::checkpoint {

class DirectoryStore final : public ObjectStore {
 public:
  /// The folder is made by the first put.
  explicit DirectoryStore(std::filesystem::path root) : root_(std::move(root)) {}

  Result<void> put_file(const std::string& name, const std::filesystem::path& file) override;
  Result<bool> put_once(const std::string& name, std::string_view bytes) override;
  Result<void> get(const std::string& name, const Sink& sink) override;
  Result<std::vector<std::string>> list(const std::string& prefix) override;
  Result<void> remove(const std::string& name) override;
  Result<void> drop_leftovers(const std::string& prefix) override;

 private:
  Result<std::vector<std::string>> names(const std::string& prefix, bool leftovers) const;

  std::filesystem::path root_;
};

}  // namespace weir::checkpoint
