#include "api/web/page.hpp"

// clang-format off: assembler, a directive a line
/// The bytes of a file between two symbols.
#define WEIR_EMBED(name, file)                       \
  __asm__(                                           \
      ".section .rodata\n"                           \
      ".global weir_web_" #name "_begin\n"           \
      ".global weir_web_" #name "_end\n"             \
      "weir_web_" #name "_begin:\n"                  \
      ".incbin \"" WEIR_WEB_FILES "/" file "\"\n"    \
      "weir_web_" #name "_end:\n"                    \
      ".byte 0\n"                                    \
      ".text\n");                                    \
  extern "C" const char weir_web_##name##_begin[];   \
  extern "C" const char weir_web_##name##_end[]
// clang-format on

#define WEIR_PACKED(name, file, path, type, hash) WEIR_EMBED(name, file);
#define WEIR_ASSET(name, file, path, type, hash) \
  WEIR_EMBED(name, file);                        \
  WEIR_EMBED(name##_gz, file ".gz");
#include "api/web/assets.inc"
#undef WEIR_PACKED
#undef WEIR_ASSET

namespace weir::web {
namespace {

#define WEIR_BYTES(name) \
  std::string_view { weir_web_##name##_begin, weir_web_##name##_end }
#define WEIR_PACKED(name, file, path, type, hash) Asset{path, type, hash, WEIR_BYTES(name), {}},
#define WEIR_ASSET(name, file, path, type, hash) Asset{path, type, hash, WEIR_BYTES(name), WEIR_BYTES(name##_gz)},
const Asset all[] = {
#include "api/web/assets.inc"
};

}  // namespace

std::span<const Asset> assets() { return all; }

}  // namespace weir::web
