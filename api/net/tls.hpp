// The server's certificate and key, read from PEM files. Internal to api/net.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "schemas/base/result.hpp"

namespace weir::net {

/// TLS 1.2 and 1.3, ALPN `http/1.1`. `bad_certificate` when a file cannot be read or key and certificate do not fit.
Result<std::shared_ptr<boost::asio::ssl::context>> load_tls(const std::string& certificate_path,
                                                            const std::string& key_path);

}  // namespace weir::net
