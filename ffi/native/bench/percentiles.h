// Shares of many values.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

// Latencies of messages, in bins of 10 microseconds up to 200 milliseconds.
class Histogram {
 public:
  void Add(double nanoseconds) {
    const double bin = std::max(0.0, nanoseconds / kBinNanoseconds);
    bins_[std::min(bins_.size() - 1, static_cast<size_t>(bin))]++;
    count_++;
  }

  // In milliseconds.
  [[nodiscard]] double At(double share) const {
    const auto rank = static_cast<uint64_t>(std::ceil(static_cast<double>(count_) * share));
    uint64_t seen = 0;
    for (size_t i = 0; i < bins_.size(); ++i) {
      seen += bins_[i];
      if (seen >= rank) {
        return static_cast<double>(i + 1) * kBinNanoseconds / 1e6;
      }
    }
    return 0;
  }

 private:
  static constexpr double kBinNanoseconds = 10000;
  std::array<uint64_t, 20000> bins_{};
  uint64_t count_ = 0;
};

// The value below which a share of them lies; sorts them.
inline double Percentile(std::vector<double> &values, double share) {
  if (values.empty()) {
    return 0;
  }
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<size_t>(std::ceil(static_cast<double>(values.size()) * share));
  return values[std::max<size_t>(rank, 1) - 1];
}

}  // namespace bench
