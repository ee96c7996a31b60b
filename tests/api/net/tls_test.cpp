#include <filesystem>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/api/net/raw_client.hpp"
#include "tests/api/net/test_server.hpp"
#include "tests/api/net/web_socket_client.hpp"

namespace weir::net::test {
namespace {

using namespace std::chrono_literals;

/// A temporary folder with a self-made certificate and its key.
class Certificate {
 public:
  Certificate() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-tls-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }

  std::string certificate_path() const { return folder_ / "certificate.pem"; }
  std::string key_path() const { return folder_ / "key.pem"; }

  void write(long serial) const {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("weir.test"), -1, -1,
                               0);
    X509_set_issuer_name(certificate, subject);
    EXPECT_GT(X509_sign(certificate, key, EVP_sha256()), 0);
    FILE* file = std::fopen(certificate_path().c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(key_path().c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

 private:
  std::filesystem::path folder_;
};

/// A blocking TLS client that trusts everybody.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port)
      : context_(SSL_CTX_new(TLS_client_method())), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{5, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, socket_);
    static constexpr unsigned char protocols[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(ssl_, protocols, sizeof protocols - 1);
    EXPECT_EQ(SSL_connect(ssl_), 1);
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(socket_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  long serial() const {
    X509* certificate = SSL_get1_peer_certificate(ssl_);
    const long serial = ASN1_INTEGER_get(X509_get0_serialNumber(certificate));
    X509_free(certificate);
    return serial;
  }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  void send(const std::string& bytes) {
    EXPECT_EQ(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())), static_cast<int>(bytes.size()));
  }
  /// Up to and including `end`, or all until the server closes in order; "cut" when it closes otherwise.
  std::string receive_to(const std::string& end) {
    std::string received;
    char bytes[4096];
    while (end.empty() || received.find(end) == std::string::npos) {
      const int size = SSL_read(ssl_, bytes, sizeof bytes);
      if (size <= 0) return SSL_get_error(ssl_, size) == SSL_ERROR_ZERO_RETURN ? received : "cut";
      received.append(bytes, static_cast<std::size_t>(size));
    }
    return received;
  }

 private:
  SSL_CTX* context_;
  int socket_;
  SSL* ssl_ = nullptr;
};

ServerOptions secured(const Certificate& certificate) {
  ServerOptions options = TestServer::with(short_limits());
  options.tls_certificate_path = certificate.certificate_path();
  options.tls_key_path = certificate.key_path();
  return options;
}

TEST(Tls, ServesRequests) {
  const Certificate certificate;
  certificate.write(1);
  TestServer server(secured(certificate));
  TlsClient client(server.port);
  EXPECT_EQ(client.protocol(), "http/1.1");
  const std::string body(100'000, 'x');
  client.send(request("POST /echo", "Content-Length: 100000\r\n", body));
  EXPECT_NE(client.receive_to(body).find("200 OK"), std::string::npos);
  EXPECT_TRUE(server.handler.last().secure);
  client.send(request("GET /hello", "Connection: close\r\n"));
  EXPECT_NE(client.receive_to("").find("\r\n\r\nhello"), std::string::npos) << "closed with a close_notify";
}

TEST(Tls, ServesAWebSocket) {
  const Certificate certificate;
  certificate.write(1);
  TestServer server(secured(certificate));
  TlsClient client(server.port);
  client.send(request("GET /socket", upgrade_fields()));
  EXPECT_NE(client.receive_to("\r\n\r\n").find("101 Switching"), std::string::npos);
  client.send(bytes_of({text, "hello"}));
  EXPECT_EQ(client.receive_to("hello"), "\x81\x05hello");
  const auto shared = std::make_shared<const std::string>(std::string(100'000, 's') + "end");
  for (int i = 0; i < 10; ++i) server.handler.socket()->send({"own", shared});
  std::size_t received = 0;
  while (received < 10 * (10 + 3 + shared->size())) {
    const std::string some = client.receive_to("end");
    ASSERT_NE(some, "cut");
    received += some.size();
  }
  client.send(bytes_of(close_frame(1000)));
  EXPECT_EQ(client.receive_to(""), "\x88\x02\x03\xe8") << "closed with a close_notify";
}

TEST(Tls, ReloadsWithoutDroppingConnections) {
  const Certificate certificate;
  certificate.write(1);
  TestServer server(secured(certificate));
  TlsClient before(server.port);
  certificate.write(2);
  ASSERT_TRUE(server.server.reload_tls().ok());
  TlsClient after(server.port);
  EXPECT_EQ(before.serial(), 1);
  EXPECT_EQ(after.serial(), 2);
  before.send(request("GET /hello"));
  EXPECT_NE(before.receive_to("hello").find("200 OK"), std::string::npos);
}

TEST(Tls, KeepsTheOldCertificateWhenTheNewOneIsBad) {
  const Certificate certificate;
  certificate.write(1);
  TestServer server(secured(certificate));
  const Certificate other;
  other.write(2);
  std::filesystem::copy_file(other.key_path(), certificate.key_path(),
                             std::filesystem::copy_options::overwrite_existing);
  const auto reloaded = server.server.reload_tls();
  ASSERT_FALSE(reloaded.ok());
  EXPECT_EQ(reloaded.error().code, Code::bad_certificate);
  EXPECT_EQ(TlsClient(server.port).serial(), 1);
}

TEST(Tls, ClosesOnAClientThatSpeaksPlainHttp) {
  const Certificate certificate;
  certificate.write(1);
  TestServer server(secured(certificate));
  RawClient client(server.port);
  client.send(request("GET /hello"));
  EXPECT_EQ(client.receive().status, 0U);
  RawClient silent(server.port);
  EXPECT_TRUE(silent.is_closed()) << "the handshake has a deadline";
  EXPECT_TRUE(server.handler.admitted().empty());
}

TEST(Tls, RefusesToStartWithoutItsFiles) {
  const Certificate nothing;
  ShowingHandler handler;
  const SystemClock clock;
  const auto port = Server(secured(nothing), handler, clock).start();
  ASSERT_FALSE(port.ok());
  EXPECT_EQ(port.error().code, Code::bad_certificate);
}

}  // namespace
}  // namespace weir::net::test
