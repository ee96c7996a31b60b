// What is written about a call before its answer goes out: who did it (audit), and the answer itself, for a repetition
// under the same Idempotency-Key.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/app/node.hpp"
#include "api/net/handler.hpp"

namespace weir::app {

/// Writes the entry, synced. Reads and writes the disk. A failure is logged: the deed is done.
void write_audit(Node& node, const net::RequestHead& head, const auth::Credential& credential, std::string_view action,
                 std::string_view object, unsigned status);

/// A Respond that writes the entry, with the answer's outcome and what `object` then says, before it answers.
net::Respond audited(Node& node, const net::RequestHead& head, const auth::Credential& credential,
                     std::string_view action, std::shared_ptr<const std::string> object, net::Respond respond);

/// Without the header: `respond` as it is. Else a Respond that keeps the answer under the key; or nothing when there is
/// nothing more to do, for the call was answered with what was kept or refused. `request`: a hash of all that the
/// request asks. Reads the disk.
std::optional<net::Respond> answered_once(Node& node, const net::RequestHead& head, const auth::Credential& credential,
                                          const Hash128& request, net::Respond respond);

}  // namespace weir::app
