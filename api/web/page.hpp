// The dashboard as files, embedded in the program when it is built (build.mjs). No input, no state; any thread.
#pragma once

#include <span>
#include <string_view>

namespace weir::web {

struct Asset {
  std::string_view
      path;  // under which it is served: "/", "/licences.txt", or "/assets/…" with the hash of the content in its name
  std::string_view content_type;
  std::string_view hash;   // of the content, hexadecimal
  std::string_view plain;  // the bytes
  std::string_view gzip;   // the same compressed; empty: they are compressed by themselves
};

/// All of them.
std::span<const Asset> assets();

}  // namespace weir::web
