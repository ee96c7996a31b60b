#include "api/auth/workspaces.hpp"

#include "state/format/keys.hpp"

namespace weir::auth {

Result<std::vector<std::string>> workspaces_in(const store::Reader& reader) {
  std::vector<std::string> workspaces;
  for (std::string from;;) {
    const auto known = workspaces.size();
    const auto found = reader.scan(from, {}, [&](auto key, auto) {
      workspaces.emplace_back(key.substr(0, key.find('\0')));
      return false;
    });
    if (!found) return found.error();
    if (workspaces.size() == known) return workspaces;
    from = store::end_of_prefix(format::Scope(workspaces.back()).everything());
  }
}

}  // namespace weir::auth
