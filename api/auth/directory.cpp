#include "api/auth/directory.hpp"

#include <algorithm>

#include "api/auth/token.hpp"
#include "schemas/base/event.hpp"
#include "schemas/crypto/base64url.hpp"
#include "state/format/codec.hpp"

namespace weir::auth {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t user_name_bytes_max = 64;
constexpr std::size_t generation_bytes = 8;
constexpr std::size_t deeds_max = 1'000;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::size_t characters_in(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Error no_user() { return {Code::not_found, "There is no such user."}; }

Result<void> check_workspace(std::string_view workspace) {
  if (is_plain_name(workspace) && workspace != node_workspace) return {};
  return Error{Code::bad_request, "The workspace must be 1 to 64 characters of a-z, 0-9, _ and -, and not _node."};
}

void write_user(format::Encoder& out, const User& user) {
  out.text(user.name);
  out.text(user.password_hash);
  out.text(user.generation);
  out.signed_number(to_micros(user.made));
  out.number(user.roles.size());
  for (const auto& [workspace, role] : user.roles) {
    out.text(workspace);
    out.byte(static_cast<std::uint8_t>(role));
  }
  out.byte(user.link ? 1 : 0);
  if (!user.link) return;
  out.text(crypto::bytes_of(user.link->digest));
  out.signed_number(to_micros(user.link->expires));
}

std::optional<SignInLink> decode_link(format::Decoder& in) {
  if (in.byte() == 0) return std::nullopt;
  SignInLink link;
  const auto digest = in.text();
  if (digest.size() != link.digest.size()) return in.refuse(), std::nullopt;
  std::ranges::copy(digest, reinterpret_cast<char*>(link.digest.data()));
  link.expires = from_micros(in.signed_number());
  return link;
}

User read_user(format::Decoder& in) {
  User user;
  user.name = in.text();
  user.password_hash = in.text();
  user.generation = in.text();
  user.made = from_micros(in.signed_number());
  for (auto left = in.number(); left > 0 && in.ok(); --left) {
    std::string workspace(in.text());
    const auto role = in.byte();
    if (role > static_cast<std::uint8_t>(Role::producer) || !check_workspace(workspace)) in.refuse();
    user.roles.insert_or_assign(std::move(workspace), static_cast<Role>(role));
  }
  user.link = decode_link(in);
  if (!is_user_name(user.name) || user.roles.empty()) in.refuse();
  return user;
}

}  // namespace

std::string encode(const User& user) {
  std::string bytes;
  format::Encoder out(bytes);
  out.byte(version);
  write_user(out, user);
  return bytes;
}

Result<User> decode_user(std::string_view bytes) {
  format::Decoder in(bytes);
  if (in.byte() != version) in.refuse();
  User user = read_user(in);
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "A user cannot be read."};
  return user;
}

bool is_user_name(std::string_view name) {
  return !name.empty() && name.size() <= user_name_bytes_max && is_letter_or_digit(name.front()) &&
         std::ranges::all_of(name, [](char c) {
           return is_letter_or_digit(c) || std::string_view("._@+-").find(c) != std::string_view::npos;
         });
}

std::optional<std::string> fault_of_password(std::string_view password, std::string_view user) {
  if (characters_in(password) < password_characters_min) return "must have at least 10 characters";
  if (password.size() > password_bytes_max) return "must have at most 1,024 bytes";
  if (password == user) return "must not be the user's name";
  return std::nullopt;
}

std::string make_password() {
  constexpr std::size_t random_bytes = 12;
  return crypto::to_base64url(crypto::random_bytes(random_bytes));
}

std::optional<Role> User::role_in(std::string_view workspace) const {
  const auto found = roles.find(workspace);
  return found == roles.end() ? std::nullopt : std::optional(found->second);
}

const User* Directory::find(std::string_view name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : &found->second;
}

Result<User*> Directory::of(std::string_view name) {
  const auto found = users_.find(name);
  if (found == users_.end()) return no_user();
  return &found->second;
}

bool Directory::has_admin(std::string_view workspace) const {
  return std::ranges::any_of(users_, [&](const auto& entry) { return entry.second.role_in(workspace) == Role::admin; });
}

void Directory::put(const std::string& name, std::optional<User> user) {
  if (user) {
    users_.insert_or_assign(name, *std::move(user));
  } else {
    users_.erase(name);
  }
}

