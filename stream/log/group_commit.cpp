#include "stream/log/group_commit.hpp"

#include "stream/log/log_keys.hpp"

namespace weir::log {

GroupCommit::Growth& GroupCommit::growth(Topic& topic, std::uint32_t partition) {
  const auto [at, is_new] = growths_.try_emplace(topic.stream(partition));
  if (is_new) {
    const Partition& known = topic.partition(partition);
    at->second.topic = &topic;
    at->second.partition = partition;
    at->second.end = {known.end, known.chain};
    at->second.next = known.end;
  }
  return at->second;
}

Position GroupCommit::add(const PendingAppend& append) {
  std::vector<Growth*> touched(append.topic->count, nullptr);
  for (const auto& [partition, record] : append.records) {
    WEIR_CHECK(partition < touched.size(), "a partition that the log does not have");
    Growth*& grown = touched[partition];
    if (grown == nullptr) grown = &growth(*append.topic, partition);
    grown->writer.add(record);
    ++grown->next;
    if (grown->writer.bytes() >= block_bytes_) finish_block(*grown);
  }
  Position position;
  for (const Growth* grown : touched) {
    if (grown != nullptr) position.parts.push_back({grown->partition, grown->next});
  }
  return position;
}

void GroupCommit::finish_block(Growth& growth) const {
  growth.blocks.push_back(growth.writer.finish(growth.end, now_));
  growth.end = growth.blocks.back()->after();
}

store::Batch GroupCommit::finish() {
  store::Batch batch;
  for (auto& [stream, grown] : growths_) {
    if (!grown.writer.empty()) finish_block(grown);
    for (const auto& block : grown.blocks) {
      batch.put(block_key(grown.topic->workspace, grown.partition, block->base_offset()), block->row());
    }
  }
  return batch;
}

}  // namespace weir::log
