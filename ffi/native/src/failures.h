// The connections to which a message of a batch failed. Later ones to them are not tried, however long the batch is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace steam_sockets {

class Failures {
 public:
  bool Has(uint32_t connection) const {
    return !connections_.empty() && std::binary_search(connections_.begin(), connections_.end(), connection);
  }

  void Add(uint32_t connection) {
    const auto at = std::lower_bound(connections_.begin(), connections_.end(), connection);
    if (at == connections_.end() || *at != connection) {
      connections_.insert(at, connection);
    }
  }

 private:
  std::vector<uint32_t> connections_;  // sorted
};

}  // namespace steam_sockets
