// A part of a store as if it were a shard's own: the rows of its views.
#pragma once

#include <memory>
#include <string>

#include "state/store/store.hpp"

namespace weir::replica {

/// The keys of a reader that begin with a prefix, which is left out of the keys that are asked for and told.
class RangeReader final : public store::Reader {
 public:
  RangeReader(std::shared_ptr<const store::Reader> of, std::string prefix)
      : of_(std::move(of)), prefix_(std::move(prefix)) {}

  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override;
  Result<void> scan(std::string_view from, std::string_view to, const store::Visit& visit) const override;
  Result<void> scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const override;

 private:
  std::string end_at(std::string_view to) const;

  std::shared_ptr<const store::Reader> of_;
  std::string prefix_;
};

/// Such a range as a snapshot of a shard that is not here: what is no row of a view (rows.hpp) has stayed with its
/// owner, and asking for it is the error shard_elsewhere.
class ShownSnapshot final : public store::Snapshot {
 public:
  ShownSnapshot(std::shared_ptr<const store::Snapshot> of, std::string prefix)
      : rows_(std::move(of), std::move(prefix)) {}

  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override;
  Result<void> scan(std::string_view from, std::string_view to, const store::Visit& visit) const override;
  Result<void> scan_backwards(std::string_view from, std::string_view to, const store::Visit& visit) const override;

 private:
  RangeReader rows_;
};

}  // namespace weir::replica
