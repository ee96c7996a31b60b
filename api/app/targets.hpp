// The targets of effects as the documents have them: for who sends something there.
#pragma once

#include <optional>
#include <string>

#include "api/app/document_desk.hpp"
#include "stream/effects/target.hpp"

namespace weir::app {

struct OpenedTarget {
  effects::Target target;  // with its secrets
  Hash128 version;         // another one: what is remembered of the target counts no more
};

/// The target as it holds now; nothing: there is none of this name. Reads the store; any thread. Errors: bad_key_file,
/// those of DocumentDesk::read(), invalid_document (this node does not permit the network that it lies in, any more).
Result<std::optional<OpenedTarget>> find_target(DocumentDesk& desk, const std::string& workspace,
                                                const std::string& name);

/// Declares the target anew with `disabled` saying why, if it still is of that version; what it keeps secret it keeps.
/// Told as DocumentDesk::write() does; precondition_failed: it is of another version, or there is none.
Result<void> disable_target(DocumentDesk& desk, const std::string& workspace, const std::string& name,
                            const Hash128& version, const std::string& why, DocumentDesk::Done done);

}  // namespace weir::app
