// Zig's linker has no list of exports for macOS, and what its C++ library brings for these would be exported. So they
// are ours, and hidden: the names in quotes are theirs for the linker.
#include <cstddef>
#include <cstdlib>
#include <new>

#define HIDDEN(symbol) __asm__(".private_extern __Z" symbol)

namespace {

// As everywhere here: without exceptions, an end of memory is an end of the process.
void *OrEnd(void *address) {
  if (address == nullptr) {
    std::abort();
  }
  return address;
}

void *AllocateAligned(size_t bytes, std::align_val_t alignment) {
  void *address = nullptr;
  return OrEnd(posix_memalign(&address, static_cast<size_t>(alignment), bytes) == 0 ? address : nullptr);
}

}  // namespace

HIDDEN("nwm");
void *operator new(size_t bytes) { return OrEnd(std::malloc(bytes == 0 ? 1 : bytes)); }
HIDDEN("nam");
void *operator new[](size_t bytes) { return OrEnd(std::malloc(bytes == 0 ? 1 : bytes)); }
HIDDEN("nwmSt11align_val_t");
void *operator new(size_t bytes, std::align_val_t alignment) { return AllocateAligned(bytes, alignment); }
HIDDEN("namSt11align_val_t");
void *operator new[](size_t bytes, std::align_val_t alignment) { return AllocateAligned(bytes, alignment); }
// The one of the others that is used: without it, all of theirs would be linked for its sake.
HIDDEN("nwmRKSt9nothrow_t");
void *operator new(size_t bytes, const std::nothrow_t & /*nothrow*/) noexcept {
  return std::malloc(bytes == 0 ? 1 : bytes);
}

HIDDEN("dlPv");
void operator delete(void *address) noexcept { std::free(address); }
HIDDEN("daPv");
void operator delete[](void *address) noexcept { std::free(address); }
HIDDEN("dlPvm");
void operator delete(void *address, size_t /*bytes*/) noexcept { std::free(address); }
HIDDEN("daPvm");
void operator delete[](void *address, size_t /*bytes*/) noexcept { std::free(address); }
HIDDEN("dlPvSt11align_val_t");
void operator delete(void *address, std::align_val_t /*alignment*/) noexcept { std::free(address); }
HIDDEN("daPvSt11align_val_t");
void operator delete[](void *address, std::align_val_t /*alignment*/) noexcept { std::free(address); }
HIDDEN("dlPvmSt11align_val_t");
void operator delete(void *address, size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept { std::free(address); }
HIDDEN("daPvmSt11align_val_t");
void operator delete[](void *address, size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept { std::free(address); }
