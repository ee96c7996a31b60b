// A link that signs a user in once: `/#sign-in=SECRET` behind the server's address. What stands behind `#` is sent to
// nobody; the page takes it out of the address and redeems it. Of the secret only the digest is kept.
#pragma once

#include <string>

#include "api/auth/directory_file.hpp"

namespace weir::auth {

/// Good once, within an hour; an earlier link of the user is good no more. The deed is noted for the audit. Reads and
/// writes the disk. Errors: not_found, those of DirectoryFile::change().
Result<std::string> make_sign_in_link(DirectoryFile& file, std::string_view user, Time now);

}  // namespace weir::auth
