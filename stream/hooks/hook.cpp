#include "stream/hooks/hook.hpp"

#include <algorithm>

#include "schemas/base/check.hpp"

namespace weir::hooks {
namespace {

constexpr std::size_t secrets_max = 4;
constexpr std::size_t mappings_max = 50;
constexpr std::size_t text_bytes_max = 512;
constexpr std::size_t token_bytes_min = 16;
constexpr std::int64_t tolerance_s_min = 1, tolerance_s_max = 86'400;
constexpr std::string_view bot_issuer = "https://api.botframework.com";
constexpr std::string_view bot_metadata = "https://login.botframework.com/v1/.well-known/openidconfiguration";
constexpr std::string_view usual_reply = "Noted.";

bool is_known_path(std::string_view path) {
  constexpr std::string_view header = "header:";
  return path.starts_with(header) ? path.size() > header.size() : Pointer::read(path).has_value();
}

constexpr rules::Paths paths{is_known_path, "a JSON pointer into the body, header:NAME"};

/// A URL without user, query and fragment that begins in one of the ways.
bool is_origin(std::string_view url, std::initializer_list<const char*> begins) {
  return std::any_of(begins.begin(), begins.end(), [&](const char* begin) { return url.starts_with(begin); }) &&
         !url.ends_with('/') && url.find_first_of(" ?#@") == url.npos;
}

/// Reads one hook: what its parts need of each other.
class Reading {
 public:
  explicit Reading(const DocumentNode& node) : node_(node) {}

  std::optional<Hook> read();

 private:
  void read_members();
  void read_secrets(const DocumentNode& list);
  void read_own(std::string& member, const DocumentNode& node, Provider provider, std::size_t bytes_min = 1) const;
  void read_tolerance(const DocumentNode& node);
  void check_members() const;

