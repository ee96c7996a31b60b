// An upload: what is known of it, from the last byte received to its withdrawal, and the way of its rows to the log.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "stream/ingest/file_reader.hpp"
#include "stream/ingest/identity.hpp"
#include "stream/log/log.hpp"

namespace weir::ingest {

/// The numbers are stored: add, never change.
enum class UploadState : std::uint8_t {
  waiting = 1,    // received whole
  reading = 2,    // its rows go to the log
  done = 3,       // its last row is in the log
  failed = 4,     // the file could not be read to its end; nothing of it stays
  withdrawn = 5,  // taken back by somebody; nothing of it stays that it alone brought
};
std::string_view name_of(UploadState state);

/// How its sender declared the file. Names are checked where it is read: options_of().
struct UploadRequest {
  std::string process;
  std::string zone;  // empty: none declared
  DateOrder date_order = DateOrder::undecided;
  std::vector<ColumnChoice> map;
  std::string classifier;
  std::string sheet = {};  // of an XLSX; empty: the first visible one
};
/// Error: unknown_zone.
Result<FileOptions> options_of(const UploadRequest& request);

struct Upload {
  std::string id;
  UploadRequest request;
  UploadState state = UploadState::waiting;
  Time received{};
  std::uint64_t file_bytes = 0;
  std::uint64_t read_bytes = 0;  // in the pass at hand
  std::uint64_t accepted = 0;    // rows in the log
  std::uint64_t rejected = 0;
  FileFacts facts;
  std::vector<RowError> errors;  // the first 1,000
  std::optional<Error> failure;
  log::Position position;  // of all rows and the end

  bool is_open() const { return state == UploadState::waiting || state == UploadState::reading; }
};

/// Names a header: files with the same columns have the same one; empty without columns.
std::string schema_fingerprint(const std::vector<std::string>& columns);

std::string encode(const Upload& upload);
/// Error: state_format.
Result<Upload> decode_upload(std::string_view bytes);

/// Takes rows in, identifies and addresses them, and hands them on in batches.
class RowIntake final : public EventSink {
 public:
  // A batch is handed on when it has as many rows, or bytes of them.
  static constexpr std::size_t batch_rows = 1'000;
  static constexpr std::size_t batch_bytes = std::size_t{512} << 10;

  /// Hands a batch to the log; may block. After an error no more is handed on.
  using Deliver = std::function<Result<void>(std::vector<log::Addressed> records)>;

  /// Rows more than 24 h ahead of `now` are refused (timestamp_out_of_range).
  RowIntake(std::string process, std::string upload, std::uint32_t partitions, Time now, Deliver deliver);

  void event(const EventView& view) override;
  /// Hands on what is left. The first error of any delivery.
  Result<void> flush();

  std::uint64_t accepted() const { return accepted_; }
  const RowErrors& errors() const { return errors_; }  // its own; the reader has others
  const Result<void>& delivered() const { return delivered_; }

 private:
  const std::string process_;
  const std::string upload_;
  const std::uint32_t partitions_;
  const Time latest_;
  Deliver deliver_;
  Occurrences seen_;
  std::vector<log::Addressed> batch_;
  std::size_t bytes_ = 0;  // of the batch
  std::uint64_t accepted_ = 0;
  RowErrors errors_;
  Result<void> delivered_;
};

}  // namespace weir::ingest