Result<void> Directory::add(std::string_view name, std::string password_hash, std::string_view workspace, Role role,
                            Time now) {
  if (!is_user_name(name)) {
    return Error{Code::bad_request,
                 "A user's name is 1 to 64 of a-z, 0-9 and ._@+-, and begins with a letter or digit."};
  }
  if (const auto checked = check_workspace(workspace); !checked) return checked;
  if (find(name) != nullptr) return Error{Code::name_taken, "There is a user of this name."};
  if (users_.size() >= users_max) return Error{Code::directory_full, "There are 10,000 users."};
  User user{std::string(name), std::move(password_hash), crypto::random_bytes(generation_bytes), now};
  user.roles.emplace(workspace, role);
  users_.emplace(name, std::move(user));
  return {};
}

Result<void> Directory::give_role(std::string_view name, std::string_view workspace, Role role) {
  if (const auto checked = check_workspace(workspace); !checked) return checked;
  const auto user = of(name);
  if (!user) return user.error();
  (*user)->roles.insert_or_assign(std::string(workspace), role);
  return {};
}

Result<void> Directory::take_role(std::string_view name, std::string_view workspace) {
  const auto user = of(name);
  if (!user) return user.error();
  const auto role = (*user)->roles.find(workspace);
  if (role == (*user)->roles.end()) return no_user();
  (*user)->roles.erase(role);
  if ((*user)->roles.empty()) return remove(name);
  return {};
}

Result<void> Directory::remove(std::string_view name) {
  const auto found = users_.find(name);
  if (found == users_.end()) return no_user();
  users_.erase(found);
  return {};
}

Result<void> Directory::set_password(std::string_view name, std::string password_hash) {
  const auto user = of(name);
  if (!user) return user.error();
  (*user)->password_hash = std::move(password_hash);
  (*user)->generation = crypto::random_bytes(generation_bytes);
  (*user)->link.reset();
  return {};
}

Result<void> Directory::set_link(std::string_view name, SignInLink link) {
  const auto user = of(name);
  if (!user) return user.error();
  (*user)->link = link;
  return {};
}

Result<std::string> Directory::redeem_link(std::string_view secret, Time now) {
  const auto digest = crypto::sha256(secret);
  for (auto& [name, user] : users_) {
    if (!user.link || user.link->digest != digest) continue;
    const bool in_time = now < user.link->expires;
    user.link.reset();
    if (in_time) return name;
  }
  return Error{Code::wrong_password, "The link was used, or is too old."};
}

void Directory::add_deed(Deed deed) {
  if (deeds_.size() >= deeds_max) deeds_.erase(deeds_.begin());
  deeds_.push_back(std::move(deed));
}

void Directory::add_deeds(Time now, std::string_view action, std::string_view name) {
  const User* user = find(name);
  if (user == nullptr) return;
  for (const auto& [workspace, role] : user->roles) {
    add_deed({now, workspace, std::string{action}, std::string{name}});
  }
}

std::vector<Deed> Directory::take_deeds() { return std::exchange(deeds_, {}); }

std::string Directory::encode() const {
  std::string bytes;
  format::Encoder out(bytes);
  out.byte(version);
  out.number(users_.size());
  for (const auto& [name, user] : users_) write_user(out, user);
  out.number(deeds_.size());
  for (const auto& deed : deeds_) {
    out.signed_number(to_micros(deed.time));
    for (const auto* text : {&deed.workspace, &deed.action, &deed.object}) out.text(*text);
  }
  return bytes;
}

Result<Directory> Directory::decode(std::string_view bytes) {
  format::Decoder in(bytes);
  Directory directory;
  if (in.byte() != version) in.refuse();
  for (auto left = in.number(); left > 0 && in.ok(); --left) {
    User user = read_user(in);
    std::string name = user.name;
    directory.users_.insert_or_assign(std::move(name), std::move(user));
  }
  for (auto left = in.number(); left > 0 && in.ok(); --left) {
    Deed deed;
    deed.time = from_micros(in.signed_number());
    for (auto* text : {&deed.workspace, &deed.action, &deed.object}) *text = in.text();
    if (!is_plain_name(deed.workspace)) in.refuse();
    directory.deeds_.push_back(std::move(deed));
  }
  if (!in.ok() || !in.at_end()) return Error{Code::state_format, "The users cannot be read."};
  return directory;
}

}  // namespace weir::auth
