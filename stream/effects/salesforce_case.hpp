// A Case in Salesforce, upserted by an external id, so that a repeat changes nothing.
#pragma once

#include <memory>
#include <string>

#include "stream/effects/conversation.hpp"

namespace weir::effects {

/// A token by the JWT bearer flow unless the session has one; then the upsert, whatever comes of the one before. A
/// token that has expired is asked for anew once; an upsert that lost the race to create is sent as an update.
std::unique_ptr<Conversation> converse_with_salesforce(const SalesforceCase& receiver, const Effect& effect,
                                                       Session& session);

/// The assertion: header, claims and signature (RS256), good for three minutes.
std::string bearer_assertion(const SalesforceCase& receiver, Time now);

/// The value of the external id: the key, or where that holds anything that a path could be misread by, its hash.
std::string external_id_of(const std::string& key);

}  // namespace weir::effects
