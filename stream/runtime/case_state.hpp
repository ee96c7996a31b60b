// One case as a shard keeps it: its trace, in pieces once it is long, what of it the views already hold, and the
// identities of its events. All changes of a case between two commits are settled at once: the difference of the fold
// before and after goes to the operators.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "schemas/base/result.hpp"
#include "state/format/codec.hpp"
#include "state/format/keys.hpp"
#include "state/store/store.hpp"
#include "stream/dataflow/completion.hpp"
#include "stream/runtime/identity_index.hpp"

namespace weir::runtime {

/// Where a case lives; borrowed by every call, so that a CaseState is plain data.
struct CaseHome {
  const store::Reader& store;
  const format::Scope& scope;
  const std::string& process;
  const std::string& case_id;

  /// Where the buckets of its identities lie. Valid as long as this.
  IdentityIndex::Key bucket_key() const {
    return [this](std::uint32_t bucket) { return scope.identities(process, case_id, bucket); };
  }
};

/// What settling a case needs on its way; kept from case to case, so that nothing is allocated each time.
struct Settling {
  /// A change of more steps than about this comes to the operators in parts: what is held of it does not grow with the
  /// case.
  static constexpr std::size_t part_steps = 4096;
  static constexpr std::size_t kept_steps = 512;  // room that stays from case to case

  std::vector<dataflow::Step> before;  // of the pieces folded again, whole
  std::vector<dataflow::Step> after;
  std::vector<dataflow::Step> removed;  // what differs
  std::vector<dataflow::Step> added;
  std::vector<dataflow::Occurrences> activities;
  std::vector<dataflow::Occurrences> edges;
  std::vector<dataflow::Occurrences> gone;
  std::vector<dataflow::Occurrences> merged;
  std::int64_t rework = 0;

  void begin(std::int64_t rework_before);
  void end();
  /// Keeps what differs between `before` and `after`, and forgets both.
  void take_difference();
  bool is_long_run() const { return before.size() + after.size() >= part_steps; }
  bool is_full() const { return removed.size() + added.size() >= part_steps; }
  /// From `removed` and `added`: how much more often each thing occurs than before, as Occurrences::after.
  void count_differences();
};

enum class Insertion : std::uint8_t {
  accepted,
  duplicate,    // the same event again: only who brought it is remembered
  id_conflict,  // the same identity with other content; nothing changed
};

class CaseState {
 public:
  /// A trace of at most this many events is one piece, stored in the case's record. A longer one has pieces of between
  /// a quarter of it and it, each stored under a key of its own.
  static constexpr std::size_t piece_events_max = 128;

  CaseState();

  /// What encode() put under the case's record. Long traces stay in the store until touched. Error: state_format.
  static Result<CaseState> decode(std::string_view record, const CaseHome& home, const dataflow::Names& names);
  /// A stored case for readers of a snapshot: its events in trace order, and how it was judged when the views last took
  /// it in.
  struct Stored {
    std::vector<dataflow::Entry> entries;
    dataflow::Judgement judgement;
    bool archived = false;
  };
  static Result<Stored> read(std::string_view record, const CaseHome& home, const dataflow::Names& names);
  /// Appends what changed since the last call. Only when settled. To `archive` it: under a record of another kind, all
  /// events in their compact form. Errors, of a case that goes to the archive: state_format, and those of the store.
  Result<void> encode(const CaseHome& home, const dataflow::Names& names, bool archive, store::Batch& batch);
  /// As it is stored.
  bool archived() const { return archived_; }

  /// Takes in one event; counts its names as used if accepted. `entry.bringers` has one element. O(log n) but for
  /// loads.
  Result<Insertion> insert(dataflow::Entry entry, const CaseHome& home, dataflow::Names& names);
  /// Takes back one upload's share: events that nobody else brought go, the others forget it. O(n). True: it had one.
  Result<bool> withdraw(dataflow::NameId upload, const CaseHome& home, dataflow::Names& names);
  /// Removes every event (erasure). O(n), a piece at a time.
  Result<void> clear(const CaseHome& home, dataflow::Names& names);

  /// How the case stood, and stands, under SLA policies.
  struct Clocks {
    std::span<const dataflow::ClockTally> before = {};
    std::span<const dataflow::ClockTally> after = {};
  };
  /// Brings the views up to the case as it is now. Idempotent, but for `clocks`, which the views held as they were
  /// before and hold as they are after. Pieces that only have to be folded again are let go one by one.
  Result<void> settle(const CaseHome& home, const dataflow::Names& names, const dataflow::Completion& completion,
                      const Clocks& clocks, const dataflow::Operators& operators, dataflow::Views& views,
                      Settling& work);

