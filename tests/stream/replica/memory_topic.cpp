#include "tests/stream/replica/memory_topic.hpp"

#include <algorithm>
#include <map>

namespace weir::replica {

class MemoryTopic::Reader final : public log::KeyedReader {
 public:
  explicit Reader(Part& part) : part_(part) { part_.readers.push_back(this); }
  ~Reader() override { std::erase(part_.readers, this); }

  Result<log::KeyedPiece> take(std::size_t bytes_max) override {
    log::KeyedPiece piece;
    std::size_t bytes = 0;
    for (const log::KeyedEntry& entry : part_.entries) {
      if (entry.offset < next_) continue;
      if (bytes >= bytes_max) return piece;
      bytes += entry.record.key.size() + (entry.record.value ? entry.record.value->size() : 0);
      piece.entries.push_back(entry);
      next_ = entry.offset + 1;
    }
    next_ = part_.end;
    piece.at_end = true;
    return piece;
  }
  std::uint64_t next() const { return next_; }

 private:
  Part& part_;
  std::uint64_t next_ = 0;
};

Result<void> MemoryTopic::append(std::uint32_t partition, std::vector<log::KeyedRecord> records, Appended appended) {
  if (refuses_) return Error{Code::overloaded, "the test refuses"};
  waiting_.push_back({partition, std::move(records), std::move(appended)});
  return {};
}

Result<std::unique_ptr<log::KeyedReader>> MemoryTopic::read(std::uint32_t partition, std::function<void()>) {
  return std::unique_ptr<log::KeyedReader>{std::make_unique<Reader>((*parts_)[partition])};
}

std::uint64_t MemoryTopic::write(const Append& append, std::size_t count) {
  Part& part = (*parts_)[append.partition];
  for (std::size_t i = 0; i < count; ++i) part.entries.push_back({part.end++, append.records[i]});
  return part.end - 1;
}

void MemoryTopic::settle(std::size_t count) {
  for (; count > 0 && !waiting_.empty(); --count) {
    const Append append = std::move(waiting_.front());
    waiting_.pop_front();
    append.appended(write(append, append.records.size()));
  }
}

void MemoryTopic::fail_one(std::mt19937_64& random) {
  if (waiting_.empty()) return;
  const Append append = std::move(waiting_.front());
  waiting_.pop_front();
  write(append, random() % (append.records.size() + 1));
  append.appended(Error{Code::log_unreachable, "the test fails it"});
}

void MemoryTopic::compact(std::uint32_t partition, std::mt19937_64& random) {
  compact(partition, random() % ((*parts_)[partition].end + 1), random);
}

void MemoryTopic::compact(std::uint32_t partition, std::uint64_t before, std::mt19937_64& random) {
  Part& part = (*parts_)[partition];
  std::uint64_t passed = before;
  for (const Reader* reader : part.readers) passed = std::min(passed, reader->next());
  std::map<std::string, std::uint64_t> last;
  for (const log::KeyedEntry& entry : part.entries) {
    if (entry.offset < before) last[entry.record.key] = entry.offset;
  }
  std::erase_if(part.entries, [&](const log::KeyedEntry& entry) {
    if (entry.offset >= before) return false;
    if (last[entry.record.key] != entry.offset) return true;
    return !entry.record.value && entry.offset < passed && random() % 2 == 0;
  });
}

std::size_t MemoryTopic::live(std::uint32_t partition) const {
  std::map<std::string, bool> holds;
  for (const log::KeyedEntry& entry : (*parts_)[partition].entries)
    holds[entry.record.key] = entry.record.value.has_value();
  return static_cast<std::size_t>(
      std::count_if(holds.begin(), holds.end(), [](const auto& one) { return one.second; }));
}

}  // namespace weir::replica
