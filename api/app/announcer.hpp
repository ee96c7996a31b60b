// What tells people and programs outside of what happened: the deliverer, between the outboxes of the shards that are
// here and the targets as documents have them.
#pragma once

#include <memory>

#include "api/app/document_desk.hpp"
#include "api/app/shard_outbox.hpp"
#include "stream/effects/deliverer.hpp"

namespace weir::app {

class Announcer {
 public:
  /// Both outlive it; the node is not started yet.
  Announcer(Node& node, DocumentDesk& desk);
  ~Announcer();

  /// Once the node takes records.
  void start();
  /// Ends within two seconds; the node still takes records. Idempotent.
  void stop();

 private:
  class DocumentTargets;

  void collect(metrics::Samples& samples) const;

  Node& node_;
  DocumentDesk& desk_;
  const std::shared_ptr<ShardOutbox> outbox_;
  const std::unique_ptr<DocumentTargets> targets_;
  std::unique_ptr<effects::Deliverer> made_;           // from start() on
  std::atomic<effects::Deliverer*> running_{nullptr};  // until stop()
};

}  // namespace weir::app
