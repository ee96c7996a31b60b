#include "api/app/allocator.hpp"

#include <cstddef>
#include <string>

#include <sys/types.h>

// Of jemalloc, where it is linked.
extern "C" int mallctl(const char* name, void* old, std::size_t* old_size, void* value, std::size_t size)
    __attribute__((weak));

namespace weir::app {

void give_memory_back_after(std::chrono::milliseconds delay) {
  if (mallctl == nullptr) return;
  constexpr unsigned all_arenas = 4096;  // MALLCTL_ARENAS_ALL
  auto milliseconds = static_cast<ssize_t>(delay.count());
  const auto set = [&](const std::string& name) {
    mallctl(name.c_str(), nullptr, nullptr, &milliseconds, sizeof milliseconds);
  };
  set("arenas.dirty_decay_ms");  // of those that threads to come will make
  for (unsigned arena = 0; arena < all_arenas; ++arena) {
    const std::string name = "arena." + std::to_string(arena) + ".dirty_decay_ms";
    if (mallctl(name.c_str(), nullptr, nullptr, &milliseconds, sizeof milliseconds) != 0) break;
  }
}

}  // namespace weir::app