  /// Calls for every event in trace order; stops at an error of the store.
  Result<void> each(const CaseHome& home, const dataflow::Names& names,
                    const std::function<void(const dataflow::Entry&)>& visit) const;

  bool empty() const { return events_ == 0; }
  std::size_t events() const { return events_; }
  /// What the views hold of the case; empty while they hold nothing.
  const std::optional<dataflow::CaseFacts>& facts() const { return facts_; }
  /// The due time of the case's timer in the store, if there is one.
  std::optional<std::int64_t> timer_due;

  /// About what the case takes in memory. O(1).
  std::size_t bytes() const;

 private:
  struct Piece {
    std::uint32_t number = 0;  // of its key; stays
    std::size_t events = 0;
    dataflow::Entry first;  // only what compare() looks at
    dataflow::Carry carry;  // before its first event
    dataflow::Summary summary;
    bool loaded = true;
    bool emptied = false;                  // without having been loaded: the steps that the views hold are not here
    bool stale = false;                    // to be folded again
    bool changed = false;                  // to be written again
    std::vector<dataflow::Entry> entries;  // when loaded
    std::vector<dataflow::Step> steps;     // when loaded: those that the views hold
    std::size_t outside_bytes = 0;         // of entries, beside their own size
    std::size_t held_bytes = 0;            // as counted in the case's

    std::size_t bytes() const;
  };
  /// Counts over the whole case, kept for cases of several pieces alone (of one piece the steps are counted when
  /// needed).
  static std::uint64_t count_key(dataflow::NameId a, dataflow::NameId b) {
    return (static_cast<std::uint64_t>(a) << 32) | b;
  }
  using Counts = boost::unordered_flat_map<std::uint64_t, std::int64_t>;  // by (a << 32 | b); b = 0: activity a

  std::size_t piece_for(const dataflow::Entry& entry, const dataflow::Names& names) const;
  static Result<std::vector<dataflow::Entry>> read_piece(const Piece& piece, const CaseHome& home,
                                                         const dataflow::Names& names);
  static Result<std::vector<dataflow::Entry>> decode_piece(const std::optional<std::string>& stored,
                                                           const CaseHome& home, const dataflow::Names& names);
  Result<void> load(Piece& piece, const CaseHome& home, const dataflow::Names& names);
  void let_go(Piece& piece);
  void weigh(Piece& piece);
  static std::size_t outside_bytes(const std::vector<dataflow::Entry>& entries);
  Result<std::optional<std::pair<std::size_t, std::size_t>>> locate(const dataflow::Entry& entry, const CaseHome& home,
                                                                    const dataflow::Names& names);
  Result<void> place(dataflow::Entry entry, const CaseHome& home, const dataflow::Names& names);
  void remove(std::size_t piece, std::size_t index);
  Result<Insertion> merge_bringer(std::pair<std::size_t, std::size_t> at, const dataflow::Entry& entry,
                                  const CaseHome& home, dataflow::Names& names);
  Result<void> split_if_full(std::size_t piece, const CaseHome& home);
  Result<bool> withdraw_from(std::size_t piece, dataflow::NameId upload, std::vector<dataflow::Entry>& moved,
                             const CaseHome& home, dataflow::Names& names);
  using HandOver = std::function<Result<void>()>;  // what gathered so far goes to the operators
  Result<void> refold(const CaseHome& home, const dataflow::Names& names, Settling& settling,
                      const HandOver& hand_over);
  Result<void> fold_again(Piece& piece, const CaseHome& home, const dataflow::Names& names, dataflow::Carry& carry,
                          Settling& settling);
  Result<void> tidy_pieces(const CaseHome& home, const dataflow::Names& names);
  void count(Settling& settling);
  void count_held();
  dataflow::Summary summary() const;
  void forget_identities();
  void erase_what_went(const CaseHome& home, store::Batch& batch);
  Result<void> encode_pieces(const CaseHome& home, const dataflow::Names& names, bool archive, store::Batch& batch);
  void encode_directory(format::Encoder& out) const;
  static Result<void> decode_directory(format::Decoder& in, CaseState& state);

  std::vector<Piece> pieces_;
  std::size_t held_bytes_ = 0;  // by pieces
  std::size_t events_ = 0;
  std::uint32_t next_number_ = 0;
  std::vector<std::uint32_t> dropped_;  // numbers whose keys go with the next encode()
  std::optional<Counts> counts_;
  std::optional<IdentityIndex> identities_;  // for cases of several pieces
  std::uint32_t dropped_buckets_ = 0;        // buckets of a former index, to be deleted
  std::optional<dataflow::CaseFacts> facts_;
  bool stored_in_pieces_ = false;
  bool archived_ = false;
};

}  // namespace weir::runtime
