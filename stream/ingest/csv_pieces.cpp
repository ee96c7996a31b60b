#include "stream/ingest/csv_pieces.hpp"

#include <algorithm>

namespace weir::ingest {
namespace {

constexpr std::size_t pieces_per_thread = 3;

/// Behind the last line end of `text`; the size of all if there is none. A CR at the very end may be half of one.
std::size_t last_cut(std::span<const char> text) {
  for (std::size_t at = text.size(); at > 0; --at) {
    const char c = text[at - 1];
    if (c == '\n' || (c == '\r' && at < text.size() && text[at] != '\n')) return at;
  }
  return text.size();
}

}  // namespace

struct CsvPieces::Piece {
  enum class State : std::uint8_t { waiting, at_work, read };

  Piece(std::vector<char> its_text, const CsvPlan& plan, const TimeHabits& its_habits, std::size_t skipped_rows,
        const FileOptions& options, std::unique_ptr<PieceSink> its_sink, CsvRows::Buffers buffers)
      : text(std::move(its_text)),
        habits(its_habits),
        sink(std::move(its_sink)),
        context{options, *sink, {}, {}},
        reading(plan, habits, skipped_rows, context, std::move(buffers)) {}

  std::vector<char> text;
  TimeHabits habits;  // with which it is read
  std::unique_ptr<PieceSink> sink;
  FileContext context;
  CsvReading reading;
  Result<void> outcome;
  State state = State::waiting;
};

CsvPieces::CsvPieces(const CsvPlan& plan, const TimeHabits& habits, FileContext& context, PiecewiseSink& sink,
                     unsigned threads)
    : plan_(plan),
      context_(context),
      sink_(sink),
      habits_(habits),
      pieces_max_(std::size_t{threads} * pieces_per_thread) {
  for (unsigned i = 1; i < threads; ++i) others_.emplace_back([this] { work(); });
}

CsvPieces::~CsvPieces() {
  {
    const std::lock_guard lock{mutex_};
    ended_ = true;
  }
  changed_.notify_all();
  for (std::thread& other : others_) other.join();
}

Result<void> CsvPieces::push(std::span<const char> bytes) {
  auto text = cut_piece(bytes);
  if (!text.empty()) launch(std::move(text));
  auto settled = settle(pieces_max_);
  return settled.ok() ? settled : end(std::move(settled));
}

Result<void> CsvPieces::finish() {
  if (!rest_.empty()) launch(std::move(rest_));
  auto outcome = settle(0);
  if (outcome.ok() && leading_ != nullptr) {
    outcome = leading_->reading.finish();
    leading_->sink->end();
  }
  return end(std::move(outcome));
}

std::vector<char> CsvPieces::cut_piece(std::span<const char> bytes) {
  std::vector<char> text;
  if (!spare_texts_.empty()) {
    text = std::move(spare_texts_.back());
    spare_texts_.pop_back();
  }
  const std::size_t cut = last_cut(bytes);
  text.assign(rest_.begin(), rest_.end());
  text.insert(text.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(cut));
  rest_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(cut), bytes.end());
  return text;
}

void CsvPieces::launch(std::vector<char> text) {
  const bool first = leading_ == nullptr && pieces_.empty();
  CsvRows::Buffers buffers;
  if (!spare_buffers_.empty()) {
    buffers = std::move(spare_buffers_.back());
    spare_buffers_.pop_back();
  }
  auto piece = std::make_unique<Piece>(std::move(text), plan_, habits_, first ? plan_.table.skipped_rows : 0,
                                       context_.options, sink_.piece(), std::move(buffers));
  {
    const std::lock_guard lock{mutex_};
    pieces_.push_back(std::move(piece));
  }
  changed_.notify_all();
}

void CsvPieces::work() {
  std::unique_lock lock{mutex_};
  for (;;) {
    Piece* piece = nullptr;
    changed_.wait(lock, [&] { return ended_ || (piece = next_waiting()) != nullptr; });
    if (ended_) return;
    read(*piece, lock);
  }
}

CsvPieces::Piece* CsvPieces::next_waiting() {
  const auto at = std::find_if(pieces_.begin(), pieces_.end(),
                               [](const PiecePointer& piece) { return piece->state == Piece::State::waiting; });
  return at == pieces_.end() ? nullptr : at->get();
}

void CsvPieces::read(Piece& piece, std::unique_lock<std::mutex>& lock) {
  piece.state = Piece::State::at_work;
  lock.unlock();
  piece.outcome = piece.reading.push(piece.text);
  piece.sink->end();
  lock.lock();
  piece.state = Piece::State::read;
  changed_.notify_all();
}

/// Joins what has been read, in its order, until no more than so many pieces are left; helps where it would wait.
Result<void> CsvPieces::settle(std::size_t pieces_left) {
  std::unique_lock lock{mutex_};
  while (!pieces_.empty()) {
    if (pieces_.front()->state == Piece::State::read) {
      PiecePointer piece = std::move(pieces_.front());
      pieces_.pop_front();
      lock.unlock();
      if (auto joined = join(std::move(piece)); !joined) return joined;
      lock.lock();
    } else if (pieces_.size() <= pieces_left) {
      return {};
    } else if (Piece* waiting = next_waiting()) {
      read(*waiting, lock);
    } else {
      changed_.wait(lock, [this] { return pieces_.front()->state == Piece::State::read; });
    }
  }
  return {};
}

/// The next piece in order: does a row begin where it does, and was it read as it must be?
Result<void> CsvPieces::join(PiecePointer piece) {
  const bool fits = leading_ == nullptr ||
                    (leading_->reading.begins_row(piece->text.front()) && leading_->reading.habits() == piece->habits);
  if (fits) {
    if (leading_ != nullptr) take_leading();
    leading_ = std::move(piece);
  } else {
    leading_->outcome = leading_->reading.push(piece->text);
    leading_->sink->end();
    recycle(*piece);
  }
  habits_ = leading_->reading.habits();
  return leading_->outcome;
}

/// Hands on what the leading piece has told.
void CsvPieces::take_leading() {
  const FileFacts& facts = leading_->context.facts;
  sink_.take(std::move(leading_->sink), context_.facts.rows, lines_);
  context_.facts.rows += facts.rows;
  context_.facts.events += facts.events;
  context_.facts.zoneless |= facts.zoneless;
  context_.errors.append(leading_->context.errors, lines_);
  lines_ += leading_->reading.lines();
  recycle(*leading_);
  leading_.reset();
}

/// Nothing comes behind the leading piece.
Result<void> CsvPieces::end(Result<void> outcome) {
  if (leading_ == nullptr) return outcome;
  if (!outcome.ok()) {
    place_ = leading_->reading.place();
    place_.line += lines_;
  }
  take_leading();
  return outcome;
}

void CsvPieces::recycle(Piece& piece) {
  spare_texts_.push_back(std::move(piece.text));
  spare_buffers_.push_back(piece.reading.release_buffers());
}

}  // namespace weir::ingest
