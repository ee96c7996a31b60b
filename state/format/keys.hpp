// The keys of a shard's state. The workspace is the first part of every key, and only a Scope can build one, so that no
// code can reach into another workspace by mistake. Integers in keys are big-endian: byte order is number order.
//
//   workspace NUL kind process NUL rest
//
// Names of workspaces and processes hold no NUL (is_plain_name); a case id may hold any byte and is escaped where more
// follows it (00 -> 00 ff, closed by 00 01), so that no case's keys lie between another's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/hash.hpp"

namespace weir::format {

class Scope {
 public:
  explicit Scope(std::string_view workspace);

  const std::string& workspace() const { return workspace_; }

  // Of the workspace
  std::string progress() const;  // next offset, clock
  std::string timer(std::int64_t due, std::string_view process, std::string_view case_id) const;
  std::string timers() const;  // prefix
  std::string dead_letter(std::uint64_t offset) const;
  std::string dead_letters() const;                                         // prefix
  std::string sweep(std::string_view process, std::uint64_t offset) const;  // empty: of the workspace
  std::string sweeps() const;                                               // prefix
  std::string processes() const;                                            // prefix of every process(name)
  std::string upload(std::string_view id) const;
  std::string erasures() const;                    // prefix, of all processes
  std::string documents() const;                   // prefix, of all kinds
  std::string documents(std::uint8_t kind) const;  // prefix
  std::string document(std::uint8_t kind, std::string_view name, std::int64_t effective_at,
                       const Hash128& digest) const;
  std::string everything() const;  // prefix

  // Of the workspace, in the node's own store (api/auth, api/app)
  std::string audit_entries() const;  // prefix
  std::string audit_entry(std::uint64_t number) const;
  std::string audit_start() const;
  std::string demo() const;
  std::string answer(std::string_view digest) const;
  std::string answer_age(std::int64_t kept_at, std::string_view digest) const;
  std::string answer_ages() const;  // prefix
  std::string token(std::string_view id) const;
  std::string tokens() const;  // prefix
  std::string session(std::string_view id) const;
  std::string sessions() const;  // prefix

  /// In the node's own store: behind the last event of an erased case that left that partition of the log.
  std::string redacted(std::uint32_t partition) const;

  // Of a process
  std::string process(std::string_view process) const;  // its settings and counters
  std::string record(std::string_view process, std::string_view case_id) const;
  std::string records(std::string_view process) const;  // prefix
  std::string archived(std::string_view process,
                       std::string_view case_id) const;  // the record of a case, once archived
  std::string archive(std::string_view process) const;   // prefix
  std::string piece(std::string_view process, std::string_view case_id, std::uint32_t number) const;
  std::string pieces(std::string_view process, std::string_view case_id) const;  // prefix
  std::string identities(std::string_view process, std::string_view case_id, std::uint32_t bucket) const;
  std::string name(std::string_view process, std::uint32_t id) const;
  std::string names(std::string_view process) const;  // prefix
  std::string cell(std::string_view process, std::uint8_t table, std::uint64_t a, std::uint64_t b) const;
  std::string cells(std::string_view process) const;                      // prefix
  std::string cells(std::string_view process, std::uint8_t table) const;  // prefix
  std::string erasure(std::string_view process, const Hash128& fingerprint) const;
  std::string clocks(std::string_view process, std::string_view case_id) const;  // a case's SLA clocks
  /// A clock that is open, of one measure of the case: what is due soonest comes first, what is not due comes last.
  std::string open_clock(std::string_view process, std::int64_t due, std::string_view case_id,
                         std::string_view measure) const;
  std::string open_clocks(std::string_view process) const;  // prefix
  /// An alert of the case, by name: those that go on before those that are over, each from the newest on.
  std::string alert(bool is_over, std::int64_t since, std::string_view process, std::string_view case_id,
                    std::string_view name) const;
  std::string alerts(bool are_over) const;  // prefix, of all processes
  /// What the target is to be told next of that alert: what is due first comes first.
  std::string outbox(std::string_view target, std::int64_t due, std::string_view process, std::string_view case_id,
                     std::string_view alert) const;
  std::string outbox(std::string_view target) const;  // prefix
  std::string outboxes() const;                       // prefix
  /// The record of an attempt to tell something, by when it ended and its offset in the log: the newest comes first.
  std::string delivery(std::int64_t ended, std::uint64_t offset) const;
  std::string deliveries() const;                      // prefix
  std::string threshold(std::string_view name) const;  // how it stands, and what was told of it

 private:
  std::string start(char kind) const;
  std::string start(char kind, std::string_view process) const;

  std::string workspace_;
};

/// The rest of `key` behind `prefix`, which it must begin with.
std::string_view behind(std::string_view key, std::string_view prefix);

/// The case of an open clock, from what follows the prefix open_clocks(). Nothing: it was not written so.
std::optional<std::string> case_of_open_clock(std::string_view rest);

void append_big_endian(std::string& out, std::uint32_t value);
void append_big_endian(std::string& out, std::uint64_t value);
std::uint64_t read_big_endian(std::string_view bytes);
/// Order-preserving for negative numbers too.
std::uint64_t ordered(std::int64_t value);
std::int64_t from_ordered(std::uint64_t value);

}  // namespace weir::format
