#include "stream/effects/target.hpp"

#include <algorithm>

#include "schemas/crypto/base64.hpp"
#include "state/http/url.hpp"

namespace weir::effects {
namespace {

constexpr std::size_t text_bytes_max = 2048;
constexpr std::size_t reason_bytes_max = 1024;
constexpr std::size_t key_bytes_min = 24, key_bytes_max = 64;  // of Standard Webhooks
constexpr std::size_t keys_max = 4;
constexpr std::size_t headers_max = 16;
constexpr std::size_t recipients_max = 50;
constexpr std::size_t case_fields_max = 50;
constexpr std::size_t brokers_max = 16;
constexpr std::string_view key_prefix = "whsec_";
constexpr std::string_view pager_duty_url = "https://events.pagerduty.com/v2/enqueue";

/// Servers of other protocols, which would take a request for something else.
constexpr unsigned foreign_ports[] = {21, 22, 23, 25, 110, 119, 143, 465, 587, 993, 995, 6667};

enum class Kind : std::uint8_t { webhook, slack, teams, pagerduty, email, salesforce_case, kafka };
enum class Scheme : std::uint8_t { any_http, https, smtp };

/// Reads one target: what its parts need of each other.
class Reading {
 public:
  Reading(const DocumentNode& node, const http::Reach& reach) : node_(node), reach_(reach) {}

  std::optional<Target> read();

 private:
  void read_members(Kind kind);
  void read_webhook();
  void read_message_hook(Kind kind);
  void read_pager_duty();
  void read_email();
  void read_salesforce();
  void read_kafka();
  std::string broker(const DocumentNode& node) const;
  void read_keys(const DocumentNode& list, Webhook& webhook);
  void read_headers(const DocumentNode& node, Webhook& webhook);
  void judge(const DocumentNode& node, const http::Url& url, Scheme scheme) const;
  std::string url(const DocumentNode& node, Scheme scheme) const;
  /// A member of all kinds.
  DocumentNode::Read disabled();
  void secret(std::string pointer) { secrets_.push_back(std::move(pointer)); }
  /// A member that the target cannot be without.
  void needs(const std::string& value, const char* name) const {
    if (value.empty()) missing(name);
  }
  void missing(const char* name) const { node_.fault(std::string("must have a member ") + name); }

  const DocumentNode& node_;
  const http::Reach& reach_;
  std::optional<Receiver> receiver_;
  std::vector<std::string> secrets_;
  std::string disabled_;
};

void ignore(const DocumentNode&) {}

DocumentNode::Read into(std::string& text, std::size_t bytes_max = text_bytes_max) {
  return [&text, bytes_max](const DocumentNode& node) {
    text = node.text(bytes_max).value_or("-");  // not empty: its fault is told already
    if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
      node.fault("must hold no control characters");
    }
  };
}

DocumentNode::Read Reading::disabled() {
  return [this](const DocumentNode& node) { disabled_ = node.text(reason_bytes_max).value_or("-"); };
}

void Reading::judge(const DocumentNode& node, const http::Url& url, Scheme scheme) const {
  const bool foreign =
      std::find(std::begin(foreign_ports), std::end(foreign_ports), url.port) != std::end(foreign_ports);
  const bool near = (url.host.address && reach_.is_named(*url.host.address)) || url.host.name == "localhost";
  if (scheme == Scheme::smtp) {
    if (url.scheme != "smtp" && url.scheme != "smtps") node.fault("must begin with smtp:// or smtps://");
  } else {
    // What carries a credential is not sent in the clear, but to an address that the node names as near.
    const bool clear = url.scheme == "http" && (scheme == Scheme::any_http || near);
    if (url.scheme != "https" && !clear) node.fault("must begin with https://");
    if (foreign) node.fault("must not name the port of another protocol");
  }
  if (!reach_.permits(url.host)) node.fault("must not name a private or reserved address");
}

std::string Reading::url(const DocumentNode& node, Scheme scheme) const {
  const auto text = node.text(text_bytes_max);
  if (!text) return "-";
  const auto parsed = http::parse_url(*text);
  if (!parsed) {
    node.fault(parsed.error().detail);
  } else {
    judge(node, *parsed, scheme);
  }
  return *text;
}

void Reading::read_keys(const DocumentNode& list, Webhook& webhook) {
  list.each_item(keys_max, [&](const DocumentNode& one) {
    secret("/secrets/" + std::to_string(webhook.keys.size()));
    const auto text = one.text(128);
    const bool prefixed = text && text->starts_with(key_prefix);
    const auto key = prefixed ? crypto::from_base64(std::string_view(*text).substr(key_prefix.size())) : std::nullopt;
    const bool fits = key && key->size() >= key_bytes_min && key->size() <= key_bytes_max;
    if (text && !fits) one.fault("must be whsec_ and the base64 of 24 to 64 random bytes");
    webhook.keys.push_back(key.value_or("-"));
  });
}

bool is_token(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|").find(c) !=
               std::string_view::npos;  // no ~: it would be escaped in a pointer
  };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), allowed);
}

