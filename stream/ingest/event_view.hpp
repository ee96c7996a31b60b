// One event as a file reader hands it out: views into the reader's buffers, nothing copied. A batch run consumes it
// directly; who needs an Event asks for one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/error.hpp"
#include "schemas/base/event.hpp"

namespace weir::ingest {

/// The attributes of the row at hand, made only when asked for.
class AttributeSource {
 public:
  virtual ~AttributeSource() = default;
  /// Sorted by name, names unique, within the limits of an event (the reader has checked them).
  virtual std::vector<Attribute> attributes() const = 0;
};

/// Valid during the call of EventSink::event only. Every field is UTF-8 and within its limit.
struct EventView {
  std::string_view case_id;
  std::string_view activity;
  std::string_view resource;   // empty: none
  std::string_view lifecycle;  // never empty; lower case where it is `start` or `complete`
  std::string_view instance;   // empty: none
  std::string_view id;         // empty: the file has no identity of its own for the event
  std::string_view source;     // empty but in our own exports; the caller decides whether the uploader may set it
  Time timestamp{};
  std::optional<Time> start;   // not later than timestamp
  std::uint64_t sequence = 0;  // 1-based number of the row (CSV: data rows, XES: events), also of refused ones
  std::uint64_t line = 0;      // 1-based line of the file where the event begins
  const AttributeSource* extra = nullptr;

  /// A copy that outlives the call: process `default`, no upload.
  Event to_event() const;
};

class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void event(const EventView& view) = 0;
};

/// Takes the events of a piece of a file. Used by one thread at a time.
class PieceSink : public EventSink {
 public:
  /// No event comes now. More may follow all the same, and another end().
  virtual void end() = 0;
};

/// Takes the events of a file that is read in several places at once.
class PiecewiseSink : public EventSink {
 public:
  /// Of events of a piece sequence and line are counted from where it begins.
  virtual std::unique_ptr<PieceSink> piece() = 0;
  /// Pieces come in the order of the file, each after end(); one that does not come never was. So many rows and lines
  /// of the file lie before it.
  virtual void take(std::unique_ptr<PieceSink> piece, std::uint64_t rows, std::uint64_t lines) = 0;
};

/// A row (or the place of the fault that ended the file). Line and column count from 1; column is the number of the
/// field in CSV and the byte of the line in XML; 0: not about one.
struct RowError {
  std::uint64_t line = 0;
  std::uint32_t column = 0;
  Code code = Code::internal;
  std::string detail;

  friend bool operator==(const RowError&, const RowError&) = default;
};

/// The first 1,000 are kept, all are counted.
class RowErrors {
 public:
  static constexpr std::size_t kept_max = 1000;

  void add(std::uint64_t line, std::uint32_t column, Code code, std::string_view detail) {
    if (total_++ < kept_max) kept_.push_back({line, column, code, std::string(detail)});
  }
  /// Those of what follows; so many lines lie before it.
  void append(const RowErrors& next, std::uint64_t lines) {
    for (const RowError& error : next.kept_) add(error.line + lines, error.column, error.code, error.detail);
    total_ += next.total_ - next.kept_.size();
  }
  const std::vector<RowError>& kept() const { return kept_; }
  std::uint64_t total() const { return total_; }

 private:
  std::vector<RowError> kept_;
  std::uint64_t total_ = 0;
};

}  // namespace weir::ingest
