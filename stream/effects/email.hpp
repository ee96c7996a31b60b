// A message by e-mail (RFC 5322), sent over SMTP.
#pragma once

#include <string>

#include "stream/effects/effect.hpp"
#include "stream/effects/target.hpp"
#include "stream/effects/verdict.hpp"

namespace weir::effects {

/// `Message-ID` is made of the effect's id, so that a repeat is recognised; `References` of its key, so that all that
/// is said of one fact is one thread; `Auto-Submitted` keeps answering machines from answering (RFC 3834).
http::Mail request(const Email& email, const Effect& effect, Time now);
/// 5yz to the message is refused for good; to the sign-in it is tried again.
Verdict verdict(const Email& email, const http::Answer& answer, Time now);

/// A header's text beyond ASCII, or too long for a line, as encoded words (RFC 2047); else the text itself.
std::string encoded_header(std::string_view text);

}  // namespace weir::effects
