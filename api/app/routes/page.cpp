// The dashboard's files. What has its hash in its name is kept by browsers for ever; the page is asked for each time,
// and answered with 304 where it is the same.
#include "api/web/page.hpp"

#include "api/app/routes/routes.hpp"

namespace weir::app {
namespace {

/// Nothing but what we serve, no script or style within the page, nobody frames it. `data:` and `blob:`: pictures that
/// the page draws itself, for saving.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Whether the list (RFC 9110: names with `q`) takes gzip; `gzip;q=0` does not.
bool takes_gzip(std::string_view list) {
  const auto at = list.find("gzip");
  if (at == std::string_view::npos) return false;
  const auto rest = list.substr(at + 4, list.find(',', at) - at - 4);
  const auto quality = rest.find("q=");
  return quality == std::string_view::npos || rest.find_first_of("123456789", quality) != std::string_view::npos;
}

/// What does not change from answer to answer.
struct Served {
  const web::Asset* asset;
  std::shared_ptr<const std::string> plain;
  std::shared_ptr<const std::string> gzip;  // none: not worth it
  std::string etag;
};

net::Response answer(const Served& served, const net::RequestHead& head) {
  net::Response response;
  const bool for_ever = served.asset->path.starts_with("/assets/");
  response.headers = {{"ETag", served.etag},
                      {"Cache-Control", for_ever ? "public, max-age=31536000, immutable" : "no-cache"},
                      {"Content-Security-Policy", std::string{policy}},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cross-Origin-Opener-Policy", "same-origin"}};
  if (served.gzip) response.headers.push_back({"Vary", "Accept-Encoding"});
  if (head.header("if-none-match").find(served.etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.content_type = served.asset->content_type;
  response.shared_body = served.plain;
  if (served.gzip && takes_gzip(head.header("accept-encoding"))) {
    response.headers.push_back({"Content-Encoding", "gzip"});
    response.shared_body = served.gzip;
  }
  return response;
}

Route route_of(const web::Asset& asset) {
  Served served{&asset, std::make_shared<const std::string>(asset.plain), nullptr, {}};
  if (!asset.gzip.empty()) served.gzip = std::make_shared<const std::string>(asset.gzip);
  served.etag = "W/\"" + std::string{asset.hash} + '"';  // weak: plain and compressed bytes share it
  Route route;
  route.pattern = asset.path;
  route.where = Where::io;
  route.handle = [served = std::move(served)](const Call& call) { call.respond(answer(served, call.head())); };
  return route;
}

}  // namespace

std::vector<Route> page_routes() {
  std::vector<Route> routes;
  for (const web::Asset& asset : web::assets()) routes.push_back(route_of(asset));
  return routes;
}

}  // namespace weir::app
