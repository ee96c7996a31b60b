#include "tests/api/live/live_client.hpp"

#include <gtest/gtest.h>

#include "schemas/codec/json_reader.hpp"
#include "schemas/codec/json_writer.hpp"

namespace weir::live {
namespace {

std::string text_of(const JsonValue& value) {
  std::string scratch;
  return std::string{value.text(scratch)};
}

/// Key members of the lists of each answer, as asyncapi.json describes them.
std::vector<std::string> key_members(const std::string& path) {
  static const std::map<std::string, std::vector<std::string>> keys{
      {"activities", {"name"}}, {"edges", {"from", "to"}}, {"start", {"name"}},
      {"end", {"name"}},        {"flow.hours", {"from"}},  {"flow.days", {"from"}},
      {"variants", {"id"}},     {"cases", {"case_id"}},    {"uploads", {"upload"}}};
  const auto known = keys.find(path);
  return known == keys.end() ? std::vector<std::string>{} : known->second;
}

std::vector<std::string> key_of(const JsonValue& entry, const std::string& path) {
  std::vector<std::string> key;
  for (const std::string& member : key_members(path)) key.push_back(text_of(*entry.find(member)));
  return key;
}

std::vector<std::string> removed_key(const JsonValue& value) {
  if (!value.is(JsonKind::array)) return {text_of(value)};
  std::vector<std::string> key;
  for (auto parts = value.items(); !parts.done();) key.push_back(text_of(parts.take()));
  return key;
}

/// Calls with the path, the value, and whether the path names a list with keys.
template <class Visit>
void each_member(const JsonValue& object, const std::string& parent, const Visit& visit) {
  for (auto items = object.items(); !items.done();) {
    const std::string name = text_of(items.take());
    const JsonValue value = items.take();
    const std::string path = parent + name;
    if (path == "flow") {
      each_member(value, "flow.", visit);
    } else if (path == "variants" || path == "activities") {
      visit(path, value, value.is(JsonKind::array) || value.is(JsonKind::object));  // of KPIs: a number
    } else {
      visit(path, value, !key_members(path).empty());
    }
  }
}

}  // namespace

void HeldAnswer::take_whole(std::string_view answer) {
  plain_.clear();
  lists_.clear();
  JsonParser parser;
  const auto parsed = parser.parse(answer);
  ASSERT_TRUE(parsed.ok()) << answer;
  each_member(*parsed, "", [&](const std::string& path, const JsonValue& value, bool is_list) {
    if (!is_list) {
      plain_[path] = value.raw();
      return;
    }
    Entries& entries = lists_[path];
    for (auto items = value.items(); !items.done();) {
      const JsonValue entry = items.take();
      EXPECT_TRUE(entries.emplace(key_of(entry, path), entry.raw()).second) << "a key stands twice in " << path;
    }
  });
}

void HeldAnswer::apply(std::string_view delta) {
  JsonParser parser;
  const auto parsed = parser.parse(delta);
  ASSERT_TRUE(parsed.ok()) << delta;
  each_member(*parsed, "", [&](const std::string& path, const JsonValue& value, bool is_list) {
    if (!is_list) {
      plain_[path] = value.raw();
      return;
    }
    Entries& entries = lists_[path];
    if (const auto gone = value.find("remove")) {
      for (auto items = gone->items(); !items.done();) entries.erase(removed_key(items.take()));
    }
    if (const auto put = value.find("put")) {
      for (auto items = put->items(); !items.done();) {
        const JsonValue entry = items.take();
        entries.insert_or_assign(key_of(entry, path), std::string{entry.raw()});
      }
    }
  });
}

std::string HeldAnswer::text() const {
  std::string text;
  for (const auto& [path, value] : plain_) {
    if (path != "as_of") text += path + " = " + value + "\n";
  }
  for (const auto& [path, entries] : lists_) {
    text += path + ":\n";
    for (const auto& [key, entry] : entries) text += "  " + entry + "\n";
  }
  return text;
}

Access access_of(auth::Role role, std::string workspace) {
  const auth::Credential credential{std::move(workspace), role, "t"};
  return {credential, [credential]() -> Result<auth::Credential> { return credential; },
          [](std::string_view) -> Result<Access> { return Error{Code::invalid_token, ""}; }};
}

LiveClient::LiveClient(Hub& hub, Access access, SessionLimits limits)
    : access_(std::move(access)), limits_(limits), socket_(std::make_shared<TestSocket>()) {
  session_ = std::make_unique<Session>(hub, access_, limits_);
  session_->opened(socket_);
}

void LiveClient::subscribe(Ref ref, Channel channel, const std::string& rest) {
  auto [known, fresh] = held_.try_emplace(ref, Held{channel, rest, {}, 0, false, false, false, HeldAnswer{channel}});
  Held& held = known->second;
  std::string text = R"({"op":"subscribe","ref":)" + std::to_string(ref) + R"(,"channel":")" +
                     std::string{name_of(channel)} + '"' + rest;
  held.resuming = held.begun && !held.ended;
  if (held.resuming) text += R"(,"resume":{"epoch":")" + held.epoch + R"(","seq":)" + std::to_string(held.seq) + "}";
  held.begun = held.ended = false;
  send(text + "}");
}