bool is_ours(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  constexpr std::string_view ours[] = {
      "host", "content-length",    "content-type", "content-encoding", "connection", "keep-alive", "expect",
      "te",   "transfer-encoding", "upgrade",      "trailer",          "user-agent", "cookie"};
  return name.starts_with("webhook-") || name.starts_with("proxy-") ||
         std::find(std::begin(ours), std::end(ours), name) != std::end(ours);
}

void Reading::read_headers(const DocumentNode& node, Webhook& webhook) {
  node.each_member(headers_max, [&](const std::string& name, const DocumentNode& member) {
    if (!is_token(name)) return member.fault("must be under the name of a header");
    if (is_ours(name)) return member.fault("must not be a header that is set for every request");
    secret("/headers/" + name);
    const auto text = member.text(1024);
    const auto printable = [](char c) { return c >= 0x20 && c < 0x7f; };
    if (text && !std::all_of(text->begin(), text->end(), printable)) {
      member.fault("must be printable ASCII, without line ends");
    }
    webhook.headers.emplace_back(name, text.value_or(""));
  });
}

void Reading::read_webhook() {
  Webhook webhook;
  node_.object({{"kind", ignore},
                {"disabled", disabled()},
                {"url", [&](const auto& one) { webhook.url = url(one, Scheme::any_http); }},
                {"secrets", [&](const auto& list) { read_keys(list, webhook); }},
                {"headers", [&](const auto& one) { read_headers(one, webhook); }}});
  needs(webhook.url, "url");
  if (webhook.keys.empty()) missing("secrets");
  receiver_ = std::move(webhook);
}

void Reading::read_message_hook(Kind kind) {
  std::string address;
  node_.object({{"kind", ignore}, {"disabled", disabled()}, {"url", [&](const auto& one) {
                                                               address = url(one, Scheme::https);
                                                             }}});
  needs(address, "url");
  secret("/url");  // whoever has it can write there
  receiver_ = kind == Kind::slack ? Receiver{Slack{address}} : Receiver{Teams{address}};
}

void Reading::read_pager_duty() {
  PagerDuty duty{std::string(pager_duty_url), ""};
  node_.object({{"kind", ignore},
                {"disabled", disabled()},
                {"url", [&](const auto& one) { duty.url = url(one, Scheme::https); }},
                {"routing_key", into(duty.routing_key, 64)}});
  needs(duty.routing_key, "routing_key");
  secret("/routing_key");
  receiver_ = std::move(duty);
}

/// An address of ASCII without comments and quotes, which nothing can be smuggled in.
std::string mailbox(const DocumentNode& node) {
  const auto text = node.text(254);
  if (!text) return "-";
  const std::size_t at = text->find('@');
  const std::string_view local = std::string_view(*text).substr(0, at);
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
  };
  const auto host = at == std::string::npos ? std::nullopt : http::parse_host(std::string_view(*text).substr(at + 1));
  const bool fits = !local.empty() && local.size() <= 64 && std::all_of(local.begin(), local.end(), allowed) &&
                    local.front() != '.' && local.back() != '.' && local.find("..") == std::string_view::npos;
  if (!fits || !host || host->address) node.fault("must be an address such as desk@example.com");
  return *text;
}

