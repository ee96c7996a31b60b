// Files: POST takes one in (or looks at its beginning), GET tells how far it is, DELETE takes it back.
#include "api/app/uploads.hpp"

#include <filesystem>
#include <fstream>

#include "api/app/answering.hpp"
#include "api/app/recording.hpp"
#include "api/app/routes/query_call.hpp"
#include "api/app/routes/routes.hpp"
#include "api/app/spool.hpp"
#include "api/net/problem.hpp"
#include "api/query/cursor.hpp"
#include "schemas/codec/timestamp.hpp"
#include "stream/ingest/preview.hpp"

namespace weir::app {
namespace {

/// Of a file's beginning.
constexpr std::uint64_t beginning_bytes_max = 1 << 20;

ingest::DateOrder take_date_order(query::Parameters& parameters) {
  const std::string order = parameters.one("date_order").value_or("");
  if (order == "day_first") return ingest::DateOrder::day_first;
  if (order == "month_first") return ingest::DateOrder::month_first;
  if (!order.empty()) parameters.refuse("date_order", "must be day_first or month_first");
  return ingest::DateOrder::undecided;
}

/// How a file is to be read.
Result<ingest::UploadRequest> take_reading(query::Parameters& parameters) {
  ingest::UploadRequest request;
  request.zone = parameters.one("zone").value_or("");
  request.classifier = parameters.one("classifier").value_or("");
  request.sheet = parameters.one("sheet").value_or("");
  request.date_order = take_date_order(parameters);
  for (const std::string& choice : parameters.all("map")) {
    const std::size_t equals = choice.find('=');
    if (equals == 0 || equals == std::string::npos) {
      parameters.refuse("map", "must be FIELD=COLUMN");
      continue;
    }
    request.map.push_back({choice.substr(0, equals), choice.substr(equals + 1)});
  }
  if (const auto finished = parameters.finish(); !finished) return finished.error();
  if (const auto options = ingest::options_of(request); !options) return options.error();
  return request;
}

Result<ingest::UploadRequest> take_request(query::Parameters& parameters) {
  const std::string process = parameters.one("process").value_or("default");
  if (!is_plain_name(process)) parameters.refuse("process", "must be 1 to 64 of a-z, 0-9, _ and -");
  auto request = take_reading(parameters);
  if (request) request->process = process;
  return request;
}

void write_format(JsonWriter& json, ingest::FileFormat format) {
  json.key("format");
  if (format == ingest::FileFormat::unknown) {
    json.value(nullptr);
  } else {
    json.value(ingest::name_of(format));
  }
}

void write_sheet(JsonWriter& json, const ingest::FileFacts& facts) {
  json.key("sheet");
  if (facts.sheet.empty()) {
    json.value(nullptr);
  } else {
    json.value(facts.sheet);
  }
}

void write_columns(JsonWriter& json, const ingest::FileFacts& facts) {
  json.key("columns").begin_array();
  for (const std::string& column : facts.columns) json.value(column);
  json.end_array().key("mapping").begin_array();
  for (const ingest::ColumnChoice& choice : facts.mapping) {
    json.begin_object().member("field", choice.field).member("column", choice.column).end_object();
  }
  json.end_array().key("schema_fingerprint");
  const std::string fingerprint = ingest::schema_fingerprint(facts.columns);
  if (fingerprint.empty()) {
    json.value(nullptr);
  } else {
    json.value(fingerprint);
  }
}

void write_failure(JsonWriter& json, const std::optional<Error>& failure) {
  if (!failure) {
    json.value(nullptr);
    return;
  }
  json.begin_object().member("code", name_of(failure->code));
  json.member("detail", failure->detail.empty() ? title_of(failure->code) : std::string_view{failure->detail});
  json.end_object();
}

void write_errors(JsonWriter& json, const std::vector<ingest::RowError>& errors) {
  json.key("errors").begin_array();
  for (const ingest::RowError& error : errors) {
    json.begin_object().member("line", error.line).member("column", error.column).member("code", name_of(error.code));
    json.member("detail", error.detail.empty() ? title_of(error.code) : std::string_view{error.detail}).end_object();
  }
  json.end_array();
}

/// What a list tells of each.
void write_summary(JsonWriter& json, const ingest::Upload& upload) {
  json.member("upload", upload.id).member("process", upload.request.process);
  json.member("state", ingest::name_of(upload.state)).member("received", to_rfc3339(upload.received));
  json.member("bytes", upload.file_bytes).member("bytes_read", upload.read_bytes);
  const auto whole = static_cast<double>(std::max<std::uint64_t>(upload.file_bytes, 1));
  json.member("progress", upload.is_open() ? static_cast<double>(upload.read_bytes) / whole : 1.0);
  json.member("rows", upload.facts.rows).member("accepted", upload.accepted).member("rejected", upload.rejected);
  write_failure(json.key("failure"), upload.failure);
  json.member("position", log::to_token(upload.position));
}

/// The columns that only one of two files has.
void write_drift(JsonWriter& json, const ingest::Upload& upload, const std::optional<ingest::Upload>& before) {
  if (!before || upload.facts.columns.empty() || before->facts.columns.empty()) {
    json.value(nullptr);
    return;
  }
  const auto only = [&](const std::vector<std::string>& here, const std::vector<std::string>& there) {
    json.begin_array();
    for (const std::string& column : here) {
      if (std::find(there.begin(), there.end(), column) == there.end()) json.value(column);
    }
    json.end_array();
  };
  json.begin_object().key("added");
  only(upload.facts.columns, before->facts.columns);
  json.key("removed");
  only(before->facts.columns, upload.facts.columns);
  json.end_object();
}

net::Response whole_answer(const ingest::Upload& upload, const std::optional<ingest::Upload>& before) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_summary(json, upload);
  write_format(json, upload.facts.format);
  json.member("gzip", upload.facts.gzip);
  write_sheet(json, upload.facts);
  write_columns(json, upload.facts);
  write_drift(json.key("drift"), upload, before);
  write_errors(json, upload.errors);
  json.end_object();
  return json_answer(std::move(body));
}

/// The upload of the same process that came before.
Result<std::optional<ingest::Upload>> upload_before(Uploads& uploads, const std::string& workspace,
                                                    const ingest::Upload& upload) {
  auto all = uploads.list(workspace);
  if (!all) return all.error();
  for (ingest::Upload& other : *all) {  // newest first
    if (other.received < upload.received && other.request.process == upload.request.process) return {std::move(other)};
  }
  return std::optional<ingest::Upload>{};
}

Result<Answer> prepare_upload(Uploads& uploads, const Call& call) {
  return Answer{[&uploads, workspace = call.credential.workspace, id = call.names.front()]() -> Result<net::Response> {
    const auto upload = uploads.find(workspace, id);
    if (!upload) return upload.error();
    const auto before = upload_before(uploads, workspace, *upload);
    if (!before) return before.error();
    return whole_answer(*upload, *before);
  }};
}

/// A page goes on behind the upload that the one before ended with.
Result<std::string> list_of(Node& node, Uploads& uploads, const std::string& workspace, const Page& page) {
  const auto all = uploads.list(workspace);
  if (!all) return all.error();
  auto at = all->begin();
  if (!page.place.empty()) {
    at = std::find_if(all->begin(), all->end(), [&](const ingest::Upload& one) { return one.id == page.place; });
    if (at != all->end()) ++at;
  }
  const auto end = at + std::min<std::ptrdiff_t>(all->end() - at, static_cast<std::ptrdiff_t>(page.limit));
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("uploads").begin_array();
  for (auto upload = at; upload != end; ++upload) {
    json.begin_object();
    write_summary(json, *upload);
    json.end_object();
  }
  json.end_array().key("next");
  if (end == all->end() || at == end) {
    json.value(nullptr);
  } else {
    json.value(next_cursor(node, page, std::prev(end)->id));
  }
  json.end_object();
  return body;
}

Result<Answer> prepare_list(Node& node, Uploads& uploads, const Call& call, query::Parameters& parameters) {
  const auto page = take_page(node, call, parameters);
  if (!page) return page.error();
  return Answer{[&node, &uploads, workspace = call.credential.workspace, page = *page]() -> Result<net::Response> {
    auto body = list_of(node, uploads, workspace, page);
    if (!body) return body.error();
    return json_answer(std::move(*body));
  }};
}

/// Of the request and all bytes of the file: the same Idempotency-Key must come with the same.
Hash128 hash_of(const net::RequestHead& head, const std::filesystem::path& path) {
  constexpr std::size_t block_bytes = 1 << 20;
  std::string block(block_bytes, '\0');
  std::string chain = head.target;
  std::ifstream file(path, std::ios::binary);
  while (file.read(block.data(), block_bytes), file.gcount() > 0) {
    chain.append(block, 0, static_cast<std::size_t>(file.gcount()));
    chain = to_hex(hash128(chain));
  }
  return hash128(chain);
}

/// As answered_once(), for the request and the file that came with it.
auto answered_once_for(Node& node, const net::RequestHead& head, const auth::Credential& credential,
                       const std::filesystem::path& path, net::Respond first) {
  const bool keyed = !head.header("idempotency-key").empty();
  return answered_once(node, head, credential, keyed ? hash_of(head, path) : Hash128{}, std::move(first));
}

/// What came before the body, for when the body is there.
struct Arrival {
  net::RequestHead head;
  auth::Credential credential;
  ingest::Upload upload;
};

void accept(Node& node, Uploads& uploads, const Arrival& arrival, std::uint64_t bytes, net::Respond first) {
  const auto path = uploads.spool_path(arrival.upload.id);
  const auto drop = [&path] {
    std::error_code gone;
    std::filesystem::remove(path, gone);
  };
  const net::Respond recorded = audited(node, arrival.head, arrival.credential, "upload.create",
                                        std::make_shared<const std::string>(arrival.upload.id), std::move(first));
  const auto respond = answered_once_for(node, arrival.head, arrival.credential, path, recorded);
  if (!respond) return drop();
  ingest::Upload received = arrival.upload;
  received.file_bytes = bytes;
  const auto accepted = uploads.accept(arrival.credential.workspace, std::move(received));
  if (!accepted) {
    drop();
    return (*respond)(accepted.error());
  }
  std::string body;
  JsonWriter(body).begin_object().member("upload", accepted->id).end_object();
  net::Response response = json_answer(std::move(body), 202);
  response.headers.push_back({"Location", "/v1/uploads/" + accepted->id});
  (*respond)(std::move(response));
}

net::BodyPlan receive(Node& node, Uploads& uploads, const net::RequestHead& head, const auth::Credential& credential) {
  query::Parameters parameters{head.query};
  auto request = take_request(parameters);
  if (!request) return net::Refuse{net::problem(request.error(), head.trace_id)};
  Arrival arrival{head, credential, {}};
  arrival.upload.id = Uploads::new_id();
  arrival.upload.request = std::move(*request);
  arrival.upload.received = node.clock().now();
  auto path = uploads.spool_path(arrival.upload.id);
  const auto done = [&node, &uploads, arrival = std::move(arrival)](std::uint64_t bytes, net::Respond respond) {
    accept(node, uploads, arrival, bytes, std::move(respond));
  };
  return net::Stream{node.settings().upload_bytes_max, std::make_shared<Spool>(std::move(path), node.intake(), done)};
}

net::Response preview_answer(const ingest::FilePreview& preview) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_format(json, preview.facts.format);
  write_sheet(json, preview.facts);
  json.key("sheets").begin_array();
  for (const std::string& sheet : preview.facts.sheets) json.value(sheet);
  json.end_array();
  write_columns(json, preview.facts);
  json.key("rows").begin_array();
  for (const auto& row : preview.facts.first_rows) {
    json.begin_array();
    for (const std::string& cell : row) json.value(cell);
    json.end_array();
  }
  json.end_array().key("events").begin_array();
  for (const Event& event : preview.events) {
    json.begin_object().member("case_id", event.case_id).member("activity", event.activity);
    json.member("timestamp", to_rfc3339(event.timestamp));
    if (event.start) json.member("start", to_rfc3339(*event.start));
    if (!event.resource.empty()) json.member("resource", event.resource);
    json.end_object();
  }
  json.end_array().key("asks").begin_array();
  if (preview.asks_zone) json.value("zone");
  if (preview.asks_date_order) json.value("date_order");
  json.end_array();
  write_failure(json.key("failure"), preview.failure);
  write_errors(json, preview.errors);
  json.end_object();
  return json_answer(std::move(body));
}

