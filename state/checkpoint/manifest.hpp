// What a checkpoint is: files by path, size and digest, and where in the log they stand. A checkpoint exists when its
// manifest does, which is put last.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.hpp"
#include "schemas/base/time.hpp"
#include "schemas/crypto/digest.hpp"

namespace weir::checkpoint {

/// A file of the checkpoint; its content is an object named by digest and epoch.
struct StoredFile {
  std::string path;         // relative, of names without ".."
  std::uint64_t epoch = 0;  // of the owner that put the object
  std::uint64_t bytes = 0;
  crypto::Digest digest{};

  friend bool operator==(const StoredFile&, const StoredFile&) = default;
};

/// How far the state in the checkpoint has taken a partition of the log.
struct Standing {
  std::string workspace;
  std::uint32_t partition = 0;
  std::uint64_t next_offset = 0;  // the first record that the state does not include
  std::string fingerprint;        // of the record before it, by which the log is known again; empty: none was taken

  friend bool operator==(const Standing&, const Standing&) = default;
};

/// What whoever takes a checkpoint says of it.
struct Description {
  Time taken_at{};
  std::string release;                           // of the program
  std::map<std::string, std::uint32_t> formats;  // name of a stored format -> its version
  std::vector<Standing> standings;

  friend bool operator==(const Description&, const Description&) = default;
};

/// Checkpoints of a series are ordered by these.
struct Number {
  std::uint64_t epoch = 0;    // of the owner (publisher.hpp)
  std::uint64_t ordinal = 0;  // of the owner's checkpoints

  friend auto operator<=>(const Number&, const Number&) = default;
};
/// "3-17".
std::string to_text(const Number& number);
/// Error: bad_query.
Result<Number> parse_number(std::string_view text);

struct Manifest : Description {
  Number number;
  std::vector<StoredFile> files;

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

std::string encode(const Manifest& manifest);
/// Errors: checkpoint_damaged; state_format for one written by a later version.
Result<Manifest> decode_manifest(std::string_view bytes);

/// A format that `known` does not have, or not up to this version: state_format, naming it.
Result<void> check_formats(const Manifest& manifest, const std::map<std::string, std::uint32_t>& known);

}  // namespace weir::checkpoint
