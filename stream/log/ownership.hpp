// Which shards (partition numbers, of every workspace) a node owns, as the group of nodes that share a log decides it.
#pragma once

#include <cstdint>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir::log {

/// Who owns them is told on one thread, one call at a time, and may take its time: membership does not depend on it.
class Ownership {
 public:
  virtual ~Ownership() = default;

  /// These and no others are this node's, sorted.
  virtual void assigned(const std::vector<std::uint32_t>& shards) = 0;
  /// None is this node's until assigned() comes again, mostly soon and with the same. Another node begins only when
  /// this has returned.
  virtual void revoked() = 0;
  /// None is this node's, and others may have begun already: it was away for longer than the group waits.
  virtual void lost() = 0;
  /// Membership has ended, for good: stale_owner (another node has the same id), log_unreachable, bad_log_settings.
  virtual void ended(const Error& why) = 0;
};

}  // namespace weir::log
