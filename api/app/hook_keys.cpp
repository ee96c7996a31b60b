#include "api/app/hook_keys.hpp"

namespace weir::app {
namespace {

constexpr std::chrono::hours kept_max{24};
constexpr std::chrono::minutes between_fetches{1};
constexpr std::size_t known_max = 1'000;
constexpr std::size_t waiting_max = 256;  // for one set of keys
constexpr std::size_t answer_bytes_max = std::size_t{1} << 20;

Result<std::string> get_one(http::Exchanges& exchanges, const std::string& url) {
  http::Call call;
  call.method = "GET";
  call.url = url;
  exchanges.start(1, std::move(call));
  std::vector<http::Exchanges::Ended> ended;
  while (ended.empty()) ended = exchanges.wait(std::chrono::seconds{1});
  const http::Answer& answer = ended.front().answer;
  if (answer.failure != http::Failure::none) return Error{Code::bad_request, std::string(name_of(answer.failure))};
  if (answer.response.status != 200) return Error{Code::bad_request, std::to_string(answer.response.status)};
  return answer.response.body;
}

}  // namespace

HookKeys::HookKeys(http::Reach reach, const Clock& clock, Logger& logger)
    : reach_(std::move(reach)), clock_(clock), logger_(logger), thread_([this] { run(); }) {}

HookKeys::~HookKeys() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

HookKeys::Keys HookKeys::find(const std::string& metadata) const {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(metadata);
  if (known == known_.end() || clock_.steady() - known->second.fetched > kept_max) return nullptr;
  return known->second.keys;
}

bool HookKeys::fetch(const std::string& metadata, std::function<void(Keys)> then) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  const auto known = known_.find(metadata);
  if (known != known_.end() && !known->second.waiting.empty()) {
    if (known->second.waiting.size() >= waiting_max) return false;
    known->second.waiting.push_back(std::move(then));
    return true;
  }
  const Clock::Steady now = clock_.steady();
  if (known == known_.end() ? known_.size() >= known_max : now - known->second.tried < between_fetches) return false;
  Known& made = known_[metadata];
  made.tried = now;
  made.waiting.push_back(std::move(then));
  wanted_.push_back(metadata);
  changed_.notify_all();
  return true;
}

HookKeys::Keys HookKeys::get(http::Exchanges& exchanges, const std::string& metadata) const {
  const auto failed = [&](const Error& why) {
    logger_.log(LogLevel::warning, "the keys of a hook's provider cannot be fetched",
                {{"metadata", metadata}, {"why", why.detail}});
    return nullptr;
  };
  const auto configuration = get_one(exchanges, metadata);
  if (!configuration) return failed(configuration.error());
  const auto address = hooks::keys_address(*configuration);
  if (!address) return failed(address.error());
  // Who can be asked in the clear must be as near as the configuration is.
  if (metadata.starts_with("https://") && !address->starts_with("https://"))
    return failed({Code::bad_request, "no https"});
  const auto key_set = get_one(exchanges, *address);
  if (!key_set) return failed(key_set.error());
  auto keys = hooks::read_bot_keys(*key_set);
  if (!keys) return failed(keys.error());
  return std::make_shared<const hooks::BotKeys>(*std::move(keys));
}

void HookKeys::run() {
  http::ExchangeLimits limits;
  limits.reach = reach_;
  limits.answer_bytes_max = answer_bytes_max;
  const auto exchanges = http::open_exchanges(std::move(limits));
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !wanted_.empty(); });
    if (stopping_) return;
    const std::string metadata = std::move(wanted_.front());
    wanted_.pop_front();
    lock.unlock();
    const Keys keys = get(*exchanges, metadata);
    lock.lock();
    Known& known = known_[metadata];
    if (keys != nullptr) {  // else those from before, as long as they are kept
      known.keys = keys;
      known.fetched = clock_.steady();
    }
    const auto waiting = std::exchange(known.waiting, {});
    lock.unlock();
    for (const auto& then : waiting) then(keys);
    lock.lock();
  }
}

}  // namespace weir::app