/// Looks at a file of the spool, which is gone afterwards.
net::Response look_at(const std::filesystem::path& path, bool is_whole, ingest::FileOptions options) {
  const auto file = ingest::open_file(path);
  std::error_code gone;
  std::filesystem::remove(path, gone);
  options.scratch = path.parent_path();
  ingest::MemoryBytes nothing({});
  return preview_answer(ingest::preview_file(file ? **file : nothing, is_whole, std::move(options)));
}

net::BodyPlan preview(Node& node, Uploads& uploads, const net::RequestHead& head, const auth::Credential& credential) {
  query::Parameters parameters{head.query};
  const std::string whole = parameters.one("whole").value_or("true");
  if (whole != "true" && whole != "false") parameters.refuse("whole", "must be true or false");
  const auto request = take_reading(parameters);
  auto options = request ? ingest::options_of(*request) : Result<ingest::FileOptions>(request.error());
  if (!options) return net::Refuse{net::problem(options.error(), head.trace_id)};
  auto path = uploads.spool_path(Uploads::new_id());
  const bool is_whole = whole == "true";
  const auto done = [&node, head, credential, path, is_whole, options = *options](std::uint64_t, net::Respond first) {
    const auto respond = answered_once_for(node, head, credential, path, std::move(first));
    std::error_code gone;
    if (!respond) return static_cast<void>(std::filesystem::remove(path, gone));
    node.readers().post([respond = *respond, path, is_whole, options] { respond(look_at(path, is_whole, options)); });
  };
  const std::uint64_t bytes_max = is_whole ? node.settings().upload_bytes_max : beginning_bytes_max;
  return net::Stream{bytes_max, std::make_shared<Spool>(path, node.intake(), done)};
}

