#include "state/format/keys.hpp"

#include "schemas/base/check.hpp"
#include "schemas/base/event.hpp"

namespace weir::format {
namespace {

constexpr char kind_progress = 'o';
constexpr char kind_timer = 't';
constexpr char kind_dead_letter = 'd';
constexpr char kind_sweep = 's';
constexpr char kind_upload = 'u';
constexpr char kind_process = 'p';
constexpr char kind_case = 'c';
constexpr char kind_archived = 'C';
constexpr char kind_piece = 'k';
constexpr char kind_identities = 'i';
constexpr char kind_name = 'n';
constexpr char kind_cell = 'v';
constexpr char kind_erasure = 'x';
constexpr char kind_audit_entry = 'a';
constexpr char kind_audit_start = 'b';
constexpr char kind_demo = 'z';
constexpr char kind_answer = 'w';
constexpr char kind_answer_age = 'y';
constexpr char kind_redacted = 'r';
constexpr char kind_token = 'f';
constexpr char kind_session = 'g';
constexpr char kind_document = 'e';
constexpr char kind_clocks = 'h';
constexpr char kind_open_clock = 'j';
constexpr char kind_alert = 'l';
constexpr char kind_outbox = 'm';
constexpr char kind_delivery = 'q';
constexpr char kind_threshold = 'T';

void append_escaped(std::string& out, std::string_view case_id) {
  for (const char c : case_id) {
    out.push_back(c);
    if (c == '\0') out.push_back('\xff');
  }
  out.append({'\0', '\x01'});
}

}  // namespace

std::optional<std::string> case_of_open_clock(std::string_view rest) {
  std::string case_id;
  for (std::size_t i = sizeof(std::uint64_t); i + 1 < rest.size(); ++i) {
    if (rest[i] != '\0') {
      case_id.push_back(rest[i]);
    } else if (rest[++i] == '\x01') {
      return case_id;
    } else {
      case_id.push_back('\0');
    }
  }
  return std::nullopt;
}

void append_big_endian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

void append_big_endian(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8) | static_cast<unsigned char>(c);
  return value;
}

std::uint64_t ordered(std::int64_t value) { return static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63); }
std::int64_t from_ordered(std::uint64_t value) { return static_cast<std::int64_t>(value ^ (std::uint64_t{1} << 63)); }

std::string_view behind(std::string_view key, std::string_view prefix) {
  WEIR_CHECK(key.starts_with(prefix), "a key of another range");
  return key.substr(prefix.size());
}

Scope::Scope(std::string_view workspace) : workspace_(workspace) {
  WEIR_CHECK(is_plain_name(workspace), "a workspace name was not checked");
}

std::string Scope::start(char kind) const {
  std::string key;
  key.reserve(workspace_.size() + 64);
  key.append(workspace_);
  key.push_back('\0');
  key.push_back(kind);
  return key;
}

std::string Scope::start(char kind, std::string_view process) const {
  WEIR_CHECK(is_plain_name(process), "a process name was not checked");
  std::string key = start(kind);
  key.append(process);
  key.push_back('\0');
  return key;
}

std::string Scope::everything() const { return workspace_ + '\0'; }
std::string Scope::progress() const { return start(kind_progress); }
std::string Scope::timers() const { return start(kind_timer); }
std::string Scope::dead_letters() const { return start(kind_dead_letter); }
std::string Scope::sweeps() const { return start(kind_sweep); }
std::string Scope::erasures() const { return start(kind_erasure); }
std::string Scope::processes() const { return start(kind_process); }

std::string Scope::documents() const { return start(kind_document); }
std::string Scope::documents(std::uint8_t kind) const { return documents() + static_cast<char>(kind); }

std::string Scope::alerts(bool are_over) const {
  std::string key = start(kind_alert);
  key.push_back(are_over ? '\1' : '\0');
  return key;
}

std::string Scope::alert(bool is_over, std::int64_t since, std::string_view process, std::string_view case_id,
                         std::string_view name) const {
  std::string key = alerts(is_over);
  append_big_endian(key, ~ordered(since));
  key.append(process).push_back('\0');
  append_escaped(key, case_id);
  return key.append(name);
}

std::string Scope::outboxes() const { return start(kind_outbox); }

std::string Scope::outbox(std::string_view target) const {
  std::string key = outboxes();
  key.append(target).push_back('\0');
  return key;
}

std::string Scope::outbox(std::string_view target, std::int64_t due, std::string_view process, std::string_view case_id,
                          std::string_view alert) const {
  std::string key = outbox(target);
  append_big_endian(key, ordered(due));
  key.append(process).push_back('\0');
  append_escaped(key, case_id);
  return key.append(alert);
}

std::string Scope::deliveries() const { return start(kind_delivery); }

std::string Scope::delivery(std::int64_t ended, std::uint64_t offset) const {
  std::string key = deliveries();
  append_big_endian(key, ~ordered(ended));
  append_big_endian(key, ~offset);
  return key;
}

