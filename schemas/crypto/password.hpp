// Passwords, kept so that nobody who reads them from the disk has them: argon2id (RFC 9106) with the parameters that
// OWASP names, 19 MiB and two passes. The one door to libsodium.
#pragma once

#include <string>
#include <string_view>

namespace weir::crypto {

/// A hash with its salt and parameters ("$argon2id$v=19$m=19456,t=2,p=1$…"), another one at each call. About 50 ms of a
/// core and 19 MiB: never on an I/O thread. Thread-safe.
std::string hash_password(std::string_view password);

/// Whether it is the password of the hash. As dear as hash_password(); false at once for what is no hash. Thread-safe.
bool verify_password(std::string_view hash, std::string_view password);

/// The hash of a password that nobody knows, with the same parameters: what is verified for a user who is not there, so
/// that the answer takes as long.
std::string_view hash_of_nobody();

}  // namespace weir::crypto
