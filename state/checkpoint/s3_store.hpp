// Objects in a bucket of an S3-compatible server, which must know `If-None-Match: *` on puts.
#pragma once

#include "schemas/base/clock.hpp"
#include "state/checkpoint/object_store.hpp"
#include "state/checkpoint/sigv4.hpp"
#include "state/http/client.hpp"

namespace weir::checkpoint {

struct S3Options {
  std::string endpoint;  // "https://HOST[:PORT]"; buckets are addressed by path
  std::string bucket;
  std::string prefix;  // of every name, "" or ending with '/'
  SigningKey key;
  int tries_max = 5;  // of a request that was not answered, or by 429, 500, 502, 503, 504
  Clock::Steady first_wait = std::chrono::milliseconds{200};  // doubled with each try, with jitter
};

class S3Store final : public ObjectStore {
 public:
  /// `clock` must outlive it. Nothing is sent yet.
  S3Store(S3Options options, const Clock& clock);

  Result<void> put_file(const std::string& name, const std::filesystem::path& file) override;
  Result<bool> put_once(const std::string& name, std::string_view bytes) override;
  Result<void> get(const std::string& name, const Sink& sink) override;
  Result<std::vector<std::string>> list(const std::string& prefix) override;
  Result<void> remove(const std::string& name) override;
  Result<void> drop_leftovers(const std::string& prefix) override;

 private:
  struct Call {
    std::string method;
    std::string name;  // of the object; empty: the bucket
    Query query = {};
    std::vector<http::Header> headers = {};
    std::string_view body = {};
  };
  struct Answer {
    http::Response response;
    int tries = 1;
  };
  class Upload;

  Result<http::Response> send_once(const Call& call, const Sink& sink);
  /// Again and again, but not once something was given to the sink. Any status below 500 but 429 is an answer.
  Result<Answer> send(const Call& call, const Sink& sink = {});
  /// An answer other than 2xx is the error.
  Result<http::Response> expect_done(const Call& call, const Sink& sink = {});
  Result<void> put_parts(const std::string& name, const std::filesystem::path& file);

  const S3Options options_;
  const Clock& clock_;
  const std::string host_;
  http::Client client_;
};

}  // namespace weir::checkpoint
