// Rows of a CSV to events on several threads.
//
// The text is cut behind line ends, and each piece is read as though a row began there. Whether one does is known when
// the piece before has been read: a line end may lie in a quoted cell. If it does, the piece counts; if not, its events
// are dropped and the reading of the piece before goes on through its text. So the rows are those of one CsvReading
// over the whole text: a reading that stands where a row begins differs from a new one by its habits, which the pieces
// were given, and by the number of lines and rows, which are added.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "stream/ingest/csv_pass.hpp"

namespace weir::ingest {

/// To be used from one thread, which reads pieces too; `threads` - 1 others help. Holds a few pieces, each as long as
/// what is pushed at once.
class CsvPieces final : public CsvPass {
 public:
  /// `plan` and `context`, whose sink is not used, must outlive this.
  CsvPieces(const CsvPlan& plan, const TimeHabits& habits, FileContext& context, PiecewiseSink& sink, unsigned threads);
  ~CsvPieces() override;

  Result<void> push(std::span<const char> bytes) override;
  Result<void> finish() override;
  FilePlace place() const override { return place_; }

 private:
  struct Piece;
  using PiecePointer = std::unique_ptr<Piece>;

  std::vector<char> cut_piece(std::span<const char> bytes);
  void launch(std::vector<char> text);
  void work();
  Piece* next_waiting();
  void read(Piece& piece, std::unique_lock<std::mutex>& lock);
  Result<void> settle(std::size_t pieces_left);
  Result<void> join(PiecePointer piece);
  void take_leading();
  Result<void> end(Result<void> outcome);
  void recycle(Piece& piece);

  const CsvPlan& plan_;
  FileContext& context_;
  PiecewiseSink& sink_;
  TimeHabits habits_;        // those of the leading piece
  std::vector<char> rest_;   // behind the last cut
  PiecePointer leading_;     // the rows up to its end are certain
  std::uint64_t lines_ = 0;  // before the leading piece
  FilePlace place_;
  std::size_t pieces_max_;  // that wait, are read, or were
  std::vector<std::vector<char>> spare_texts_;
  std::vector<CsvRows::Buffers> spare_buffers_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<PiecePointer> pieces_;  // in their order, behind the leading one; the states are the mutex's
  bool ended_ = false;
  std::vector<std::thread> others_;
};

}  // namespace weir::ingest
