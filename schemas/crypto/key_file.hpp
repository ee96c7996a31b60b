// Secret keys kept in files of the data folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/crypto/digest.hpp"

namespace weir::crypto {

/// The keys of the file, oldest first, at least one. A file that is not there is made, mode 0600, with one new key,
/// synced; when several processes make it at the same time, all get the keys of one of them. Refused with
/// `bad_key_file`: a file that others than its owner may read or write, of another size than 1 to 8 keys, or that
/// cannot be read or written.
Result<std::vector<Key>> load_or_create_keys(const std::filesystem::path& path);

/// The newest key of such a file: for keys that are never replaced.
Result<Key> load_or_create_key(const std::filesystem::path& path);

/// The keys `name`.key of a data folder, as load_or_create_keys(); but where the folder belongs to a cluster, the one
/// that is derived from the cluster's key, the same on every node of it. Error: bad_key_file.
Result<std::vector<Key>> folder_keys(const std::filesystem::path& folder, const std::string& name);

/// The folder belongs to the cluster whose key (the newest of the file `key`) it keeps from now on; 32 bytes make such
/// a file. Refused with `bad_key_file`: a folder of another cluster, or one that has keys of its own, which others
/// would not have.
Result<void> join_cluster(const std::filesystem::path& folder, const std::filesystem::path& key);

/// Adds a new key, which is the newest from then on, and keeps the `keep` keys before it: the overlap during which what
/// was signed with them stays valid. Atomic; needs an existing file; one caller at a time.
Result<void> add_key(const std::filesystem::path& path, std::size_t keep);

}  // namespace weir::crypto
