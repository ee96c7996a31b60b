// A copy of a node's data folder, of one moment, while it works.
#include "api/app/copied_folder.hpp"
#include "api/app/node.hpp"
#include "state/store/durable_file.hpp"

namespace weir::app {

Result<void> Node::copy_to(const std::filesystem::path& folder) {
  log::EmbeddedLog* const own = embedded_log();
  if (own == nullptr) return Error{Code::not_implemented, "a node on Kafka cannot be copied yet"};
  if (const auto room = disk_.room_for_uploads(); !room) return room;  // what is copied stays while it is put elsewhere
  if (const auto made = store::make_folders(folder / "shards"); !made) return made;
  // States first: the log's copy, made later, then holds whatever they have taken.
  for (std::uint32_t i = 0; i < folder_.shards(); ++i) {
    const auto copied = shards_->store(i)->files->copy_to(folder / "shards" / std::to_string(i));
    if (!copied) return copied;
  }
  // Log, node and files together are as a crash at this moment would leave them, which a start makes good.
  return own->while_still([&]() -> Result<void> {
    if (const auto copied = log_store_.files->copy_to(folder / "log"); !copied) return copied;
    if (const auto copied = node_store_.files->copy_to(folder / "node"); !copied) return copied;
    return copy_small_files(folder_.path(), folder);
  });
}

}  // namespace weir::app
