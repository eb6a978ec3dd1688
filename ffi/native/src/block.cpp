#include "block.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace steam_sockets {

namespace {

#if defined(_WIN32)
void *Map(size_t bytes) { return VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE); }

void Unmap(void *address, size_t /*bytes*/) { (void)VirtualFree(address, 0, MEM_RELEASE); }
#else
void *Map(size_t bytes) {
  void *const address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return address == MAP_FAILED ? nullptr : address;
}

void Unmap(void *address, size_t bytes) { (void)munmap(address, bytes); }
#endif

}  // namespace

size_t Block::PageBytes() {
#if defined(_WIN32)
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  return system.dwPageSize;
#else
  return static_cast<size_t>(sysconf(_SC_PAGESIZE));
#endif
}

Block *Block::Make(size_t bytes) {
  void *const address = Map(bytes);
  return address == nullptr ? nullptr : new Block(address, bytes);
}

steam_sockets_window Block::Window() {
  holders_.fetch_add(1, std::memory_order_relaxed);
  return {address_, bytes_, this};
}

void Block::LetGo() {
  if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    Unmap(address_, bytes_);
    delete this;
  }
}

}  // namespace steam_sockets

void steam_sockets_let_go(void * /*address*/, void *context) {
  if (context != nullptr) {
    static_cast<steam_sockets::Block *>(context)->LetGo();
  }
}
