#include "schemas/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace weir {

void check_failed(const char* condition, const char* message, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: %s (%s)\n", file, line, message, condition);
  std::abort();
}

}  // namespace weir
