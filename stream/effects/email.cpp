#include "stream/effects/email.hpp"

#include <algorithm>

#include "schemas/codec/timestamp.hpp"
#include "schemas/crypto/base64.hpp"
#include "schemas/crypto/digest.hpp"
#include "stream/effects/wording.hpp"

namespace weir::effects {
namespace {

constexpr std::size_t subject_max = 250;
constexpr std::size_t line_max = 76;
constexpr std::string_view line_end = "\r\n";

/// `Sun, 06 Nov 1994 08:49:37 +0000`
std::string mail_date(Time time) {
  constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::string iso = to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));  // 2026-01-02T03:04:05Z
  std::string text{days[std::chrono::weekday{day}.c_encoding()]};
  text.append(", ").append(iso, 8, 2).append(1, ' ').append(months[static_cast<unsigned>(date.month()) - 1]);
  return text.append(1, ' ').append(iso, 0, 4).append(1, ' ').append(iso, 11, 8).append(" +0000");
}

void add_header(std::string& message, std::string_view name, std::string_view value) {
  message.append(name).append(": ").append(value).append(line_end);
}

std::string joined(const std::vector<std::string>& addresses) {
  std::string text;
  for (const std::string& one : addresses) text += (text.empty() ? "" : ",\r\n ") + one;
  return text;
}

std::string text_of(const Effect& effect) {
  std::string text = headline(effect) + "\n";
  if (!effect.summary.empty()) text += "\n" + effect.summary + "\n";
  if (!effect.fields.empty()) text += "\n";
  for (const auto& [name, value] : effect.fields) text.append(name).append(": ").append(value).append("\n");
  text.append("\n-- \n").append(name_of(effect.severity)).append(", ").append(to_rfc3339(effect.occurred));
  return text.append(", ").append(effect.type).append(", ").append(effect.workspace).append("\n");
}

std::string with_mail_line_ends(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += line_end;
    } else if (c != '\r') {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string encoded_header(std::string_view text) {
  const bool plain = text.size() <= line_max - 10 &&
                     std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; }) &&
                     text.find("=?") == std::string_view::npos;
  if (plain) return std::string{text};
  constexpr std::size_t bytes_max = 42;  // 56 of base64 and 12 around them: a word is at most 75
  std::string out;
  while (!text.empty()) {
    std::size_t size = std::min(text.size(), bytes_max);
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    if (!out.empty()) out.append(line_end).append(1, ' ');
    out += "=?UTF-8?B?" + crypto::to_base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

http::Mail request(const Email& email, const Effect& effect, Time now) {
  const std::string domain = email.from.substr(email.from.find('@') + 1);
  // The key may hold any byte; of a thread only its identity matters.
  const std::string thread = crypto::to_hex(crypto::bytes_of(crypto::sha256(effect.workspace + '\0' + effect.key)));
  const std::string references = "<" + thread.substr(0, 32) + ".weir@" + domain + ">";
  std::string message;
  add_header(message, "Date", mail_date(now));
  add_header(message, "From", email.from);
  add_header(message, "To", joined(email.to));
  add_header(message, "Subject", encoded_header(shortened(headline(effect), subject_max)));
  add_header(message, "Message-ID", "<" + effect.id + ".weir@" + domain + ">");
  add_header(message, "In-Reply-To", references);
  add_header(message, "References", references);
  add_header(message, "Auto-Submitted", "auto-generated");
  add_header(message, "X-Auto-Response-Suppress", "All");
  add_header(message, "MIME-Version", "1.0");
  add_header(message, "Content-Type", "text/plain; charset=utf-8");
  add_header(message, "Content-Transfer-Encoding", "base64");
  message.append(line_end);
  const std::string body = crypto::to_base64(with_mail_line_ends(text_of(effect)));
  for (std::size_t at = 0; at < body.size(); at += line_max) message.append(body, at, line_max).append(line_end);
  return {email.url, email.starttls, email.user, email.password, email.from, email.to, std::move(message)};
}

Verdict verdict(const Email&, const http::Answer& answer, Time) {
  using Kind = Verdict::Kind;
  if (answer.failure != http::Failure::none) return {Kind::again, {}, answer.detail};
  const unsigned status = answer.response.status;
  if (status < 400) return {Kind::delivered, {}, ""};
  std::string why = "it answered " + std::to_string(status);
  constexpr unsigned sign_in[] = {530, 534, 535, 538};
  const bool mendable = status < 500 || std::find(std::begin(sign_in), std::end(sign_in), status) != std::end(sign_in);
  return {mendable ? Kind::again : Kind::refused, {}, std::move(why)};
}

}  // namespace weir::effects
