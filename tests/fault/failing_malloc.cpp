// LD_PRELOAD: allocations that fail. FAILING_MALLOC names a file of eight bytes, a number in the machine's order that
// may change at any time: of so many allocations one fails, or none if it is 0. What does not fail is whoever's it was.
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

const std::atomic<std::uint64_t>* one_of = nullptr;
std::atomic<std::uint64_t> allocations{0};

__attribute__((constructor)) void open_file() {
  const char* const path = std::getenv("FAILING_MALLOC");
  const int file = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void* const mapped = mmap(nullptr, sizeof *one_of, PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (mapped != MAP_FAILED) one_of = static_cast<const std::atomic<std::uint64_t>*>(mapped);
}

bool fails() {
  const std::uint64_t of = one_of == nullptr ? 0 : one_of->load(std::memory_order_relaxed);
  return of != 0 && allocations.fetch_add(1, std::memory_order_relaxed) % of == of - 1;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void* allocated(std::size_t size) {
  static auto* const real = next<void*(std::size_t)>("malloc");
  return real(size);
}

}  // namespace

extern "C" void* malloc(std::size_t size) {
  if (!fails()) return allocated(size);
  errno = ENOMEM;
  return nullptr;
}

extern "C" void* realloc(void* old, std::size_t size) {
  static auto* const real = next<void*(void*, std::size_t)>("realloc");
  if (!fails()) return real(old, size);
  errno = ENOMEM;
  return nullptr;
}

// jemalloc's own do not ask malloc.
void* operator new(std::size_t size) {
  void* const memory = fails() ? nullptr : allocated(size);
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return malloc(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return malloc(size); }
