#include "api/app/people.hpp"

#include "schemas/crypto/password.hpp"

namespace weir::app {
namespace {

constexpr std::size_t passwords_queue_max = 32;
constexpr Clock::Steady flush_interval = std::chrono::minutes(1);

// What a control record is about.
constexpr std::string_view user_key = "user/";
constexpr std::string_view token_key = "token/";

unsigned half_the_cores() { return std::max(1U, std::thread::hardware_concurrency() / 2); }

auth::Sessions::Limits limits_of(const Settings& settings) {
  auth::Sessions::Limits limits;
  limits.idle = std::chrono::seconds{static_cast<std::int64_t>(settings.session_idle_seconds)};
  limits.lifetime = std::chrono::seconds{static_cast<std::int64_t>(settings.session_lifetime_seconds)};
  return limits;
}

}  // namespace

People::People(std::unique_ptr<auth::DirectoryFile> directory, std::unique_ptr<auth::Sessions> sessions,
               std::unique_ptr<auth::TokenRegistry> tokens, const auth::KeyRing& keys, auth::Audit& audit,
               const Clock& clock)
    : directory_(std::move(directory)),
      sessions_(std::move(sessions)),
      tokens_(std::move(tokens)),
      access_(keys, *directory_, *sessions_, *tokens_, clock),
      audit_(audit),
      clock_(clock),
      tickets_(clock),
      attempts_(clock),
      passwords_(half_the_cores(), passwords_queue_max),
      flushed_(clock.steady()) {}

Result<std::unique_ptr<People>> People::open(const Settings& settings, const DataFolder& folder, store::Store& store,
                                             const auth::KeyRing& keys, auth::Audit& audit, const Clock& clock) {
  auto directory = auth::DirectoryFile::open(folder.path());
  if (!directory) return directory.error();
  auto sessions = auth::Sessions::open(store, clock, limits_of(settings));
  if (!sessions) return sessions.error();
  auto tokens = auth::TokenRegistry::open(store, clock);
  if (!tokens) return tokens.error();
  std::unique_ptr<People> people(
      new People(std::move(*directory), std::move(*sessions), std::move(*tokens), keys, audit, clock));
  if (const auto audited = people->audit_deeds(); !audited) return audited.error();
  return people;
}

void People::share(Put put) {
  directory_->share([put](const std::string& name, const std::optional<auth::User>& user) {
    return put(std::string{user_key} + name, user ? std::optional(auth::encode(*user)) : std::nullopt);
  });
  tokens_->share([put = std::move(put)](const std::string& workspace, const auth::TokenRecord& record) {
    return put(std::string{token_key} + workspace + '/' + record.id, auth::encode(record));
  });
}

Result<void> People::apply(const std::string& key, const std::optional<std::string>& value) {
  const std::string_view whole{key};
  if (whole.starts_with(user_key)) {
    std::optional<auth::User> user;
    if (value) {
      auto decoded = auth::decode_user(*value);
      if (!decoded) return decoded.error();
      user = std::move(*decoded);
    }
    return directory_->apply(std::string{whole.substr(user_key.size())}, user);
  }
  if (!whole.starts_with(token_key) || !value) return {};
  const std::string_view place = whole.substr(token_key.size());
  const auto slash = place.find('/');
  if (slash == std::string_view::npos) return Error{Code::state_format, "A shared token has no place."};
  auto record = auth::decode_token_record(place.substr(slash + 1), *value);
  if (!record) return record.error();
  return tokens_->apply(std::string{place.substr(0, slash)}, std::move(*record));
}

Result<std::optional<std::string>> People::add_first_admin(std::string_view workspace) {
  if (!directory_->current()->users().empty()) return std::optional<std::string>{};
  std::string password = auth::make_password();
  std::string hash = crypto::hash_password(password);
  const auto now = clock_.now();
  const auto added = directory_->change([&](auth::Directory& directory) -> Result<void> {
    directory.add_deed({now, std::string(workspace), "user.add", std::string(first_admin)});
    return directory.add(first_admin, std::move(hash), workspace, auth::Role::admin, now);
  });
  if (!added) return added.error();
  return std::optional(std::move(password));
}

Result<void> People::look_around() {
  if (const auto refreshed = directory_->refresh(); !refreshed) return refreshed;
  if (const auto audited = audit_deeds(); !audited) return audited;
  const auto now = clock_.steady();
  if (now < flushed_ + flush_interval) return {};
  flushed_ = now;
  return access_.flush();
}

// A deed is written to the audit before it is struck off: after a crash between the two it stands there twice.
Result<void> People::audit_deeds() {
  if (!directory_->current()->has_deeds()) return {};
  return directory_->change([this](auth::Directory& directory) -> Result<void> {
    for (const auth::Deed& deed : directory.take_deeds()) {
      const auto written = audit_.append({.time = deed.time,
                                          .workspace = deed.workspace,
                                          .actor = "command line",
                                          .action = deed.action,
                                          .object = deed.object,
                                          .outcome = "done",
                                          .trace_id = ""},
                                         store::Durability::synced);
      if (!written) return written;
    }
    return {};
  });
}

void People::stop() {
  passwords_.stop();
  static_cast<void>(access_.flush());  // else the last minute's use is not known
}

void People::collect(metrics::Samples& samples) const {
  samples.gauge("weir_sessions", "People who are signed in.", static_cast<double>(sessions_->count()));
  samples.gauge("weir_passwords_queued", "Passwords that wait to be looked at.",
                static_cast<double>(passwords_.queued()));
}

}  // namespace weir::app
