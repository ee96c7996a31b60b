#include "api/net/tls.hpp"

#include <string_view>

#include <openssl/ssl.h>

namespace weir::net {
namespace {

namespace ssl = boost::asio::ssl;

int select_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes, const unsigned char* offered,
                    unsigned offered_bytes, void*) {
  static constexpr unsigned char served[] = "\x08http/1.1";
  unsigned char* selected = nullptr;
  const int found = SSL_select_next_proto(&selected, chosen_bytes, served, sizeof served - 1, offered, offered_bytes);
  *chosen = selected;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

Result<std::shared_ptr<ssl::context>> load_tls(const std::string& certificate_path, const std::string& key_path) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code failed;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 |
                       ssl::context::no_compression | SSL_OP_NO_RENEGOTIATION);
  context->use_certificate_chain_file(certificate_path, failed);
  if (failed) return Error{Code::bad_certificate, "The certificate file cannot be read: " + failed.message()};
  context->use_private_key_file(key_path, ssl::context::pem, failed);
  if (failed) return Error{Code::bad_certificate, "The key file cannot be used: " + failed.message()};
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return Error{Code::bad_certificate, "The key does not belong to the certificate."};
  }
  SSL_CTX_set_alpn_select_cb(context->native_handle(), select_protocol, nullptr);
  return context;
}

}  // namespace weir::net
