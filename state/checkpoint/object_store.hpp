// Where checkpoints go: a store of named objects, far away or in a folder. An object is there as a whole or not at all,
// and what a call has put, every later call sees. Names are made of [a-z0-9._-] and '/'.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"

namespace weir::checkpoint {

/// Takes an object piece by piece, in order; its error ends the reading.
using Sink = std::function<Result<void>(std::string_view piece)>;

/// Asked now and then while much is put or fetched; false: the work at hand ends with `overloaded`.
using GoOn = std::function<bool()>;

/// One call at a time. Errors of all: storage_failed (the store cannot be reached, refuses, or is full), after bounded
/// retries of what may be retried.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  /// Puts the content of a file there, in the place of what was under the name. Durable on return.
  virtual Result<void> put_file(const std::string& name, const std::filesystem::path& file) = 0;
  /// Puts a small object there unless there is one of the name: then false, and that one stays. Durable on return.
  virtual Result<bool> put_once(const std::string& name, std::string_view bytes) = 0;
  /// Error: not_found too.
  virtual Result<void> get(const std::string& name, const Sink& sink) = 0;
  /// The names that begin with the prefix, ascending.
  virtual Result<std::vector<std::string>> list(const std::string& prefix) = 0;
  /// Nothing to remove is no error.
  virtual Result<void> remove(const std::string& name) = 0;
  /// Removes what interrupted puts under the prefix left behind. A put that is under way may fail by it.
  virtual Result<void> drop_leftovers(const std::string& prefix) = 0;
};

/// A whole object of at most `bytes_max`; a larger one is storage_failed.
Result<std::string> get_whole(ObjectStore& store, const std::string& name, std::size_t bytes_max);

}  // namespace weir::checkpoint