void withdraw(Uploads& uploads, const Call& call) {
  const auto position = uploads.withdraw(call.credential.workspace, call.names.front());
  if (!position) return call.respond(position.error());
  std::string body;
  JsonWriter(body)
      .begin_object()
      .member("upload", call.names.front())
      .member("position", log::to_token(*position))
      .end_object();
  call.respond(json_answer(std::move(body), 202));
}

}  // namespace

Result<std::string> first_uploads(Node& node, Uploads& uploads, const std::string& workspace, std::size_t limit) {
  net::RequestHead head;
  head.segments = {"v1", "uploads"};
  return list_of(node, uploads, workspace, {limit, "", query::question_of(workspace, head)});
}

std::vector<Route> upload_routes(Node& node, Uploads& uploads) {
  using enum auth::Permission;
  Route post;
  post.method = net::Method::post;
  post.pattern = "/v1/uploads";
  post.permission = use_uploads;
  post.check = [&node](const net::RequestHead&) { return node.disk().room_for_uploads(); };
  post.stream = [&node, &uploads](const net::RequestHead& head, const std::vector<std::string>&,
                                  const auth::Credential& credential) {
    return receive(node, uploads, head, credential);
  };
  Route remove;
  remove.method = net::Method::delete_;
  remove.pattern = "/v1/uploads/{upload}";
  remove.permission = use_uploads;
  remove.where = Where::intake;
  remove.action = "upload.withdraw";
  remove.handle = [&uploads](Call call) { withdraw(uploads, call); };
  Route look;
  look.method = net::Method::post;
  look.pattern = "/v1/uploads/preview";
  look.permission = use_uploads;
  look.check = [&node](const net::RequestHead&) { return node.disk().room_for_uploads(); };
  look.stream = [&node, &uploads](const net::RequestHead& head, const std::vector<std::string>&,
                                  const auth::Credential& credential) {
    return preview(node, uploads, head, credential);
  };
  return {std::move(post), std::move(look), std::move(remove),
          query_route(
              node, "/v1/uploads", use_uploads,
              [&node, &uploads](const Call& call, query::Parameters& parameters) {
                return prepare_list(node, uploads, call, parameters);
              },
              false),
          query_route(
              node, "/v1/uploads/{upload}", use_uploads,
              [&uploads](const Call& call, query::Parameters&) { return prepare_upload(uploads, call); }, false)};
}

}  // namespace weir::app