void Reading::read_email() {
  Email email;
  node_.object({{"kind", ignore},
                {"disabled", disabled()},
                {"url", [&](const auto& one) { email.url = url(one, Scheme::smtp); }},
                {"encryption",
                 [&](const auto& one) {
                   email.starttls = one.template choice<bool>({{"starttls", true}, {"none", false}}).value_or(true);
                 }},
                {"user", into(email.user, 256)},
                {"password", into(email.password, 256)},
                {"from", [&](const auto& one) { email.from = mailbox(one); }},
                {"to", [&](const auto& list) {
                   list.each_item(recipients_max, [&](const auto& one) { email.to.push_back(mailbox(one)); });
                 }}});
  needs(email.url, "url");
  needs(email.from, "from");
  if (email.to.empty()) missing("to");
  if (email.user.empty() != email.password.empty()) node_.fault("must have both user and password, or neither");
  if (!email.password.empty()) secret("/password");
  if (!email.starttls && !email.password.empty()) node_.fault("must not send a password without encryption");
  receiver_ = std::move(email);
}

/// A name that stands in a path or as a member, unescaped.
bool is_field_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= 80 && std::all_of(text.begin(), text.end(), allowed);
}

bool is_topic_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  };
  return !text.empty() && text != "." && text != ".." && std::all_of(text.begin(), text.end(), allowed);
}

CaseField read_case_field(const std::string& name, const DocumentNode& node) {
  using Source = CaseField::Source;
  CaseField field{name, Source::text, "", {}};
  int sources = 0;
  node.object({{"text",
                [&](const DocumentNode& one) {
                  ++sources;
                  field.text = one.text(text_bytes_max).value_or("");
                }},
               {"field",
                [&](const DocumentNode& one) {
                  ++sources;
                  field.source = Source::field;
                  field.text = one.text(256).value_or("");
                }},
               {"from",
                [&](const DocumentNode& one) {
                  ++sources;
                  field.source = one.choice<Source>({{"id", Source::id},
                                                     {"type", Source::type},
                                                     {"key", Source::key},
                                                     {"action", Source::action},
                                                     {"severity", Source::severity},
                                                     {"title", Source::title},
                                                     {"summary", Source::summary},
                                                     {"occurred", Source::occurred},
                                                     {"data", Source::data}})
                                     .value_or(Source::text);
                }},
               {"on", [&](const DocumentNode& one) {
                  field.action = one.choice<Action>({{"trigger", Action::trigger},
                                                     {"acknowledge", Action::acknowledge},
                                                     {"resolve", Action::resolve}});
                }}});
  if (sources != 1) node.fault("must have one of text, from and field");
  return field;
}

std::vector<CaseField> usual_case_fields() {
  using Source = CaseField::Source;
  return {{"Subject", Source::title, "", {}},
          {"Description", Source::summary, "", {}},
          {"Origin", Source::text, "Weir", {}},
          {"Status", Source::text, "Closed", Action::resolve}};
}

bool is_api_version(std::string_view text) {
  return text.size() == 5 && text[0] == 'v' && text[1] >= '4' && text[1] <= '9' && text[2] >= '0' && text[2] <= '9' &&
         text.substr(3) == ".0" && text >= "v46.0";
}

void Reading::read_salesforce() {
  SalesforceCase made{"", "", "", "", {}, "v62.0", "Escalation_Key__c", usual_case_fields()};
  bool keyed = false;
  node_.object({{"kind", ignore},
                {"disabled", disabled()},
                {"login_url", [&](const auto& one) { made.login_url = url(one, Scheme::https); }},
                {"audience", into(made.audience)},
                {"client_id", into(made.client_id)},
                {"user", into(made.user)},
                {"private_key",
                 [&](const auto& one) {
                   keyed = true;
                   const auto pem = one.text(16 << 10);
                   const auto key = pem ? crypto::RsaKey::read(*pem) : std::nullopt;
                   if (key) made.key = *key;
                   if (pem && !key) one.fault("must be an RSA key of 2048 to 8192 bits as PEM, without a passphrase");
                 }},
                {"version",
                 [&](const auto& one) {
                   made.version = one.text(16).value_or("v62.0");
                   if (!is_api_version(made.version)) one.fault("must be a version such as v62.0, from v46.0");
                 }},
                {"external_id",
                 [&](const auto& one) {
                   made.external_id = one.text(80).value_or("Id__c");
                   if (!is_field_name(made.external_id)) one.fault("must be the name of a field");
                 }},
                {"fields", [&](const auto& members) {
                   made.fields.clear();
                   members.each_member(case_fields_max, [&](const std::string& name, const DocumentNode& member) {
                     if (!is_field_name(name)) return member.fault("must be under the name of a field");
                     if (name == "Id" || name == made.external_id) return member.fault("must not be the key itself");
                     made.fields.push_back(read_case_field(name, member));
                   });
                 }}});
  needs(made.login_url, "login_url");
  needs(made.client_id, "client_id");
  needs(made.user, "user");
  if (!keyed) missing("private_key");
  while (made.login_url.ends_with('/')) made.login_url.pop_back();
  if (made.audience.empty()) made.audience = made.login_url;
  secret("/private_key");
  receiver_ = std::move(made);
}

