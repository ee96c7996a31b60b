#include "stream/log/topics.hpp"

#include <mutex>

namespace weir::log {

Topic* Topics::find(const std::string& workspace) const {
  const std::shared_lock lock(mutex_);
  const auto at = topics_.find(workspace);
  return at == topics_.end() ? nullptr : at->second.get();
}

std::unique_ptr<Topic> Topics::make(const std::string& workspace) const {
  const std::shared_lock lock(mutex_);
  return std::make_unique<Topic>(workspace, static_cast<std::uint32_t>(topics_.size()), partition_count_);
}

void Topics::add(std::unique_ptr<Topic> topic) {
  const std::unique_lock lock(mutex_);
  const bool added = topics_.try_emplace(topic->workspace, std::move(topic)).second;
  WEIR_CHECK(added, "a workspace has two topics");
}

std::vector<Topic*> Topics::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<Topic*> all;
  all.reserve(topics_.size());
  for (const auto& [name, topic] : topics_) all.push_back(topic.get());
  return all;
}

}  // namespace weir::log
