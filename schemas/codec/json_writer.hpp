// The one JSON writer of the product: appends to a string, sets the commas itself, checks nothing of the nesting.
//
//   JsonWriter json(out);
//   json.begin_object().member("name", name).key("counts").begin_array().value(3).end_array().end_object();
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/int128.hpp"

namespace weir {

/// Appends `text` in quotes. Escaped are `"`, `\` and U+0000 to U+001F; all else, which must be UTF-8, is copied.
void append_json_string(std::string& out, std::string_view text);

/// The string must outlive the writer. Each function returns the writer, to be chained.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  /// The name of the member whose value is written next.
  JsonWriter& key(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_.push_back(':');
    comma_ = false;
    return *this;
  }

  JsonWriter& value(std::string_view text) {
    separate();
    append_json_string(out_, text);
    return *this;
  }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(std::same_as<bool> auto truth) { return raw(truth ? "true" : "false"); }
  JsonWriter& value(std::signed_integral auto number) { return whole(static_cast<std::int64_t>(number)); }
  JsonWriter& value(std::unsigned_integral auto number)
    requires(!std::same_as<decltype(number), bool>)
  {
    return whole(static_cast<std::uint64_t>(number));
  }
  JsonWriter& value(Int128 number);
  /// The shortest digits that read back as the same double; NaN and infinities are null. Plain digits from 10^-6 to
  /// 10^17, an exponent beyond.
  JsonWriter& value(double number);
  JsonWriter& value(std::nullptr_t) { return raw("null"); }
  /// Text that is JSON already.
  JsonWriter& raw(std::string_view json) {
    separate();
    out_.append(json);
    return *this;
  }

  template <class T>
  JsonWriter& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

 private:
  JsonWriter& open(char bracket) {
    separate();
    out_.push_back(bracket);
    comma_ = false;
    return *this;
  }
  JsonWriter& close(char bracket) {
    out_.push_back(bracket);
    comma_ = true;
    return *this;
  }
  void separate() {
    if (comma_) out_.push_back(',');
    comma_ = true;
  }
  JsonWriter& whole(std::int64_t number);
  JsonWriter& whole(std::uint64_t number);

  std::string& out_;
  bool comma_ = false;  // a value was written before at this level
};

}  // namespace weir