/// HOST:PORT, an address of IPv6 in brackets.
std::string Reading::broker(const DocumentNode& node) const {
  const auto text = node.text(256);
  if (!text) return "-";
  const std::size_t colon = text->rfind(':');
  const auto host = http::parse_host(std::string_view(*text).substr(0, colon));
  const std::string_view port = colon == std::string::npos ? "" : std::string_view(*text).substr(colon + 1);
  const bool is_port = !port.empty() && port.size() <= 5 && port.front() != '0' &&
                       port.find_first_not_of("0123456789") == std::string_view::npos &&
                       std::stoi(std::string{port}) < 65'536;
  if (!host || !is_port) {
    node.fault("must be a broker such as kafka.example.com:9092");
  } else if (!reach_.permits(*host)) {
    node.fault("must not name a private or reserved address");
  }
  return *text;
}

void Reading::read_kafka() {
  using Mechanism = log::BrokerAccess::Mechanism;
  KafkaTopic made;
  log::BrokerAccess& access = made.access;
  Mechanism mechanism = Mechanism::scram_sha_512;
  node_.object({{"kind", ignore},
                {"disabled", disabled()},
                {"brokers",
                 [&](const DocumentNode& list) {
                   list.each_item(brokers_max, [&](const DocumentNode& one) {
                     access.brokers.append(access.brokers.empty() ? "" : ",").append(broker(one));
                   });
                 }},
                {"topic",
                 [&](const DocumentNode& one) {
                   made.topic = one.text(249).value_or("-");
                   if (!is_topic_name(made.topic)) one.fault("must be the name of a topic");
                 }},
                {"encryption",
                 [&](const DocumentNode& one) {
                   access.tls = one.choice<bool>({{"tls", true}, {"none", false}}).value_or(true);
                 }},
                {"mechanism",
                 [&](const DocumentNode& one) {
                   mechanism = one.choice<Mechanism>({{"plain", Mechanism::plain},
                                                      {"scram-sha-256", Mechanism::scram_sha_256},
                                                      {"scram-sha-512", Mechanism::scram_sha_512}})
                                   .value_or(mechanism);
                 }},
                {"user", into(access.user, 256)},
                {"password", into(access.password, 256)}});
  if (access.brokers.empty()) missing("brokers");
  needs(made.topic, "topic");
  if (access.user.empty() != access.password.empty()) node_.fault("must have both user and password, or neither");
  if (!access.password.empty()) {
    secret("/password");
    access.mechanism = mechanism;
    if (!access.tls) node_.fault("must not send a password without encryption");
  }
  receiver_ = std::move(made);
}

void Reading::read_members(Kind kind) {
  switch (kind) {
    case Kind::webhook:
      return read_webhook();
    case Kind::slack:
    case Kind::teams:
      return read_message_hook(kind);
    case Kind::pagerduty:
      return read_pager_duty();
    case Kind::email:
      return read_email();
    case Kind::salesforce_case:
      return read_salesforce();
    case Kind::kafka:
      return read_kafka();
  }
}

std::optional<Target> Reading::read() {
  const std::size_t faults = node_.faults();
  const auto given = node_.member("kind");
  if (!given) {
    node_.fault("must be an object with a member kind");
    return std::nullopt;
  }
  const auto kind = given->choice<Kind>({{"webhook", Kind::webhook},
                                         {"slack", Kind::slack},
                                         {"teams", Kind::teams},
                                         {"pagerduty", Kind::pagerduty},
                                         {"email", Kind::email},
                                         {"salesforce_case", Kind::salesforce_case},
                                         {"kafka", Kind::kafka}});
  if (kind) read_members(*kind);
  if (node_.faults() != faults) return std::nullopt;
  return Target{*std::move(receiver_), std::move(secrets_), std::move(disabled_)};
}

}  // namespace

std::optional<Target> read_target(const DocumentNode& node, const http::Reach& reach) {
  return Reading(node, reach).read();
}

}  // namespace weir::effects
