#include "valve.h"

#include <dlfcn.h>

#include <cstdint>
#include <cstring>

const char *GiveUtilsToValve(ISteamNetworkingUtils *utils) {
  // The one that start.cpp hides.
  const auto *const accessor =
      static_cast<const unsigned char *>(dlsym(RTLD_NEXT, "SteamAPI_SteamNetworkingUtils_SteamAPI_v004"));
  if (accessor == nullptr) {
    return "Valve's library has no accessor of ISteamNetworkingUtils";
  }
  // It lets the object that it remembers be found anew when something was started or ended since: this happens now.
  (void)reinterpret_cast<void *(*)()>(reinterpret_cast<uintptr_t>(accessor))();
  // lea rdi, [rip + distance]: where it remembers a function, a count and the object.
  const unsigned char load[] = {0x48, 0x8d, 0x3d};
  if (std::memcmp(accessor, load, sizeof load) != 0) {
    return "Valve's accessor of ISteamNetworkingUtils is not built as the one that this test knows";
  }
  int32_t distance = 0;
  std::memcpy(&distance, accessor + sizeof load, sizeof distance);
  void **const remembered = reinterpret_cast<void **>(reinterpret_cast<uintptr_t>(accessor) + 7 + distance);
  remembered[2] = utils;
  return nullptr;
}
