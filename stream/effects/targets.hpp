// What the deliverer asks of whoever keeps the documents: the port to targets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "stream/effects/outbox.hpp"
#include "stream/effects/target.hpp"

namespace weir::effects {

struct KnownTarget {
  std::shared_ptr<const Target> target;  // null: there is none of this name
  std::uint64_t version = 0;             // another one: what is remembered of the target counts no more
  bool disabled = false;
};

class Targets {
 public:
  virtual ~Targets() = default;
  /// The newest version. On the deliverer's thread, before each attempt; not before the documents are known.
  /// An error: it cannot be known now, and is asked for again later.
  virtual Result<KnownTarget> find(const TargetKey& key) = 0;
  /// The target said that it is gone (410): that version of it is to be sent nothing more, and its author to be told.
  /// On the deliverer's thread; returns at once.
  virtual void disable(const TargetKey& key, std::uint64_t version, const std::string& why) = 0;
};

}  // namespace weir::effects