std::string Scope::threshold(std::string_view name) const { return start(kind_threshold).append(name); }

std::string Scope::document(std::uint8_t kind, std::string_view name, std::int64_t effective_at,
                            const Hash128& digest) const {
  std::string key = documents(kind);
  key.append(name).push_back('\0');
  append_big_endian(key, ordered(effective_at));
  append_big_endian(key, digest.high);
  append_big_endian(key, digest.low);
  return key;
}

std::string Scope::timer(std::int64_t due, std::string_view process, std::string_view case_id) const {
  std::string key = timers();
  append_big_endian(key, ordered(due));
  key.append(process).push_back('\0');
  return key.append(case_id);
}

std::string Scope::dead_letter(std::uint64_t offset) const {
  std::string key = dead_letters();
  append_big_endian(key, offset);
  return key;
}

std::string Scope::sweep(std::string_view process, std::uint64_t offset) const {
  std::string key = process.empty() ? start(kind_sweep) + '\0' : start(kind_sweep, process);
  append_big_endian(key, offset);
  return key;
}

std::string Scope::audit_entries() const { return start(kind_audit_entry); }
std::string Scope::audit_start() const { return start(kind_audit_start); }
std::string Scope::demo() const { return start(kind_demo); }
std::string Scope::answer(std::string_view digest) const { return start(kind_answer).append(digest); }
std::string Scope::answer_ages() const { return start(kind_answer_age); }
std::string Scope::tokens() const { return start(kind_token); }
std::string Scope::token(std::string_view id) const { return tokens().append(id); }
std::string Scope::sessions() const { return start(kind_session); }
std::string Scope::session(std::string_view id) const { return sessions().append(id); }

std::string Scope::audit_entry(std::uint64_t number) const {
  std::string key = audit_entries();
  append_big_endian(key, number);
  return key;
}

std::string Scope::answer_age(std::int64_t kept_at, std::string_view digest) const {
  std::string key = answer_ages();
  append_big_endian(key, ordered(kept_at));
  return key.append(digest);
}

std::string Scope::redacted(std::uint32_t partition) const {
  std::string key = start(kind_redacted);
  append_big_endian(key, partition);
  return key;
}

std::string Scope::upload(std::string_view id) const { return start(kind_upload).append(id); }
std::string Scope::process(std::string_view process) const { return start(kind_process).append(process); }
std::string Scope::records(std::string_view process) const { return start(kind_case, process); }
std::string Scope::record(std::string_view process, std::string_view case_id) const {
  return records(process).append(case_id);
}
std::string Scope::archive(std::string_view process) const { return start(kind_archived, process); }
std::string Scope::archived(std::string_view process, std::string_view case_id) const {
  return archive(process).append(case_id);
}

std::string Scope::pieces(std::string_view process, std::string_view case_id) const {
  std::string key = start(kind_piece, process);
  append_escaped(key, case_id);
  return key;
}

std::string Scope::piece(std::string_view process, std::string_view case_id, std::uint32_t number) const {
  std::string key = pieces(process, case_id);
  append_big_endian(key, number);
  return key;
}

std::string Scope::identities(std::string_view process, std::string_view case_id, std::uint32_t bucket) const {
  std::string key = start(kind_identities, process);
  append_escaped(key, case_id);
  append_big_endian(key, bucket);
  return key;
}

std::string Scope::names(std::string_view process) const { return start(kind_name, process); }
std::string Scope::name(std::string_view process, std::uint32_t id) const {
  std::string key = names(process);
  append_big_endian(key, id);
  return key;
}

std::string Scope::cells(std::string_view process) const { return start(kind_cell, process); }
std::string Scope::cells(std::string_view process, std::uint8_t table) const {
  std::string key = cells(process);
  key.push_back(static_cast<char>(table));
  return key;
}

std::string Scope::cell(std::string_view process, std::uint8_t table, std::uint64_t a, std::uint64_t b) const {
  std::string key = cells(process, table);
  append_big_endian(key, a);
  append_big_endian(key, b);
  return key;
}

std::string Scope::erasure(std::string_view process, const Hash128& fingerprint) const {
  std::string key = start(kind_erasure, process);
  append_big_endian(key, fingerprint.high);
  append_big_endian(key, fingerprint.low);
  return key;
}

std::string Scope::clocks(std::string_view process, std::string_view case_id) const {
  return start(kind_clocks, process).append(case_id);
}

std::string Scope::open_clocks(std::string_view process) const { return start(kind_open_clock, process); }

std::string Scope::open_clock(std::string_view process, std::int64_t due, std::string_view case_id,
                              std::string_view measure) const {
  std::string key = open_clocks(process);
  append_big_endian(key, ordered(due));
  append_escaped(key, case_id);
  return key.append(measure);
}

}  // namespace weir::format
