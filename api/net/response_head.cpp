#include "api/net/response_head.hpp"

#include <array>
#include <cstdio>

#include "api/net/characters.hpp"
#include "api/net/problem.hpp"
#include "api/net/trace_context.hpp"

namespace weir::net {
namespace {

/// Control characters become %XX: a value that came from input can never end its line.
void append_value(std::string& text, std::string_view value) {
  static constexpr char digits[] = "0123456789ABCDEF";
  for (const char c : value) {
    if (is_control(c)) {
      text.append({'%', digits[(c >> 4) & 0xf], digits[c & 0xf]});
    } else {
      text.push_back(c);
    }
  }
}

void append_field(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ");
  append_value(text, value);
  text.append("\r\n");
}

bool forbids_body(unsigned status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

std::string_view known_body(const Response& response) {
  return response.shared_body ? std::string_view(*response.shared_body) : std::string_view(response.body);
}

BodyForm body_form_of(const Response& response, const AnswerContext& context) {
  if (forbids_body(response.status)) return BodyForm::none;
  if (!response.source) return BodyForm::length;
  return context.http_1_0 ? BodyForm::until_close : BodyForm::chunked;
}

std::string response_head(const Response& response, const AnswerContext& context, std::string_view date) {
  std::string text;
  text.reserve(256);
  text.append("HTTP/1.1 ").append(std::to_string(response.status)).push_back(' ');
  text.append(reason_of(response.status)).append("\r\n");
  append_field(text, "Date", date);
  append_field(text, "Server", "weir");
  const BodyForm form = body_form_of(response, context);
  if (form == BodyForm::length) append_field(text, "Content-Length", std::to_string(known_body(response).size()));
  if (form == BodyForm::chunked) append_field(text, "Transfer-Encoding", "chunked");
  if (!response.content_type.empty()) append_field(text, "Content-Type", response.content_type);
  if (!context.keep_alive || form == BodyForm::until_close) {
    append_field(text, "Connection", "close");
  } else if (context.http_1_0) {
    append_field(text, "Connection", "keep-alive");
  }
  append_field(text, "traceparent", traceparent_of(context.trace_id));
  for (const Header& header : response.headers) append_field(text, header.name, header.value);
  return text.append("\r\n");
}

std::string_view HttpDate::at(Time now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second == second_) return text_;
  second_ = second;
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{second - day};
  std::array<char, 64> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                    days[std::chrono::weekday{day}.c_encoding()], unsigned{date.day()},
                    months[unsigned{date.month()} - 1], int{date.year()}, static_cast<int>(time.hours().count()),
                    static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  text_.assign(text.data(), static_cast<std::size_t>(size));
  return text_;
}

}  // namespace weir::net
