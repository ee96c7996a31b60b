#include "stream/ingest/scratch_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

namespace weir::ingest {

Result<int> open_scratch_file(const std::filesystem::path& folder) {
  std::string path = folder / "weir-XXXXXX";
  const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) return scratch_error(folder);
  ::unlink(path.c_str());
  return descriptor;
}

Error scratch_error(const std::filesystem::path& folder) {
  if (errno == ENOSPC || errno == EDQUOT) return {Code::storage_full, "no room left in " + folder.string()};
  return {Code::storage_failed, "cannot write in " + folder.string()};
}

}  // namespace weir::ingest
