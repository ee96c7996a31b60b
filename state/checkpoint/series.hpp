// A series: the checkpoints of one thing (a node, a shard) in an object store.
//
//   SERIES/claims/EPOCH               an owner took the series over, and which checkpoints it found
//   SERIES/manifests/EPOCH-ORDINAL
//   SERIES/files/EPOCH-DIGEST         content, put once by the owner of that epoch
//
// Only the owner of the highest claim counts. A claim names the checkpoints that there were; one of an earlier epoch
// that it does not name was put by an owner that had lost the series, and is none.
#pragma once

#include <set>

#include "state/checkpoint/manifest.hpp"
#include "state/checkpoint/object_store.hpp"

namespace weir::checkpoint {

/// What a checkpoint store holds of a series.
struct Catalogue {
  std::uint64_t epoch = 0;      // of the highest claim; 0: nobody ever took the series
  std::vector<Number> numbers;  // of its checkpoints, oldest first
  std::vector<Number> void_numbers;
};

/// O(manifests). Errors: storage_failed, checkpoint_damaged.
Result<Catalogue> read_catalogue(ObjectStore& store, const std::string& series);
/// Errors: not_found, checkpoint_damaged, state_format, storage_failed.
Result<Manifest> read_manifest(ObjectStore& store, const std::string& series, const Number& number);

/// Reads every object of the checkpoint and compares size and digest. Error: checkpoint_damaged, naming the file.
Result<void> verify(ObjectStore& store, const std::string& series, const Manifest& manifest);

/// Makes `folder`, which must not be there, of the files below the path `below` ("": all; else it ends with '/'). Every
/// digest is checked on the way; after a crash the folder is there as a whole or not at all. Writes beside it, under
/// `folder` + ".restoring". Errors: checkpoint_damaged, storage_failed, name_taken, overloaded.
Result<void> restore(ObjectStore& store, const std::string& series, const Manifest& manifest, const std::string& below,
                     const std::filesystem::path& folder, const GoOn& go_on = {});

/// The names of the series that have a claim in the store, ascending.
Result<std::vector<std::string>> list_series(ObjectStore& store);

// Names of objects.
std::string claim_name(const std::string& series, std::uint64_t epoch);
std::string manifest_name(const std::string& series, const Number& number);
std::string file_name(const std::string& series, const StoredFile& file);
std::string files_prefix(const std::string& series);

/// No two claims are the same bytes, so that who puts one and gets no answer can see whose it is.
std::string encode_claim(const std::vector<Number>& found);

}  // namespace weir::checkpoint
