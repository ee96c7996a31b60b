// Where control documents are written: checks, dates and appends their versions to every partition, and knows what was
// written here before the views do.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "api/app/document_kinds.hpp"
#include "api/app/node.hpp"
#include "stream/documents/vault.hpp"

namespace weir::app {

/// Thread-safe.
class DocumentDesk {
 public:
  using Place = documents::Place;

  /// `node` must outlive the desk.
  explicit DocumentDesk(Node& node);

  const DocumentKinds& kinds() const { return kinds_; }

  /// Those of the workspace, with all that was written here. Errors: shard_elsewhere, state_format, those of the store.
  Result<documents::Documents> read(const std::string& workspace);

  /// A document as somebody gave it, with the secrets that its marks stand for.
  struct Draft {
    std::string body;
    CheckedDocument checked;
  };
  /// Errors: bad_key_file, those of read() and of JsonParser::parse.
  Result<Draft> draft(const Place& place, const std::string& body);

  /// What holds now, with its secrets: for who uses it, never to be shown.
  struct Opened {
    documents::Version version;
    std::string body;
  };
  /// Nothing: there is no such document. O(its versions). Errors: bad_key_file, those of read().
  Result<std::optional<Opened>> open(const Place& place);

  /// Another number once something was written here: what was opened before may be another document now.
  std::uint64_t changes() const { return changes_; }

  struct Writing {
    Place place;
    std::optional<std::string> body;   // of a draft without faults; none: there is no such document from now on
    std::vector<std::string> secrets;  // of the same
    std::string only_if;               // entity tag of the version that it replaces; `*`: any; empty: whatever there is
  };
  struct Written {
    documents::Version version;
    std::optional<log::Position> position;  // none: that version was there already
  };
  using Done = std::function<void(Result<Written>)>;
  /// Dated now, and later than all versions before. Told when it is durable in every partition, on another thread. What
  /// is written again because an error came before goes to the partitions that it has not reached.
  /// Errors, at once or told: not_found (nothing to withdraw), precondition_failed, document_in_use, document_limit,
  /// those of read() and of Node::append().
  Result<void> write(Writing writing, Done done);

 private:
  Result<documents::Documents> read_locked(const std::string& workspace);
  Result<documents::Documents> read_locked(const Place& place);
  void add_written(const std::string& workspace, documents::Documents& known);
  bool holds(const documents::Version* last, const Writing& writing) const;
  Result<bool> is_everywhere(const std::string& workspace, const documents::Change& change) const;
  Result<void> append(const Place& place, const documents::Version& version, Done done);
  void forget(const Place& place, const documents::Version& version);

  Node& node_;
  const DocumentKinds kinds_;
  const documents::Vault vault_;
  std::atomic<std::uint64_t> changes_{0};
  std::mutex mutex_;
  std::map<Place, documents::Version> written_;  // by this node, and not in the views of the first partition yet
};

std::string etag_of(const documents::Version& version);

}  // namespace weir::app
