// How many connections may stay open, in all and for each workspace.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "schemas/base/result.hpp"

namespace weir::auth {

/// Thread-safe. O(1).
class Places {
 public:
  /// `of_workspace_max`: none, when a workspace may have them all.
  Places(std::size_t places_max, std::optional<std::size_t> of_workspace_max);

  /// One place, free again when it goes; it may outlive the Places.
  class Place {
   public:
    Place(Place&&) noexcept = default;
    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    friend class Places;
    struct Taken;
    Place(std::shared_ptr<Taken> taken, std::string workspace)
        : taken_(std::move(taken)), workspace_(std::move(workspace)) {}

    std::shared_ptr<Taken> taken_;  // null: moved away
    std::string workspace_;
  };

  /// Errors: overloaded, when all are taken; quota_exceeded, when the workspace has all of its own.
  Result<Place> take(const std::string& workspace);
  std::size_t taken() const;

 private:
  using Taken = Place::Taken;

  const std::size_t places_max_;
  const std::optional<std::size_t> of_workspace_max_;
  const std::shared_ptr<Taken> taken_;
};

}  // namespace weir::auth
