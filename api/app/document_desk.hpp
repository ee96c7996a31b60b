// Where control documents are written: checks, dates and appends their versions to every partition, and knows what was
// written here before the views do.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>

#include "api/app/node.hpp"
#include "schemas/codec/document.hpp"
#include "stream/documents/documents.hpp"

namespace weir::app {

/// All that is wrong with the document, which `documents` have to bear too: what it names must be there. Errors: those
/// of JsonParser::parse.
Result<DocumentFaults> check_document(documents::Kind kind, std::string_view body,
                                      const documents::Documents& documents);

/// Thread-safe.
class DocumentDesk {
 public:
  /// `node` must outlive the desk.
  explicit DocumentDesk(Node& node) : node_(node) {}

  /// Those of the workspace, with all that was written here. Errors: shard_elsewhere, state_format, those of the store.
  Result<documents::Documents> read(const std::string& workspace);

  struct Writing {
    std::string workspace;
    documents::Kind kind = documents::Kind::sla_policy;
    std::string name;
    std::optional<std::string> body;  // checked; none: there is no such document from now on
    std::string only_if;              // entity tag of the version that it replaces; `*`: any; empty: whatever there is
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
  using Place = std::tuple<std::string, documents::Kind, std::string>;

  Result<documents::Documents> read_locked(const std::string& workspace);
  Result<bool> is_everywhere(const std::string& workspace, const documents::Change& change) const;
  Result<void> append(const std::string& workspace, const documents::Change& change, Done done);
  void forget(const Place& place, const documents::Version& version);

  Node& node_;
  std::mutex mutex_;
  std::map<Place, documents::Version> written_;  // by this node, and not in the views of the first partition yet
};

std::string etag_of(const documents::Version& version);

}  // namespace weir::app
