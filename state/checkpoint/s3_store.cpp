#include "state/checkpoint/s3_store.hpp"

#include <algorithm>
#include <thread>

#include "schemas/crypto/digest.hpp"
#include "state/checkpoint/reading.hpp"

namespace weir::checkpoint {
namespace {

constexpr std::size_t part_bytes = std::size_t{16} << 20;  // S3 wants 5 MiB at least, of all but the last
constexpr std::size_t once_bytes_max = std::size_t{256} << 20;

std::string hex_digest(std::string_view bytes) { return crypto::to_hex(crypto::bytes_of(crypto::sha256(bytes))); }

bool is_passing(unsigned status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}
bool is_done(unsigned status) { return status >= 200 && status < 300; }

/// What stands between `<NAME>` and `</NAME>`, from `at` on, which is moved behind it; empty and `at` = npos: no more.
/// Enough for S3's answers, whose elements that we read have no attributes; our names need no escaping.
std::string_view element(std::string_view xml, std::string_view name, std::size_t& at) {
  const std::string open = '<' + std::string{name} + '>';
  const std::string close = "</" + std::string{name} + '>';
  const std::size_t begin = xml.find(open, at);
  const std::size_t end = begin == std::string_view::npos ? begin : xml.find(close, begin);
  if (end == std::string_view::npos) {
    at = end;
    return {};
  }
  at = end + close.size();
  return xml.substr(begin + open.size(), end - begin - open.size());
}

std::string_view first_element(std::string_view xml, std::string_view name) {
  std::size_t at = 0;
  return element(xml, name, at);
}

Error refused(const std::string& what, const http::Response& response) {
  const std::string_view code = first_element(response.body, "Code");
  return {Code::storage_failed, "the object store answered " + std::to_string(response.status) +
                                    (code.empty() ? "" : " " + std::string{code}) + " to " + what};
}

}  // namespace

/// A multipart upload, which is aborted unless it is finished.
class S3Store::Upload {
 public:
  static Result<Upload> begin(S3Store& store, const std::string& name) {
    const auto begun = store.expect_done({"POST", name, {{"uploads", ""}}});
    if (!begun) return begun.error();
    const std::string id{first_element(begun->body, "UploadId")};
    if (id.empty()) return refused("an upload in parts", *begun);
    return Upload{store, name, id};
  }
  ~Upload() {
    if (!id_.empty()) static_cast<void>(store_.send({"DELETE", name_, {{"uploadId", id_}}}));
  }
  Upload(Upload&& other) noexcept
      : store_(other.store_),
        name_(std::move(other.name_)),
        id_(std::exchange(other.id_, {})),
        parts_(std::move(other.parts_)) {}
  Upload& operator=(Upload&&) = delete;

  Result<void> put(std::string_view part) {
    const std::string number = std::to_string(++count_);
    const auto done = store_.expect_done({"PUT", name_, {{"partNumber", number}, {"uploadId", id_}}, {}, part});
    if (!done) return done.error();
    parts_ +=
        "<Part><PartNumber>" + number + "</PartNumber><ETag>" + std::string{done->header("etag")} + "</ETag></Part>";
    return {};
  }
  Result<void> finish() {
    const std::string body = "<CompleteMultipartUpload>" + parts_ + "</CompleteMultipartUpload>";
    const auto done = store_.expect_done({"POST", name_, {{"uploadId", id_}}, {}, body});
    if (!done) return done.error();
    // A failure may come behind a 200, whose head had to be sent before the work was done.
    if (done->body.find("<Error>") != std::string::npos) return refused("the end of an upload in parts", *done);
    id_.clear();
    return {};
  }

 private:
  Upload(S3Store& store, std::string name, std::string id)
      : store_(store), name_(std::move(name)), id_(std::move(id)) {}