void LiveClient::reconnect(Hub& hub) {
  session_.reset();
  socket_ = std::make_shared<TestSocket>();
  session_ = std::make_unique<Session>(hub, access_, limits_);
  session_->opened(socket_);
  for (auto& [ref, held] : held_) subscribe(ref, held.channel, held.rest);
}

std::vector<std::string> LiveClient::read(std::size_t bytes_max) {
  std::vector<net::WebSocketMessage> pending;
  session_->take_pending(bytes_max, pending);
  std::vector<std::string> messages;
  std::size_t bytes = 0;
  for (const net::WebSocketMessage& one : pending) {
    bytes += one.size_bytes();
    messages.push_back(one.own + (one.shared ? *one.shared : ""));
    take(messages.back());
  }
  EXPECT_TRUE(bytes <= bytes_max || pending.size() == 1);
  return messages;
}

std::vector<std::string> LiveClient::read_all(std::size_t bytes_max) {
  std::vector<std::string> all;
  for (auto some = read(bytes_max); !some.empty(); some = read(bytes_max))
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

void LiveClient::take(const std::string& message) {
  JsonParser parser;
  const auto parsed = parser.parse(message);
  ASSERT_TRUE(parsed.ok()) << message;
  const std::string type = text_of(*parsed->find("type"));
  const auto ref = parsed->find("ref");
  if (!ref || type == "error") return;
  const auto known = held_.find(static_cast<Ref>(*ref->as_uint64()));
  if (known == held_.end()) return;
  Held& held = known->second;
  const auto number = [&](std::string_view name) { return *parsed->find(name)->as_uint64(); };
  if (type == "snapshot") {
    const bool is_recovered = parsed->find("recovered")->is_true();
    const std::string epoch = text_of(*parsed->find("epoch"));
    if (is_recovered) {
      EXPECT_TRUE(held.resuming && epoch == held.epoch && number("seq") == held.seq) << message;
      EXPECT_FALSE(parsed->find("data"));
    } else {
      held.answer.take_whole(parsed->find("data")->raw());
    }
    ++(is_recovered ? recovered : snapshots);
    held.epoch = epoch;
    held.seq = number("seq");
    held.begun = true;
  } else if (type == "delta") {
    EXPECT_TRUE(held.begun) << message;
    EXPECT_EQ(number("prev"), held.seq);
    EXPECT_GT(number("seq"), number("prev"));
    if (number("seq") > number("prev") + 1) ++conflated;
    ++deltas;
    held.seq = number("seq");
    held.answer.apply(parsed->find("data")->raw());
  } else if (type == "heartbeat") {
    EXPECT_EQ(number("seq"), held.seq);
  } else if (type == "snapshot_required") {
    held.ended = true;
  }
}

}  // namespace weir::live
