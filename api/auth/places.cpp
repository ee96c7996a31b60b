#include "api/auth/places.hpp"

namespace weir::auth {

struct Places::Place::Taken {
  std::mutex mutex;
  std::size_t all = 0;                                        // under mutex, as all below
  std::unordered_map<std::string, std::size_t> by_workspace;  // without zeros
};

Places::Places(std::size_t places_max, std::optional<std::size_t> of_workspace_max)
    : places_max_(places_max), of_workspace_max_(of_workspace_max), taken_(std::make_shared<Taken>()) {}

Places::Place::~Place() {
  if (!taken_) return;
  const std::lock_guard lock(taken_->mutex);
  const auto of_workspace = taken_->by_workspace.find(workspace_);
  if (--of_workspace->second == 0) taken_->by_workspace.erase(of_workspace);
  --taken_->all;
}

Result<Places::Place> Places::take(const std::string& workspace) {
  const std::lock_guard lock(taken_->mutex);
  if (taken_->all >= places_max_) return Error{Code::overloaded, ""};
  const auto found = taken_->by_workspace.find(workspace);
  const std::size_t of_workspace = found == taken_->by_workspace.end() ? 0 : found->second;
  if (of_workspace_max_ && of_workspace >= *of_workspace_max_) return Error{Code::quota_exceeded, ""};
  ++taken_->by_workspace[workspace];
  ++taken_->all;
  return Place(taken_, workspace);
}

std::size_t Places::taken() const {
  const std::lock_guard lock(taken_->mutex);
  return taken_->all;
}

}  // namespace weir::auth
