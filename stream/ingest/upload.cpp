#include "stream/ingest/upload.hpp"

#include "state/format/codec.hpp"
#include "stream/ingest/intake.hpp"

namespace weir::ingest {
namespace {

using format::Decoder;
using format::Encoder;

/// 1 had no sheets; it is still read.
constexpr std::uint8_t version = 2;
constexpr Duration ahead_max = std::chrono::hours{24};

void write_choices(Encoder& out, const std::vector<ColumnChoice>& choices) {
  out.number(choices.size());
  for (const ColumnChoice& choice : choices) {
    out.text(choice.field);
    out.text(choice.column);
  }
}

std::vector<ColumnChoice> read_choices(Decoder& in) {
  std::vector<ColumnChoice> choices;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    std::string field{in.text()};
    choices.push_back({std::move(field), std::string{in.text()}});
  }
  return choices;
}

void write_error(Encoder& out, Code code, std::string_view detail) {
  out.text(weir::name_of(code));
  out.text(detail);
}

Error read_error(Decoder& in) {
  const Code code = code_named(in.text()).value_or(Code::internal);
  return {code, std::string{in.text()}};
}

void write_facts(Encoder& out, const FileFacts& facts) {
  out.byte(static_cast<std::uint8_t>(facts.format));
  out.byte(facts.gzip ? 1 : 0);
  out.number(facts.bytes);
  out.number(facts.rows);
  out.number(facts.events);
  out.number(facts.columns.size());
  for (const std::string& column : facts.columns) out.text(column);
  write_choices(out, facts.mapping);
  out.byte(facts.zoneless ? 1 : 0);
}

FileFacts read_facts(Decoder& in) {
  FileFacts facts;
  facts.format = static_cast<FileFormat>(in.byte());
  facts.gzip = in.byte() == 1;
  facts.bytes = in.number();
  facts.rows = in.number();
  facts.events = in.number();
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) facts.columns.emplace_back(in.text());
  facts.mapping = read_choices(in);
  facts.zoneless = in.byte() == 1;
  return facts;
}

}  // namespace

std::string_view name_of(UploadState state) {
  switch (state) {
    case UploadState::waiting:
      return "waiting";
    case UploadState::reading:
      return "reading";
    case UploadState::done:
      return "done";
    case UploadState::failed:
      return "failed";
    case UploadState::withdrawn:
      return "withdrawn";
  }
  return "unknown";
}

Result<FileOptions> options_of(const UploadRequest& request) {
  FileOptions options;
  options.map = request.map;
  options.date_order = request.date_order;
  options.classifier = request.classifier;
  options.sheet = request.sheet;
  if (!request.zone.empty()) {
    auto zone = Zone::find(request.zone);
    if (!zone) return zone.error();
    options.zone = std::move(*zone);
  }
  return options;
}

std::string schema_fingerprint(const std::vector<std::string>& columns) {
  if (columns.empty()) return {};
  std::string header;
  for (const std::string& column : columns) header.append(std::to_string(column.size())).append(1, ':').append(column);
  return to_hex(hash128(header));
}

std::string encode(const Upload& upload) {
  std::string bytes;
  Encoder out{bytes};
  out.byte(version);
  out.text(upload.id);
  out.text(upload.request.process);
  out.text(upload.request.zone);
  out.byte(static_cast<std::uint8_t>(upload.request.date_order));
  write_choices(out, upload.request.map);
  out.text(upload.request.classifier);
  out.byte(static_cast<std::uint8_t>(upload.state));
  out.signed_number(to_micros(upload.received));
  for (const std::uint64_t count : {upload.file_bytes, upload.read_bytes, upload.accepted, upload.rejected}) {
    out.number(count);
  }
  write_facts(out, upload.facts);
  out.number(upload.errors.size());
  for (const RowError& error : upload.errors) {
    out.number(error.line);
    out.number(error.column);
    write_error(out, error.code, error.detail);
  }
  out.byte(upload.failure ? 1 : 0);
  if (upload.failure) write_error(out, upload.failure->code, upload.failure->detail);
  out.text(log::to_token(upload.position));
  out.text(upload.request.sheet);
  out.text(upload.facts.sheet);
  return bytes;
}

Result<Upload> decode_upload(std::string_view bytes) {
  Decoder in{bytes};
  const std::uint8_t found = in.byte();
  if (found != 1 && found != version) return Error{Code::state_format, "an upload has an unknown version"};
  Upload upload;
  upload.id = in.text();
  upload.request.process = in.text();
  upload.request.zone = in.text();
  upload.request.date_order = static_cast<DateOrder>(in.byte());
  upload.request.map = read_choices(in);
  upload.request.classifier = in.text();
  upload.state = static_cast<UploadState>(in.byte());
  upload.received = from_micros(in.signed_number());
  for (std::uint64_t* count : {&upload.file_bytes, &upload.read_bytes, &upload.accepted, &upload.rejected}) {
    *count = in.number();
  }
  upload.facts = read_facts(in);
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    RowError error;
    error.line = in.number();
    error.column = static_cast<std::uint32_t>(in.number());
    Error what = read_error(in);
    error.code = what.code;
    error.detail = std::move(what.detail);
    upload.errors.push_back(std::move(error));
  }
  if (in.byte() == 1) upload.failure = read_error(in);
  auto position = log::parse_token(in.text());
  if (found == version) {
    upload.request.sheet = in.text();
    upload.facts.sheet = in.text();
  }
  if (!in.ok() || !in.at_end() || !position) return Error{Code::state_format, "an upload's record is damaged"};
  upload.position = std::move(*position);
  return upload;
}

RowIntake::RowIntake(std::string process, std::string upload, std::uint32_t partitions, Time now, Deliver deliver)
    : process_(std::move(process)),
      upload_(std::move(upload)),
      partitions_(partitions),
      latest_(now + ahead_max),
      deliver_(std::move(deliver)) {}

void RowIntake::event(const EventView& view) {
  if (!delivered_) return;
  if (view.timestamp > latest_)
    return errors_.add(view.line, 0, Code::timestamp_out_of_range, "more than 24 hours ahead");
  Event event = view.to_event();
  event.process = process_;
  event.upload = upload_;
  identify_row(event, seen_);
  bytes_ += batch_.emplace_back(address(event, partitions_)).record.value.size();
  ++accepted_;
  if (batch_.size() >= batch_rows || bytes_ >= batch_bytes) (void)flush();
}

Result<void> RowIntake::flush() {
  if (delivered_ && !batch_.empty()) delivered_ = deliver_(std::exchange(batch_, {}));
  bytes_ = 0;
  return delivered_;
}

}  // namespace weir::ingest
