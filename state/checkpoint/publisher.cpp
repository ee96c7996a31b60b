#include "state/checkpoint/publisher.hpp"

#include <algorithm>

#include <sys/stat.h>

#include "state/checkpoint/reading.hpp"

namespace weir::checkpoint {
namespace {

constexpr int claims_max = 16;  // lost races in a row
constexpr std::string_view immutable_suffix = ".sst";

Result<std::vector<std::string>> files_in(const std::filesystem::path& folder) {
  std::vector<std::string> paths;
  std::error_code failed;
  std::filesystem::recursive_directory_iterator at(folder, failed);
  for (; !failed && at != std::filesystem::recursive_directory_iterator(); at.increment(failed)) {
    if (at->is_regular_file()) paths.push_back(at->path().lexically_relative(folder).string());
  }
  if (failed) return Error{Code::storage_failed, folder.string() + ": " + failed.message()};
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<crypto::Digest> digest_of(const std::filesystem::path& file) {
  crypto::Sha256 digest;
  const auto read = read_pieces(file, [&](std::string_view piece) {
    digest.add(piece);
    return Result<void>{};
  });
  if (!read) return Error{Code::storage_failed, read.error().detail};
  return digest.finish();
}

std::string in_words(std::uint64_t epoch) { return "the series is at epoch " + std::to_string(epoch) + " by now"; }

}  // namespace

Result<Publisher> Publisher::claim(ObjectStore& store, std::string series, GoOn go_on) {
  Publisher publisher(store, std::move(series), std::move(go_on));
  if (const auto taken = publisher.take_over(); !taken) return taken.error();
  return publisher;
}

/// A claim counts once it names what there is: what the former owner put in between is named by the next try.
Result<void> Publisher::take_over() {
  auto found = read_catalogue(*store_, series_);
  if (!found) return found.error();
  for (int tries = 0; tries < claims_max; ++tries) {
    epoch_ = found->epoch + 1;
    const auto claimed = store_->put_once(claim_name(series_, epoch_), encode_claim(found->numbers));
    if (!claimed) return claimed.error();
    auto after = read_catalogue(*store_, series_);
    if (!after) return after.error();
    std::vector<Number> unnamed;
    std::set_difference(after->void_numbers.begin(), after->void_numbers.end(), found->void_numbers.begin(),
                        found->void_numbers.end(), std::back_inserter(unnamed));
    const bool ours = *claimed && after->epoch == epoch_;
    if (ours && unnamed.empty()) return read_checkpoints(after->numbers);
    if (ours) {
      after->numbers.insert(after->numbers.end(), unnamed.begin(), unnamed.end());
      std::sort(after->numbers.begin(), after->numbers.end());
      after->void_numbers = std::move(found->void_numbers);
    }
    found = std::move(after);
  }
  return Error{Code::stale_owner, "other owners take the series over again and again"};
}

/// One that is damaged is no help to later ones, and goes with the next prune().
Result<void> Publisher::read_checkpoints(const std::vector<Number>& numbers) {
  for (const Number& number : numbers) {
    auto manifest = read_manifest(*store_, series_, number);
    if (!manifest && manifest.error().code == Code::storage_failed) return manifest.error();
    if (manifest) checkpoints_.push_back(std::move(*manifest));
  }
  if (checkpoints_.empty()) return {};
  for (const StoredFile& file : checkpoints_.back().files) held_[file.digest] = file.epoch;
  return {};
}

Result<void> Publisher::check_owner() const {
  const auto catalogue = read_catalogue(*store_, series_);
  if (!catalogue) return catalogue.error();
  if (catalogue->epoch != epoch_) return Error{Code::stale_owner, in_words(catalogue->epoch)};
  return {};
}

Result<StoredFile> Publisher::describe(const std::filesystem::path& folder, const std::string& path,
                                       Digests& digests) const {
  struct stat status{};
  if (::stat((folder / path).c_str(), &status) != 0) return Error{Code::storage_failed, path + " is gone"};
  StoredFile file{path, 0, static_cast<std::uint64_t>(status.st_size), {}};
  const std::int64_t changed = status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec;
  const Identity identity{path, status.st_ino, file.bytes, changed};
  const auto known = digests_.find(identity);
  if (known != digests_.end()) {
    file.digest = known->second;
  } else {
    const auto digest = digest_of(folder / path);
    if (!digest) return digest.error();
    file.digest = *digest;
  }
  if (path.ends_with(immutable_suffix)) digests[identity] = file.digest;
  return file;
}

Result<void> Publisher::put_files(const std::filesystem::path& folder, Published& published) {
  const auto paths = files_in(folder);
  if (!paths) return paths.error();
  Digests digests;
  for (const std::string& path : *paths) {
    if (go_on_ && !go_on_()) return Error{Code::overloaded, "the checkpoint was given up"};
    auto file = describe(folder, path, digests);
    if (!file) return file.error();
    const auto [held, fresh] = held_.emplace(file->digest, epoch_);
    file->epoch = held->second;
    if (fresh) {
      if (const auto put = store_->put_file(file_name(series_, *file), folder / path); !put) {
        held_.erase(held);
        return put;
      }
      ++published.files_put;
      published.bytes_put += file->bytes;
    }
    published.manifest.files.push_back(std::move(*file));
  }
  digests_ = std::move(digests);
  return {};
}

Result<Publisher::Published> Publisher::publish(const std::filesystem::path& folder, Description description) {
  if (const auto owner = check_owner(); !owner) return owner.error();
  Published published;
  static_cast<Description&>(published.manifest) = std::move(description);
  published.manifest.number = {epoch_, next_ordinal_++};
  if (const auto put = put_files(folder, published); !put) return put.error();
  const auto placed = store_->put_once(manifest_name(series_, published.manifest.number), encode(published.manifest));
  if (!placed) return placed.error();
  if (!*placed) return Error{Code::stale_owner, "a checkpoint of this number is there"};
  if (const auto owner = check_owner(); !owner) return owner.error();
  checkpoints_.push_back(published.manifest);
  return published;
}

Result<void> Publisher::remove(const std::string& name, std::uint64_t& removed) {
  const auto gone = store_->remove(name);
  if (gone) ++removed;
  return gone;
}

Result<std::uint64_t> Publisher::prune(std::size_t kept, Time not_before) {
  // What lies there is listed before it is known that nobody has taken over: then it is none of a later owner's.
  const auto listed = store_->list(series_ + "/");
  if (!listed) return listed.error();
  if (const auto owner = check_owner(); !owner) return owner.error();
  std::vector<Manifest> staying;
  for (std::size_t i = 0; i < checkpoints_.size(); ++i) {
    const bool newest = i + 1 == checkpoints_.size();
    const bool young = checkpoints_.size() - i <= kept && checkpoints_[i].taken_at >= not_before;
    if (newest || young) staying.push_back(std::move(checkpoints_[i]));
  }
  checkpoints_ = std::move(staying);
  held_.clear();
  std::set<std::string> named{claim_name(series_, epoch_)};
  for (const Manifest& checkpoint : checkpoints_) {
    named.insert(manifest_name(series_, checkpoint.number));
    for (const StoredFile& file : checkpoint.files) {
      named.insert(file_name(series_, file));
      held_[file.digest] = file.epoch;
    }
  }
  // A manifest goes before what it names, so that no crash leaves one that cannot be restored.
  std::uint64_t removed = 0;
  const std::string files = files_prefix(series_);
  for (const bool of_files : {false, true}) {
    for (const std::string& name : *listed) {
      if (name.starts_with(files) != of_files || named.contains(name)) continue;
      if (const auto gone = remove(name, removed); !gone) return gone.error();
    }
  }
  if (const auto dropped = store_->drop_leftovers(series_ + "/"); !dropped) return dropped.error();
  return removed;
}

}  // namespace weir::checkpoint
