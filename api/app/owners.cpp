#include "api/app/owners.hpp"

#include <cstring>
#include <set>
#include <thread>

#include "state/http/client.hpp"

namespace weir::app {
namespace {

constexpr std::size_t owners_max = 256;  // addresses that are remembered; more were nodes that came and went
constexpr std::size_t let_go_max = 256;  // pins that wait for the next question; others lapse by themselves
constexpr std::size_t answer_bytes_max = std::size_t{64} << 20;  // a row may be larger than a page

Error silent(const std::string& address) {
  return {Code::shard_elsewhere, "the owner of a part of it, " + address + ", does not answer; ask again"};
}

Error stranger(const std::string& address) {
  return {Code::shard_elsewhere, "the owner of a part of it, " + address +
                                     ", refuses what this node asks: do their clocks and cluster keys agree?"};
}

Hash128 random_nonce() {
  const std::string bytes = crypto::random_bytes(sizeof(Hash128));
  Hash128 nonce;
  std::memcpy(&nonce, bytes.data(), sizeof nonce);
  return nonce;
}

}  // namespace

/// A node, as others are asked.
struct Owners::Owner {
  explicit Owner(std::string at) : address(std::move(at)) {}

  const std::string address;
  std::mutex mutex;
  std::vector<std::unique_ptr<http::Client>> idle;  // under mutex, as all below
  std::vector<Hash128> let_go;                      // to be told with the next question
  std::multiset<Clock::Steady> waited_on;           // when each call that waits began
  Clock::Steady away_until{};
};

struct Owners::Outcomes {
  explicit Outcomes(metrics::Registry& registry)
      : answered(of(registry, {"outcome", "answered"})),
        refused(of(registry, {"outcome", "refused"})),
        silent(of(registry, {"outcome", "silent"})),
        not_asked(of(registry, {"outcome", "not_asked"})),
        seconds(registry.histogram("weir_owner_request_seconds", "From a question to another node to its answer.",
                                   metrics::latency_buckets_s())) {}

  static metrics::Counter of(metrics::Registry& registry, metrics::Label outcome) {
    return registry.counter("weir_owner_requests_total", "Questions to the owners of shards that are elsewhere.",
                            {outcome});
  }

  metrics::Counter answered, refused, silent, not_asked;
  metrics::Histogram seconds;
};

Owners::Owners(Means means, OwnersOptions options)
    : means_(std::move(means)),
      options_(options),
      locks_(means_.key),
      outcomes_(std::make_unique<Outcomes>(means_.metrics)) {}

Owners::~Owners() = default;

// ---- a shard --------------------------------------------------------------------------------------------------------

Result<asking::Whole> Owners::open(std::uint32_t shard, const std::string& workspace, std::uint64_t includes) {
  Result<asking::Whole> opened = Error{Code::shard_elsewhere, "nobody is known to have a part of it"};
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(options_.retry_gap);
    if (auto here = means_.find_here(shard)) return *std::move(here);
    const std::string address = means_.address_of(shard);
    if (address.empty()) continue;
    opened = open_at(address, shard, workspace, includes);
    const bool may_have_moved =
        !opened && (opened.error().code == Code::shard_elsewhere || opened.error().code == Code::not_caught_up);
    if (!may_have_moved) return opened;
  }
  return opened;
}

Result<asking::Whole> Owners::open_at(const std::string& address, std::uint32_t shard, const std::string& workspace,
                                      std::uint64_t includes) {
  const auto owner = owner_at(address);
  asking::Door door;
  door.ask = [this, owner](asking::Question question) { return ask(*owner, std::move(question)); };
  door.let_go = [owner](const Hash128& pin) {
    const std::lock_guard lock{owner->mutex};
    if (owner->let_go.size() < let_go_max) owner->let_go.push_back(pin);
  };
  const auto snapshot = asking::AskedSnapshot::open(std::move(door), workspace, shard, includes);
  if (!snapshot) return snapshot.error();
  return asking::Whole{*snapshot, (*snapshot)->lag()};
}

std::shared_ptr<Owners::Owner> Owners::owner_at(const std::string& address) {
  const std::lock_guard lock{mutex_};
  auto known = owners_.find(address);
  if (known == owners_.end()) {
    if (owners_.size() >= owners_max)
      std::erase_if(owners_, [](const auto& one) { return one.second.use_count() == 1; });
    known = owners_.emplace(address, std::make_shared<Owner>(address)).first;
  }
  return known->second;
}

// ---- a question -----------------------------------------------------------------------------------------------------

Result<asking::Answer> Owners::ask(Owner& owner, asking::Question question) {
  const Clock::Steady begun = means_.clock.steady();
  if (const auto entered = enter(owner, begun); !entered) {
    outcomes_->not_asked.add();
    return entered.error();
  }
  auto answer = send(owner, std::move(question));
  leave(owner, begun, answer.ok());
  if (!answer) {
    outcomes_->silent.add();
    return answer;
  }
  outcomes_->seconds.observe(std::chrono::duration<double>(means_.clock.steady() - begun).count());
  (answer->refused ? outcomes_->refused : outcomes_->answered).add();
  if (answer->refused) return *answer->refused;
  return answer;
}

/// A node that stands still takes connections and says nothing: a few wait for it, everybody else is told at once.
Result<void> Owners::enter(Owner& owner, Clock::Steady now) {
  {
    const std::lock_guard lock{mutex_};
    if (calls_ >= options_.calls_max) return Error{Code::overloaded, "too many questions wait for other nodes"};
    ++calls_;
  }
  const std::lock_guard lock{owner.mutex};
  const bool stuck = !owner.waited_on.empty() && now - *owner.waited_on.begin() > options_.patience;
  if (!stuck && now >= owner.away_until) {
    owner.waited_on.insert(now);
    return {};
  }
  const std::lock_guard all{mutex_};
  --calls_;
  return silent(owner.address);
}

void Owners::leave(Owner& owner, Clock::Steady begun, bool answered) {
  {
    const std::lock_guard lock{owner.mutex};
    owner.waited_on.erase(owner.waited_on.find(begun));
    owner.away_until = answered ? Clock::Steady{} : means_.clock.steady() + options_.rest;
  }
  const std::lock_guard lock{mutex_};
  --calls_;
}

/// Whatever is not an answer made by a node of this cluster for this question is none.
Result<asking::Answer> Owners::send(Owner& owner, asking::Question question) {
  question.to = owner.address;
  question.asked = means_.clock.now();
  question.nonce = random_nonce();
  std::unique_ptr<http::Client> client;
  {
    const std::lock_guard lock{owner.mutex};
    question.let_go = std::exchange(owner.let_go, {});
    if (!owner.idle.empty()) {
      client = std::move(owner.idle.back());
      owner.idle.pop_back();
    }
  }
  if (!client) {
    client = std::make_unique<http::Client>(
        http::ClientOptions{options_.connect_max, options_.stall_max, answer_bytes_max, false});
  }
  const std::string body = locks_.lock_up(question);
  const auto response =
      client->send({"POST",
                    (means_.secure ? "https://" : "http://") + owner.address + std::string{asking_path},
                    {{"Content-Type", "application/octet-stream"}},
                    body});
  if (response && response->status == 401) return stranger(owner.address);
  if (!response || response->status != 200) return silent(owner.address);
  auto answer = locks_.unlock_answer(response->body);
  if (!answer || answer->nonce != question.nonce) return silent(owner.address);
  const std::lock_guard lock{owner.mutex};
  owner.idle.push_back(std::move(client));
  return answer;
}

}  // namespace weir::app
