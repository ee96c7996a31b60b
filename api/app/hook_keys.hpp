// Keys that a provider publishes (the Bot Connector's): fetched when a delivery needs them, kept for a day.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/app/logging.hpp"
#include "schemas/base/clock.hpp"
#include "state/http/exchanges.hpp"
#include "stream/hooks/bot_token.hpp"

namespace weir::app {

/// Thread-safe. Fetches on a thread of its own, which ends when this goes away.
class HookKeys {
 public:
  /// `clock` and `logger` must outlive it.
  HookKeys(http::Reach reach, const Clock& clock, Logger& logger);
  ~HookKeys();

  using Keys = std::shared_ptr<const hooks::BotKeys>;
  /// Those that the OpenID configuration at this URL led to; null: not fetched, or too long ago.
  Keys find(const std::string& metadata) const;

  /// Tells `then` those that are fetched now, null if that fails, on another thread. False, and `then` is not called:
  /// they were fetched within the last minute (a key that they have not is none), or too many wait.
  bool fetch(const std::string& metadata, std::function<void(Keys)> then);

 private:
  struct Known {
    Keys keys;
    Clock::Steady tried{}, fetched{};
    std::vector<std::function<void(Keys)>> waiting;
  };

  void run();
  Keys get(http::Exchanges& exchanges, const std::string& metadata) const;

  const http::Reach reach_;
  const Clock& clock_;
  Logger& logger_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Known> known_;  // under mutex_, as all below
  std::deque<std::string> wanted_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace weir::app
