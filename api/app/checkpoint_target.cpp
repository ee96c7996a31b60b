#include "api/app/checkpoint_target.hpp"

#include "state/checkpoint/directory_store.hpp"
#include "state/checkpoint/s3_store.hpp"

namespace weir::app {
namespace {

constexpr std::string_view s3_scheme = "s3://";

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '/';
  });
}

Result<checkpoint::S3Options> s3_options(const Settings& settings) {
  const std::string_view rest = std::string_view{settings.checkpoints}.substr(s3_scheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  checkpoint::S3Options options;
  options.bucket = rest.substr(0, slash);
  options.prefix = rest.substr(std::min(slash + 1, rest.size()));
  if (options.bucket.empty() || !is_plain(rest)) {
    return Error{Code::bad_request, "a bucket and its prefix are of a-z, 0-9 and -._/, as in s3://bucket/prefix"};
  }
  if (!options.prefix.empty() && !options.prefix.ends_with('/')) options.prefix += '/';
  options.endpoint =
      settings.s3_endpoint.empty() ? "https://s3." + settings.s3_region + ".amazonaws.com" : settings.s3_endpoint;
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  if (!options.endpoint.starts_with("http://") && !options.endpoint.starts_with("https://")) {
    return Error{Code::bad_request, "--s3-endpoint is a URL, as http://127.0.0.1:7070"};
  }
  options.key = {settings.s3_access_key, settings.s3_secret_key, settings.s3_region};
  return options;
}

}  // namespace

Result<std::unique_ptr<checkpoint::ObjectStore>> open_target(const Settings& settings, const Clock& clock) {
  if (!settings.checkpoints.starts_with(s3_scheme)) {
    return std::unique_ptr<checkpoint::ObjectStore>{
        std::make_unique<checkpoint::DirectoryStore>(std::filesystem::absolute(settings.checkpoints))};
  }
  auto options = s3_options(settings);
  if (!options) return options.error();
  return std::unique_ptr<checkpoint::ObjectStore>{std::make_unique<checkpoint::S3Store>(std::move(*options), clock)};
}

}  // namespace weir::app