  S3Store& store_;
  std::string name_;
  std::string id_;
  std::string parts_;
  int count_ = 0;
};

S3Store::S3Store(S3Options options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), host_(options_.endpoint.substr(options_.endpoint.find("//") + 2)) {}

Result<http::Response> S3Store::send_once(const Call& call, const Sink& sink) {
  ToSign request{call.method,           host_,       "/" + options_.bucket, call.query, call.headers,
                 hex_digest(call.body), clock_.now()};
  if (!call.name.empty()) request.path += "/" + encode_path(options_.prefix + call.name);
  std::string url = options_.endpoint + request.path;
  if (!call.query.empty()) url += '?' + encode_query(call.query);
  return client_.send({call.method, std::move(url), sign(request, options_.key), call.body}, sink);
}

Result<S3Store::Answer> S3Store::send(const Call& call, const Sink& sink) {
  bool given = false;
  const Sink watched = !sink ? Sink{} : [&](std::string_view piece) {
    given = true;
    return sink(piece);
  };
  Clock::Steady wait = options_.first_wait;
  for (int tries = 1;; ++tries) {
    auto response = send_once(call, watched);
    const bool passing = response ? is_passing(response->status) : response.error().code == Code::storage_failed;
    if (!passing || given || tries >= options_.tries_max) {
      if (!response) return response.error();
      return Answer{std::move(*response), tries};
    }
    const auto jitter = static_cast<unsigned char>(crypto::random_bytes(1)[0]);
    std::this_thread::sleep_for(wait / 2 + wait * jitter / 512);
    wait *= 2;
  }
}

Result<http::Response> S3Store::expect_done(const Call& call, const Sink& sink) {
  auto answer = send(call, sink);
  if (!answer) return answer.error();
  if (!is_done(answer->response.status)) return refused(call.method + " " + call.name, answer->response);
  return std::move(answer->response);
}

Result<void> S3Store::put_file(const std::string& name, const std::filesystem::path& file) {
  std::error_code failed;
  const auto bytes = std::filesystem::file_size(file, failed);
  if (failed) return Error{Code::storage_failed, file.string() + ": " + failed.message()};
  if (bytes > part_bytes) return put_parts(name, file);
  std::string content;
  const auto read = read_pieces(file, [&](std::string_view piece) {
    content.append(piece);
    return Result<void>{};
  });
  if (!read) return read;
  const auto put = expect_done({"PUT", name, {}, {}, content});
  return put ? Result<void>{} : put.error();
}

Result<void> S3Store::put_parts(const std::string& name, const std::filesystem::path& file) {
  auto upload = Upload::begin(*this, name);
  if (!upload) return upload.error();
  std::string part;
  const auto read = read_pieces(file, [&](std::string_view piece) -> Result<void> {
    part.append(piece);
    if (part.size() < part_bytes) return {};
    const auto put = upload->put(part);
    part.clear();
    return put;
  });
  if (!read) return read;
  if (!part.empty()) {
    if (const auto put = upload->put(part); !put) return put;
  }
  return upload->finish();
}

Result<bool> S3Store::put_once(const std::string& name, std::string_view bytes) {
  const Call call{"PUT", name, {}, {{"if-none-match", "*"}}, bytes};
  const auto answer = send(call);
  if (!answer) return answer.error();
  const unsigned status = answer->response.status;
  if (is_done(status)) return true;
  if (status != 412 && status != 409) return refused("PUT " + name, answer->response);
  if (answer->tries == 1) return false;
  // A try that was not answered may have put it.
  const auto there = get_whole(*this, name, once_bytes_max);
  if (!there) return there.error();
  return *there == bytes;
}

Result<void> S3Store::get(const std::string& name, const Sink& sink) {
  const auto answer = send({"GET", name}, sink);
  if (!answer) return answer.error();
  if (answer->response.status == 404) return Error{Code::not_found, name + " is not there"};
  if (!is_done(answer->response.status)) return refused("GET " + name, answer->response);
  return {};
}

Result<std::vector<std::string>> S3Store::list(const std::string& prefix) {
  std::vector<std::string> names;
  for (std::string token;;) {
    Query query{{"list-type", "2"}, {"prefix", options_.prefix + prefix}};
    if (!token.empty()) query.emplace_back("continuation-token", token);
    const auto page = expect_done({"GET", "", std::move(query)});
    if (!page) return page.error();
    for (std::size_t at = 0;;) {
      const std::string_view key = element(page->body, "Key", at);
      if (at == std::string_view::npos) break;
      names.emplace_back(key.substr(std::min(options_.prefix.size(), key.size())));
    }
    token = first_element(page->body, "NextContinuationToken");
    if (token.empty() || first_element(page->body, "IsTruncated") != "true") break;
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> S3Store::remove(const std::string& name) {
  const auto answer = send({"DELETE", name});
  if (!answer) return answer.error();
  const unsigned status = answer->response.status;
  if (!is_done(status) && status != 404) return refused("DELETE " + name, answer->response);
  return {};
}

Result<void> S3Store::drop_leftovers(const std::string& prefix) {
  const auto begun = expect_done({"GET", "", {{"uploads", ""}, {"prefix", options_.prefix + prefix}}});
  if (!begun) return begun.error();
  for (std::size_t at = 0;;) {
    const std::string_view upload = element(begun->body, "Upload", at);
    if (at == std::string_view::npos) return {};
    const std::string_view key = first_element(upload, "Key");
    const std::string id{first_element(upload, "UploadId")};
    if (!key.starts_with(options_.prefix) || id.empty()) continue;
    const Call abort{"DELETE", std::string{key.substr(options_.prefix.size())}, {{"uploadId", id}}};
    if (const auto aborted = send(abort); !aborted) return aborted.error();
  }
}

}  // namespace weir::checkpoint
