// One event as a file reader hands it out: views into the reader's buffers, nothing copied. A batch run consumes it
// directly; who needs an Event asks for one.
#pragma once

#include <cstdint>
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
  const std::vector<RowError>& kept() const { return kept_; }
  std::uint64_t total() const { return total_; }

 private:
  std::vector<RowError> kept_;
  std::uint64_t total_ = 0;
};

}  // namespace weir::ingest
