#include "stream/ingest/csv_rows.hpp"

#include <bit>
#include <cstring>
#include <string>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace weir::ingest {
namespace {

constexpr std::size_t block = 64;

#ifdef __SSE2__

/// Bit i: byte i of the block is a delimiter, a quote or a line end.
class Finder {
 public:
  explicit Finder(CsvDialect dialect)
      : delimiter_(_mm_set1_epi8(dialect.delimiter)),
        quote_(_mm_set1_epi8(dialect.quote)),
        lf_(_mm_set1_epi8('\n')),
        cr_(_mm_set1_epi8('\r')) {}

  std::uint64_t operator()(const char* p) const {
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < block; i += 16) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
      const __m128i cells = _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiter_), _mm_cmpeq_epi8(bytes, quote_));
      const __m128i lines = _mm_or_si128(_mm_cmpeq_epi8(bytes, lf_), _mm_cmpeq_epi8(bytes, cr_));
      const auto bits = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(cells, lines)));
      mask |= static_cast<std::uint64_t>(bits) << i;
    }
    return mask;
  }

 private:
  __m128i delimiter_;
  __m128i quote_;
  __m128i lf_;
  __m128i cr_;
};

#else

class Finder {
 public:
  explicit Finder(CsvDialect dialect) : dialect_(dialect) {}

  std::uint64_t operator()(const char* p) const {
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < block; ++i) {
      const bool hit = p[i] == dialect_.delimiter || p[i] == dialect_.quote || p[i] == '\n' || p[i] == '\r';
      mask |= static_cast<std::uint64_t>(hit) << i;
    }
    return mask;
  }

 private:
  CsvDialect dialect_;
};

#endif

/// Makes one quote of two, in place; returns the new size.
std::size_t unescape(char* text, std::size_t size, char quote) {
  std::size_t to = 0;
  for (std::size_t from = 0; from < size; ++from) {
    text[to++] = text[from];
    if (text[from] == quote) ++from;
  }
  return to;
}

}  // namespace

CsvRows::CsvRows(CsvDialect dialect, TableRowSink& sink, Buffers buffers)
    : dialect_(dialect), sink_(sink), buffer_(std::move(buffers.text)), cells_(std::move(buffers.cells)) {
  cells_.resize(columns_max);
}

void CsvRows::make_room(std::size_t more) {
  const char* before = buffer_.data() + row_;
  if (row_ > 0) {
    std::memmove(buffer_.data(), before, size_ - row_);
    size_ -= row_;
    scan_ -= row_;
    cell_ -= row_;
    quote_ = quote_ >= row_ ? quote_ - row_ : 0;
    cr_ = cr_ != nowhere && cr_ >= row_ ? cr_ - row_ : nowhere;
    row_ = 0;
  }
  if (buffer_.size() < size_ + more + block) buffer_.resize(size_ + more + block);
  const std::ptrdiff_t shift = buffer_.data() - before;
  for (std::size_t i = 0; i < std::min(cell_count_, columns_max); ++i) {
    cells_[i] = {cells_[i].data() + shift, cells_[i].size()};
  }
}

