// Things that live as long as the process, one of a type for each size: the library may still hold slots of a pool.
#pragma once

#include <map>
#include <memory>

#include "network.h"

namespace bench {

template <typename T>
T &Kept(const Network &network, size_t slots, size_t bytes) {
  static std::map<size_t, std::unique_ptr<T>> kept;
  auto &found = kept[bytes];
  if (!found) {
    found = std::make_unique<T>(network, slots, bytes);
  }
  return *found;
}

}  // namespace bench
