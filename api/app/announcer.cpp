#include "api/app/announcer.hpp"

#include "api/app/targets.hpp"
#include "stream/log/kafka/kafka_publisher.hpp"

namespace weir::app {

/// The deliverer's view of documents. On its thread.
class Announcer::DocumentTargets final : public effects::Targets {
 public:
  DocumentTargets(Node& node, DocumentDesk& desk) : node_(node), desk_(desk) {}

  Result<effects::KnownTarget> find(const effects::TargetKey& key) override {
    auto found = find_target(desk_, key.workspace, key.name);
    if (!found) {
      node_.logger().log(LogLevel::error, "a target cannot be read",
                         {{"workspace", key.workspace}, {"target", key.name}, {"detail", found.error().detail}});
      return found.error();
    }
    if (!*found) return effects::KnownTarget{};
    const bool is_disabled = !(*found)->target.disabled.empty();
    Known& known = known_[key];
    if (known.version != (*found)->version) known = {(*found)->version, known.number + 1, nullptr};
    if (!known.target) known.target = std::make_shared<const effects::Target>(std::move((*found)->target));
    return effects::KnownTarget{known.target, known.number, is_disabled};
  }

  void disable(const effects::TargetKey& key, std::uint64_t version, const std::string& why) override {
    const auto known = known_.find(key);
    if (known == known_.end() || known->second.number != version) return;
    const auto told = [this, key](const Result<DocumentDesk::Written>& written) {
      if (!written) failed_to_disable(key, written.error());
    };
    const auto asked = disable_target(desk_, key.workspace, key.name, known->second.version, why, told);
    if (!asked) failed_to_disable(key, asked.error());
  }

 private:
  struct Known {
    Hash128 version;
    std::uint64_t number = 0;
    std::shared_ptr<const effects::Target> target;
  };

  /// The next answer of the receiver says it again.
  void failed_to_disable(const effects::TargetKey& key, const Error& why) {
    node_.logger().log(LogLevel::error, "a target that is gone could not be disabled",
                       {{"workspace", key.workspace}, {"target", key.name}, {"detail", why.detail}});
  }

  Node& node_;
  DocumentDesk& desk_;
  std::map<effects::TargetKey, Known> known_;
};

Announcer::Announcer(Node& node, DocumentDesk& desk)
    : node_(node),
      desk_(desk),
      outbox_(std::make_shared<ShardOutbox>(node)),
      targets_(std::make_unique<DocumentTargets>(node, desk)) {
  node.tell_effects({[this](std::uint32_t shard, const std::string& workspace, const std::string& target) {
                       const effects::TargetKey key{workspace, target};
                       outbox_->announced(shard, key);
                       if (effects::Deliverer* const running = running_) running->wake(key);
                     },
                     [this](const Hash128& sender, bool counts) { outbox_->recorded(sender, counts); }});
  node.metrics().add_collector([this](metrics::Samples& samples) { collect(samples); });
}

Announcer::~Announcer() {
  stop();
  node_.tell_effects({});  // a node that could not start goes on for a moment
}

void Announcer::start() {
  http::ExchangeLimits limits;
  limits.reach = desk_.kinds().reach();
  made_ =
      std::make_unique<effects::Deliverer>(*outbox_, *targets_, http::open_exchanges(limits),
                                           log::open_publisher({.reach = limits.reach}, node_.clock()), node_.clock());
  running_ = made_.get();
  made_->wake_all();  // for what was announced after its first look and could not wake it yet
}

/// It stays, for those who were about to wake it.
void Announcer::stop() {
  if (made_) made_->stop();
}

void Announcer::collect(metrics::Samples& samples) const {
  const effects::Deliverer* const running = running_;
  if (running == nullptr) return;
  const effects::DeliveryFigures& figures = running->figures();
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  samples.counter("weir_deliveries_attempted_total", "Attempts to tell a target something.", number(figures.attempts));
  samples.counter("weir_deliveries_failed_total", "Attempts that failed.", number(figures.failed));
  const auto ended = [&](std::uint64_t count, metrics::Label how) {
    samples.counter("weir_deliveries_ended_total", "Effects that were delivered, refused or given up.", number(count),
                    {how});
  };
  ended(figures.delivered, {"outcome", "delivered"});
  ended(figures.refused, {"outcome", "refused"});
  ended(figures.given_up, {"outcome", "given_up"});
  samples.counter("weir_delivery_outbox_errors_total", "Times that the outbox could not be read or written.",
                  number(figures.outbox_errors));
  samples.gauge("weir_deliveries_in_hand", "Effects that are being told.", number(figures.in_hand));
  samples.gauge("weir_deliveries_in_hand_bytes", "Bytes of effects that are being told.",
                number(figures.bytes_in_hand));
  samples.gauge("weir_delivery_targets_held", "Targets that failed so often that they are left alone for a while.",
                number(figures.targets_held));
}

}  // namespace weir::app