Result<void> CsvRows::push(std::span<const char> bytes) {
  if (stopped_ || bytes.empty()) return {};
  make_room(bytes.size());
  std::memcpy(buffer_.data() + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
  stopped_ = !scan();
  return outcome();
}

Result<void> CsvRows::finish() {
  if (stopped_) return {};
  stopped_ = true;
  if (state_ == State::quoted) return never_closed();
  if (size_ == row_) return {};
  if (state_ == State::closing && quote_ + 1 != size_) {
    bad_cell_ = static_cast<std::uint32_t>(cell_count_ + 1);
    state_ = State::plain;
  }
  end_cell(state_ == State::closing ? quote_ : size_);
  end_row(size_);
  return outcome();
}

/// After a scan: is the row at hand, or the one that stopped it, longer than allowed?
Result<void> CsvRows::outcome() {
  if (!over_long_ && (stopped_ || size_ - row_ <= line_bytes_max)) return {};
  stopped_ = true;
  if (state_ == State::quoted && line_ > quote_line_) return never_closed();
  line_ = row_line_;
  return Error{Code::line_too_long, "the line is longer than 1 MiB"};
}

Result<void> CsvRows::never_closed() {
  line_ = quote_line_;
  return Error{Code::bad_csv, "the quote that opens in this line is never closed"};
}

bool CsvRows::scan() {
  const Finder find(dialect_);
  while (scan_ < size_) {
    const std::size_t base = scan_;
    const std::size_t count = std::min(block, size_ - base);
    std::uint64_t mask = find(buffer_.data() + base);
    if (count < block) mask &= (1ULL << count) - 1;
    scan_ = base + count;
    for (; mask != 0; mask &= mask - 1) {
      if (!meet(base + static_cast<std::size_t>(std::countr_zero(mask)))) return false;
    }
  }
  return true;
}

/// One structural character. False: stop.
bool CsvRows::meet(std::size_t at) {
  const char c = buffer_[at];
  over_long_ = at - row_ > line_bytes_max;  // told here, so that the fault does not depend on how the text comes
  if (over_long_) return false;
  if (state_ == State::plain) return meet_plain(at, c);
  if (state_ == State::quoted) {
    if (c == dialect_.quote) {
      state_ = State::closing;
      quote_ = at;
    } else {
      count_line(at, c);
    }
    return true;
  }
  const bool adjacent = at == quote_ + 1;
  if (adjacent && c == dialect_.quote) {
    escapes_ = true;
    state_ = State::quoted;
    return true;
  }
  if (!adjacent) {
    bad_cell_ = static_cast<std::uint32_t>(cell_count_ + 1);
    state_ = State::plain;
  }
  return meet_plain(at, c);
}

bool CsvRows::meet_plain(std::size_t at, char c) {
  if (c == dialect_.delimiter) {
    end_cell(state_ == State::closing ? quote_ : at);
    cell_ = at + 1;
    return true;
  }
  if (c == dialect_.quote) {
    if (at != cell_ || was_quoted_) return true;
    state_ = State::quoted;
    was_quoted_ = true;
    quote_line_ = line_;
    cell_ = at + 1;
    return true;
  }
  const bool second_half = c == '\n' && at == row_ && cr_ == at && cell_count_ == 0;
  if (second_half) {
    row_ = cell_ = at + 1;
    return true;
  }
  end_cell(state_ == State::closing ? quote_ : at);
  if (c == '\r') cr_ = at + 1;
  ++line_;
  return end_row(at);
}

void CsvRows::count_line(std::size_t at, char c) {
  if (c == '\n' && cr_ == at) return;
  if (c != '\n' && c != '\r') return;
  ++line_;
  if (c == '\r') cr_ = at + 1;
}

void CsvRows::end_cell(std::size_t end) {
  char* text = buffer_.data() + cell_;
  const std::size_t size =
      escapes_ && state_ == State::closing ? unescape(text, end - cell_, dialect_.quote) : end - cell_;
  if (cell_count_ < columns_max) cells_[cell_count_] = {text, size};
  ++cell_count_;
  state_ = State::plain;
  escapes_ = false;
  was_quoted_ = false;
}

bool CsvRows::end_row(std::size_t end) {
  const bool blank = cell_count_ == 1 && end == row_;
  const TableRow row{{cells_.data(), std::min(cell_count_, columns_max)},
                     {buffer_.data() + row_, end - row_},
                     cell_count_,
                     row_line_,
                     {bad_cell_, Code::bad_csv, "something follows the closing quote"}};
  const bool more = blank || sink_.row(row);
  row_ = cell_ = std::min(end + 1, size_);
  row_line_ = line_;
  cell_count_ = 0;
  bad_cell_ = 0;
  return more;
}

}  // namespace weir::ingest
