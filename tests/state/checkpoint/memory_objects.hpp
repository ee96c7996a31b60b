// An object store in memory.
#pragma once

#include <map>

#include "state/checkpoint/object_store.hpp"
#include "state/store/durable_file.hpp"

namespace weir::checkpoint {

class MemoryObjects final : public ObjectStore {
 public:
  std::map<std::string, std::string> content;

  Result<void> put_file(const std::string& name, const std::filesystem::path& file) override {
    auto bytes = store::read_file(file).value();
    if (!bytes) return Error{Code::storage_failed, file.string()};
    content[name] = std::move(*bytes);
    return {};
  }
  Result<bool> put_once(const std::string& name, std::string_view bytes) override {
    return content.emplace(name, bytes).second;
  }
  Result<void> get(const std::string& name, const Sink& sink) override {
    const auto at = content.find(name);
    if (at == content.end()) return Error{Code::not_found, name};
    return sink(at->second);
  }
  Result<std::vector<std::string>> list(const std::string& prefix) override {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : content) {
      if (name.starts_with(prefix)) names.push_back(name);
    }
    return names;
  }
  Result<void> remove(const std::string& name) override {
    content.erase(name);
    return {};
  }
  Result<void> drop_leftovers(const std::string&) override { return {}; }
};

}  // namespace weir::checkpoint
