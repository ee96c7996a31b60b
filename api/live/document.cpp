#include "api/live/document.hpp"

#include <algorithm>

#include "schemas/codec/json_writer.hpp"

namespace weir::live {

namespace {

/// Tells when an answer was made; by itself no change of what it shows.
constexpr std::string_view time_member = "as_of";

std::string text_of(const JsonValue& value) {
  std::string scratch;
  return std::string{value.text(scratch)};
}

/// As it stands in a document; strings with their quotes.
std::string json_of(const JsonValue& value) {
  const std::string raw{value.raw()};
  return value.is(JsonKind::string) ? '"' + raw + '"' : raw;
}

}  // namespace

/// An answer taken apart, before anything of it is kept.
struct Document::Taken {
  std::vector<Member> members;
  std::vector<std::vector<std::pair<Key, Entry>>> lists;
};

Document::Document(const Shape& shape, std::size_t gone_max)
    : shape_(shape), gone_max_(gone_max), lists_(shape.lists.size()) {}

// ---- taking answers -------------------------------------------------------------------------------------------------

Result<void> Document::take_list(const JsonValue& array, std::size_t list, Taken& taken) const {
  const ListShape& shape = shape_.lists[list];
  if (!array.is(JsonKind::array)) return Error{Code::schema, "a list of the answer is none"};
  std::size_t place = 0;
  for (auto items = array.items(); !items.done();) {
    const JsonValue item = items.take();
    const auto first = item.is(JsonKind::object) ? item.find(shape.key) : std::nullopt;
    if (!first) return Error{Code::schema, "an entry of the answer has no key"};
    Key key{text_of(*first), {}};
    if (!shape.second_key.empty()) {
      const auto second = item.find(shape.second_key);
      if (!second) return Error{Code::schema, "an entry of the answer has half a key"};
      key.second = text_of(*second);
    }
    taken.lists[list].emplace_back(std::move(key), Entry{json_of(item), 0, place++});
  }
  return {};
}

Result<void> Document::take_members(const JsonValue& object, std::string_view parent, Taken& taken) const {
  if (!object.is(JsonKind::object)) return Error{Code::schema, "the answer is no object"};
  std::vector<Member> members;
  for (auto items = object.items(); !items.done();) {
    Member member;
    member.name = text_of(items.take());
    const JsonValue value = items.take();
    const auto& lists = shape_.lists;
    const auto list = std::find_if(lists.begin(), lists.end(), [&](const ListShape& one) {
      return one.parent == parent && one.name == member.name;
    });
    const bool holds = parent.empty() && std::any_of(lists.begin(), lists.end(),
                                                     [&](const ListShape& one) { return one.parent == member.name; });
    if (list != lists.end()) {
      member.list = static_cast<std::size_t>(list - lists.begin());
      if (const auto read = take_list(value, *member.list, taken); !read) return read;
    } else if (holds) {
      if (const auto read = take_members(value, member.name, taken); !read) return read;
      member.members = std::move(taken.members);
    } else {
      member.text = json_of(value);
    }
    members.push_back(std::move(member));
  }
  taken.members = std::move(members);
  return {};
}

bool Document::keep_members(const std::vector<Member>& from, std::vector<Member>& to, std::uint64_t seq) {
  bool differs = false;
  for (const Member& member : from) {
    auto known = std::find_if(to.begin(), to.end(), [&](const Member& one) { return one.name == member.name; });
    if (known == to.end()) {
      to.push_back({member.name, {}, member.list, {}, 0});
      known = std::prev(to.end());
      differs = true;
    }
    differs = keep_members(member.members, known->members, seq) || differs;
    if (known->text == member.text) continue;
    bytes_ += member.text.size() - known->text.size();
    known->text = member.text;
    if (member.name == time_member) continue;
    known->changed = seq;
    differs = true;
  }
  return differs;
}

bool Document::put(std::size_t list, const Key& key, Entry&& entry, std::uint64_t seq) {
  const auto [known, fresh] = lists_[list].try_emplace(key);
  known->second.place = entry.place;
  if (!fresh && known->second.text == entry.text) return false;
  bytes_ += entry.text.size() - known->second.text.size();
  known->second.text = std::move(entry.text);
  known->second.changed = seq;
  return true;
}

bool Document::remove(const EntryKey& key, std::uint64_t seq) {
  auto& entries = lists_[key.list];
  const auto known = entries.find({key.first, key.second});
  if (known == entries.end()) return false;
  bytes_ -= known->second.text.size();
  entries.erase(known);
  gone_.push_back({seq, key});
  while (gone_.size() > gone_max_) {
    forgotten_ = gone_.front().seq;
    gone_.pop_front();
  }
  return true;
}

Result<bool> Document::replace(std::string_view answer, std::uint64_t seq) {
  JsonParser parser;
  const auto parsed = parser.parse(answer);
  if (!parsed) return parsed.error();
  Taken taken;
  taken.lists.resize(shape_.lists.size());
  if (const auto read = take_members(*parsed, {}, taken); !read) return read.error();
  bool differs = keep_members(taken.members, members_, seq);
  for (std::size_t list = 0; list < lists_.size(); ++list) {
    std::vector<Key> left;
    for (const auto& [key, entry] : lists_[list]) left.push_back(key);
    std::vector<Key> stay;
    for (auto& [key, entry] : taken.lists[list]) {
      stay.push_back(key);
      differs = put(list, key, std::move(entry), seq) || differs;
    }
    std::sort(stay.begin(), stay.end());
    for (Key& key : left) {
      if (std::binary_search(stay.begin(), stay.end(), key)) continue;
      differs = remove({list, std::move(key.first), std::move(key.second)}, seq) || differs;
    }
  }
  return differs;
}

Result<bool> Document::update(std::string_view part, const std::vector<EntryKey>& looked_at, std::uint64_t seq) {
  JsonParser parser;
  const auto parsed = parser.parse(part);
  if (!parsed) return parsed.error();
  Taken taken;
  taken.lists.resize(shape_.lists.size());
  if (const auto read = take_members(*parsed, {}, taken); !read) return read.error();
  bool differs = keep_members(taken.members, members_, seq);
  std::vector<EntryKey> present;
  for (std::size_t list = 0; list < lists_.size(); ++list) {
    for (auto& [key, entry] : taken.lists[list]) {
      present.push_back({list, key.first, key.second});
      differs = put(list, key, std::move(entry), seq) || differs;
    }
  }
  std::sort(present.begin(), present.end());
  for (const EntryKey& key : looked_at) {
    if (!std::binary_search(present.begin(), present.end(), key)) differs = remove(key, seq) || differs;
  }
  return differs;
}

// ---- telling --------------------------------------------------------------------------------------------------------

void Document::write_whole(const std::vector<Member>& members, std::string& out) const {
  out.push_back('{');
  for (const Member& member : members) {
    if (out.back() != '{') out.push_back(',');
    append_json_string(out, member.name);
    out.push_back(':');
    if (!member.list) {
      if (member.members.empty()) {
        out += member.text;
      } else {
        write_whole(member.members, out);
      }
      continue;
    }
    std::vector<const Entry*> entries;
    for (const auto& [key, entry] : lists_[*member.list]) entries.push_back(&entry);
    if (shape_.lists[*member.list].in_answered_order) {
      std::sort(entries.begin(), entries.end(), [](const Entry* x, const Entry* y) { return x->place < y->place; });
    }
    out.push_back('[');
    for (const Entry* entry : entries) {
      if (out.back() != '[') out.push_back(',');
      out += entry->text;
    }
    out.push_back(']');
  }
  out.push_back('}');
}

std::string Document::whole() const {
  std::string out;
  out.reserve(bytes_ + bytes_ / 8);
  write_whole(members_, out);
  return out;
}

bool Document::write_list_since(std::size_t list, std::uint64_t seq, std::string& out) const {
  const auto& entries = lists_[list];
  std::string puts, gone;
  for (const auto& [key, entry] : entries) {
    if (entry.changed <= seq) continue;
    puts.push_back(puts.empty() ? '[' : ',');
    puts += entry.text;
  }
  std::vector<Key> told;
  for (auto one = gone_.rbegin(); one != gone_.rend() && one->seq > seq; ++one) {
    Key key{one->key.first, one->key.second};
    if (one->key.list == list && !entries.contains(key)) told.push_back(std::move(key));
  }
  std::sort(told.begin(), told.end());
  told.erase(std::unique(told.begin(), told.end()), told.end());
  JsonWriter json{gone};
  if (!told.empty()) json.begin_array();
  for (const Key& key : told) {
    if (shape_.lists[list].second_key.empty()) {
      json.value(key.first);
    } else {
      json.begin_array().value(key.first).value(key.second).end_array();
    }
  }
  if (!told.empty()) json.end_array();
  if (puts.empty() && gone.empty()) return false;
  JsonWriter change{out};
  change.begin_object();
  if (!puts.empty()) change.key("put").raw(puts + "]");
  if (!gone.empty()) change.key("remove").raw(gone);
  change.end_object();
  return true;
}

bool Document::write_since(const std::vector<Member>& members, std::uint64_t seq, std::string& out) const {
  const std::size_t begin = out.size();
  out.push_back('{');
  bool something = false;
  for (const Member& member : members) {
    const std::size_t before = out.size();
    if (out.back() != '{') out.push_back(',');
    append_json_string(out, member.name);
    out.push_back(':');
    bool told = member.name == time_member;
    if (member.list) {
      told = write_list_since(*member.list, seq, out);
    } else if (!member.members.empty()) {
      told = write_since(member.members, seq, out);
    } else if (told || member.changed > seq) {
      told = true;
      out += member.text;
    }
    if (!told) out.resize(before);
    something = something || told;
  }
  out.push_back('}');
  if (!something) out.resize(begin);
  return something;
}

std::optional<std::string> Document::since(std::uint64_t seq) const {
  if (seq < forgotten_) return std::nullopt;
  std::string out;
  if (!write_since(members_, seq, out)) out = "{}";
  return out;
}

}  // namespace weir::live