  const DocumentNode& node_;
  Hook hook_;
};

std::optional<Mapping> read_mapping(const DocumentNode& node) {
  const std::size_t faults = node.faults();
  Mapping mapping;
  if (const auto each = node.member("each")) {
    const auto text = each->text(text_bytes_max);
    mapping.each = text ? Pointer::read(*text) : std::nullopt;
    if (text && (!mapping.each || mapping.each->stars() == 0)) each->fault("must be a JSON pointer with a *");
  }
  const std::size_t stars = mapping.each ? mapping.each->stars() : 0;
  const auto into = [stars](std::optional<Template>& field) {
    return [&field, stars](const DocumentNode& one) { field = Template::read(one, stars); };
  };
  node.object({{"each", [](const DocumentNode&) {}},
               {"when", [&](const DocumentNode& one) { mapping.when = rules::Condition::read(one, paths); }},
               {"case_id", into(mapping.case_id)},
               {"activity", into(mapping.activity)},
               {"timestamp", into(mapping.timestamp)},
               {"id", into(mapping.id)},
               {"resource", into(mapping.resource)},
               {"attributes", [&](const DocumentNode& members) {
                  members.each_member(attributes_max, [&](const std::string& name, const DocumentNode& one) {
                    const JsonValue& value = one.value();
                    if (name.empty() || name.size() > name_bytes_max)
                      one.fault("must be under a name of 1 to 256 bytes");
                    if (value.is(JsonKind::number) && !value.number_fits()) one.fault("must be a number of 64 bits");
                    if (value.is(JsonKind::number) || value.is(JsonKind::boolean) || value.is(JsonKind::null)) {
                      mapping.attributes.emplace_back(name, std::string(value.raw()));
                    } else if (auto text = Template::read(one, stars)) {
                      mapping.attributes.emplace_back(name, *std::move(text));
                    }
                  });
                }}});
  if (!node.member("case_id")) node.fault("must have a member case_id");
  if (!node.member("activity")) node.fault("must have a member activity");
  return node.faults() == faults ? std::optional{std::move(mapping)} : std::nullopt;
}

std::vector<Mapping> read_mappings(const DocumentNode& list) {
  std::vector<Mapping> mappings;
  list.each_item(mappings_max, [&](const DocumentNode& one) {
    if (auto mapping = read_mapping(one)) mappings.push_back(*std::move(mapping));
  });
  return mappings;
}

void Reading::read_secrets(const DocumentNode& list) {
  std::size_t count = 0;
  const Provider provider = hook_.signing.provider;
  if (provider == Provider::bot_connector) return list.fault("must not be given: its keys are the provider's");
  list.each_item(secrets_max, [&](const DocumentNode& one) {
    hook_.secrets.push_back("/secrets/" + std::to_string(count++));
    const auto text = one.text(text_bytes_max);
    auto key = text ? signing_key(provider, *text) : std::nullopt;
    if (text && !key) one.fault(std::string(form_of_secrets(provider)));
    if (key) hook_.signing.keys.push_back(*std::move(key));
  });
  if (list.value().is(JsonKind::array) && count == 0) list.fault("must hold at least one secret");
}

/// A member of one provider alone.
void Reading::read_own(std::string& member, const DocumentNode& node, Provider provider, std::size_t bytes_min) const {
  if (hook_.signing.provider != provider) {
    return node.fault("must not be given but for " + std::string(name_of(provider)));
  }
  const auto text = node.text(text_bytes_max);
  if (text && text->size() < bytes_min) node.fault("must have at least " + std::to_string(bytes_min) + " bytes");
  member = text.value_or("");
}

void Reading::read_tolerance(const DocumentNode& node) {
  const auto given = node.duration();
  if (!given) return;
  const auto seconds = *given / std::chrono::seconds{1};
  if (seconds < tolerance_s_min || seconds > tolerance_s_max) node.fault("must be from 1s to 1d");
  hook_.signing.tolerance = *given;
}

void Reading::read_members() {
  const auto own = [this](std::string& member, Provider provider, std::size_t bytes_min = 1) {
    return
        [this, &member, provider, bytes_min](const DocumentNode& one) { read_own(member, one, provider, bytes_min); };
  };
  BotIdentity& bot = hook_.signing.bot;
  node_.object({{"provider", [](const DocumentNode&) {}},
                {"secrets", [&](const DocumentNode& list) { read_secrets(list); }},
                {"process",
                 [&](const DocumentNode& one) {
                   if (auto name = one.plain_name()) hook_.process = *std::move(name);
                 }},
                {"tolerance", [&](const DocumentNode& one) { read_tolerance(one); }},
                {"events", [&](const DocumentNode& list) { hook_.mappings = read_mappings(list); }},
                {"verify_token", own(hook_.verify_token, Provider::whatsapp, token_bytes_min)},
                {"reply", own(hook_.reply, Provider::teams)},
                {"public_url", own(hook_.public_url, Provider::twilio)},
                {"app_id", own(bot.app_id, Provider::bot_connector)},
                {"issuer", own(bot.issuer, Provider::bot_connector)},
                {"metadata", own(bot.metadata, Provider::bot_connector)}});
  check_members();
}

void Reading::check_members() const {
  const auto needs = [this](const char* name) {
    if (!node_.member(name)) node_.fault(std::string("must have a member ") + name);
  };
  needs("process");
  needs(hook_.signing.provider == Provider::bot_connector ? "app_id" : "secrets");
  const auto url = node_.member("public_url"), metadata = node_.member("metadata");
  if (url && !hook_.public_url.empty() && !is_origin(hook_.public_url, {"https://", "http://"})) {
    url->fault("must be a scheme and a host such as https://weir.example");
  }
  // Keys that come in the clear may be anybody's, but from this machine.
  const auto near = {"https://", "http://127.0.0.1:", "http://localhost:", "http://[::1]:"};
  if (metadata && !hook_.signing.bot.metadata.empty() && !is_origin(hook_.signing.bot.metadata, near)) {
    metadata->fault("must be the https:// URL of an OpenID configuration");
  }
}

std::vector<Mapping> usual_mappings(Provider provider) {
  std::vector<Mapping> mappings;
  const auto faults =
      read_document(usual_events(provider), [&](const DocumentNode& list) { mappings = read_mappings(list); });
  WEIR_CHECK(faults.ok() && faults->empty(), "what is usual is no document");
  return mappings;
}

std::optional<Hook> Reading::read() {
  const std::size_t faults = node_.faults();
  const auto given = node_.member("provider");
  if (!given) {
    node_.fault("must be an object with a member provider");
    return std::nullopt;
  }
  const auto provider = given->choice<Provider>({{"standard", Provider::standard},
                                                 {"slack", Provider::slack},
                                                 {"github", Provider::github},
                                                 {"stripe", Provider::stripe},
                                                 {"zendesk", Provider::zendesk},
                                                 {"whatsapp", Provider::whatsapp},
                                                 {"twilio", Provider::twilio},
                                                 {"teams", Provider::teams},
                                                 {"bot_connector", Provider::bot_connector},
                                                 {"mailgun", Provider::mailgun},
                                                 {"intercom", Provider::intercom},
                                                 {"basic", Provider::basic}});
  if (!provider) return std::nullopt;
  hook_.signing.provider = *provider;
  read_members();
  if (node_.faults() != faults) return std::nullopt;
  if (!node_.member("events")) hook_.mappings = usual_mappings(*provider);
  if (!hook_.verify_token.empty()) hook_.secrets.emplace_back("/verify_token");
  if (hook_.reply.empty()) hook_.reply = usual_reply;
  if (hook_.signing.bot.issuer.empty()) hook_.signing.bot.issuer = bot_issuer;
  if (hook_.signing.bot.metadata.empty()) hook_.signing.bot.metadata = bot_metadata;
  return std::move(hook_);
}

}  // namespace

std::optional<Hook> read_hook(const DocumentNode& node) { return Reading(node).read(); }

}  // namespace weir::hooks
