#include "stream/asking/asked_snapshot.hpp"

#include <algorithm>

#include "state/format/keys.hpp"

namespace weir::asking {
namespace {

// A page of a scan: whoever wants ten rows is not sent a thousand, whoever wants all waits seldom.
constexpr std::size_t first_page_bytes = std::size_t{64} << 10;
constexpr std::size_t page_bytes_max = std::size_t{1} << 20;
constexpr std::size_t page_growth = 4;
constexpr std::size_t keys_bytes_max = std::size_t{32} << 10;  // of a question; a route takes 64 KiB

Error senseless() { return {Code::state_format, "the owner of a shard answered something else than it was asked"}; }

}  // namespace

AskedSnapshot::AskedSnapshot(Door door, std::string workspace, std::uint32_t shard)
    : door_(std::move(door)),
      workspace_(std::move(workspace)),
      shard_(shard),
      progress_key_(format::Scope{workspace_}.progress()) {}

AskedSnapshot::~AskedSnapshot() {
  if (pin_ != Hash128{}) door_.let_go(pin_);
}

Result<std::shared_ptr<const AskedSnapshot>> AskedSnapshot::open(Door door, const std::string& workspace,
                                                                 std::uint32_t shard, std::uint64_t includes) {
  const std::shared_ptr<AskedSnapshot> snapshot{new AskedSnapshot(std::move(door), workspace, shard)};
  Question question;
  question.workspace = workspace;
  question.shard = shard;
  question.includes = includes;
  question.wanted = Keys{{snapshot->progress_key_}};
  question.bytes_max = page_bytes_max;
  auto answer = snapshot->door_.ask(std::move(question));
  if (!answer) return answer.error();
  snapshot->pin_ = answer->pin;
  if (answer->values.size() != 1) return senseless();
  snapshot->lag_ = answer->lag;
  snapshot->progress_ = std::move(answer->values.front());
  return std::shared_ptr<const AskedSnapshot>{snapshot};
}

Result<Answer> AskedSnapshot::ask(std::variant<Keys, Range> wanted, std::size_t bytes_max) const {
  Question question;
  question.workspace = workspace_;
  question.shard = shard_;
  question.pin = pin_;
  question.wanted = std::move(wanted);
  question.bytes_max = bytes_max;
  return door_.ask(std::move(question));
}

Result<std::optional<std::string>> AskedSnapshot::get(std::string_view key) const {
  if (key == progress_key_) return progress_;
  auto values = multi_get({std::string{key}});
  if (!values) return values.error();
  return std::move(values->front());
}

Result<std::vector<std::optional<std::string>>> AskedSnapshot::multi_get(const std::vector<std::string>& keys) const {
  std::vector<std::optional<std::string>> values;
  values.reserve(keys.size());
  while (values.size() < keys.size()) {
    Keys wanted;
    std::size_t bytes = 0;
    for (std::size_t at = values.size(); at < keys.size() && (bytes += keys[at].size()) <= keys_bytes_max; ++at) {
      wanted.keys.push_back(keys[at]);
    }
    if (wanted.keys.empty()) return Error{Code::internal, "a key is larger than a question"};
    const std::size_t asked = wanted.keys.size();
    auto answer = ask(std::move(wanted), page_bytes_max);
    if (!answer) return answer.error();
    if (answer->values.empty() || answer->values.size() > asked) return senseless();
    std::move(answer->values.begin(), answer->values.end(), std::back_inserter(values));
  }
  return values;
}

Result<void> AskedSnapshot::scan(std::string_view from, std::string_view to, const store::Visit& visit) const {
  return read({std::string{from}, std::string{to}, false}, visit);
}

Result<void> AskedSnapshot::scan_backwards(std::string_view from, std::string_view to,
                                           const store::Visit& visit) const {
  return read({std::string{from}, std::string{to}, true}, visit);
}

Result<void> AskedSnapshot::read(Range range, const store::Visit& visit) const {
  for (std::size_t bytes = first_page_bytes;; bytes = std::min(bytes * page_growth, page_bytes_max)) {
    const auto answer = ask(range, bytes);
    if (!answer) return answer.error();
    for (const auto& [key, value] : answer->rows) {
      if (!visit(key, value)) return {};
    }
    if (!answer->more) return {};
    if (answer->rows.empty()) return senseless();
    const std::string& last = answer->rows.back().first;
    if (range.backwards) {
      range.to = last;
    } else {
      range.from = last + '\0';
    }
  }
}

}  // namespace weir::asking
