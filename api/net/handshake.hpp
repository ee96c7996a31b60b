// The opening handshake of a WebSocket (RFC 6455, section 4.2.1). Pure.
#pragma once

#include <string>

#include "api/net/http.hpp"

namespace weir::net {

/// A request that may become a WebSocket: only a valid one makes this.
class Handshake {
 public:
  /// `upgrade_required` where the request asks for none, or for another version than 13; `bad_request` where it asks
  /// wrongly: not GET, HTTP/1.0, a body, a key that is not the base64 of 16 bytes, a field that is there twice.
  static Result<Handshake> of(const RequestHead& head);

  /// `Sec-WebSocket-Key`, as sent.
  const std::string& key() const { return key_; }

 private:
  explicit Handshake(std::string key) : key_(std::move(key)) {}

  std::string key_;
};

}  // namespace weir::net
