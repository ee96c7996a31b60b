// Who the people are: users, their passwords (as hashes), and what they are in which workspace. A value with its rules
// and its stored form; who holds it, and where, is directory_file.hpp's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/auth/roles.hpp"
#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "schemas/crypto/digest.hpp"

namespace weir::auth {

inline constexpr std::size_t users_max = 10'000;
inline constexpr std::size_t password_characters_min = 10;
inline constexpr std::size_t password_bytes_max = 1'024;

/// 1 to 64 of a-z, 0-9 and ._@+-, the first a letter or digit.
bool is_user_name(std::string_view name);
/// What is wrong with a password that somebody wants to have; nothing if it will do. UTF-8.
std::optional<std::string> fault_of_password(std::string_view password, std::string_view user);

/// 16 characters that nobody guesses.
std::string make_password();

/// A way in without the password, good once.
struct SignInLink {
  crypto::Digest digest{};  // SHA-256 of what the link holds
  Time expires{};

  friend bool operator==(const SignInLink&, const SignInLink&) = default;
};

struct User {
  std::string name;
  std::string password_hash;  // crypto::hash_password()
  std::string generation;     // another one with every password: sessions of an earlier one are over
  Time made{};
  std::map<std::string, Role, std::less<>> roles = {};  // by workspace, at least one
  std::optional<SignInLink> link = {};

  std::optional<Role> role_in(std::string_view workspace) const;
  friend bool operator==(const User&, const User&) = default;
};

std::string encode(const User& user);
/// Error: state_format.
Result<User> decode_user(std::string_view bytes);

/// Something that a command did beside the server, which alone writes the audit: kept until it has.
struct Deed {
  Time time{};
  std::string workspace;
  std::string action;
  std::string object;

  friend bool operator==(const Deed&, const Deed&) = default;
};

class Directory {
 public:
  const std::map<std::string, User, std::less<>>& users() const { return users_; }
  /// Null if there is none. The pointer is good until the next change.
  const User* find(std::string_view name) const;
  /// The user is this, or is no more. As another node of the cluster says: nothing is checked.
  void put(const std::string& name, std::optional<User> user);
  /// Whether anybody is admin of the workspace.
  bool has_admin(std::string_view workspace) const;

  /// Somebody new. Errors: name_taken, directory_full, bad_request (no user's or no workspace's name).
  Result<void> add(std::string_view name, std::string password_hash, std::string_view workspace, Role role, Time now);
  /// Sets the role in a workspace. Errors: not_found, bad_request.
  Result<void> give_role(std::string_view name, std::string_view workspace, Role role);
  /// Takes the user out of the workspace; who has no other is removed. Error: not_found, also where it has no role.
  Result<void> take_role(std::string_view name, std::string_view workspace);
  /// Error: not_found.
  Result<void> remove(std::string_view name);
  /// Ends the user's sessions and link with the old password. Error: not_found.
  Result<void> set_password(std::string_view name, std::string password_hash);
  /// Replaces an earlier link. Error: not_found.
  Result<void> set_link(std::string_view name, SignInLink link);
  /// Whose link it is; it is used up. Error: wrong_password for an unknown or expired one.
  Result<std::string> redeem_link(std::string_view secret, Time now);

  /// Beyond 1,000 the oldest go.
  void add_deed(Deed deed);
  /// One in each workspace of the user; none for an unknown one.
  void add_deeds(Time now, std::string_view action, std::string_view name);
  std::vector<Deed> take_deeds();
  bool has_deeds() const { return !deeds_.empty(); }

  std::string encode() const;
  /// Error: state_format.
  static Result<Directory> decode(std::string_view bytes);

  friend bool operator==(const Directory&, const Directory&) = default;

 private:
  Result<User*> of(std::string_view name);

  std::map<std::string, User, std::less<>> users_;
  std::vector<Deed> deeds_;
};

}  // namespace weir::auth
