// The smallest thing that can fail a test: says where and what, counts, and makes main() answer.
#pragma once

#include <atomic>
#include <cstdio>

namespace check {

inline std::atomic<int> checks{0};
inline std::atomic<int> failures{0};

inline void That(bool holds, const char *what, const char *file, int line) {
  ++checks;
  if (!holds) {
    ++failures;
    (void)std::fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
  }
}

// For main(): 0 when everything held.
inline int Done() {
  (void)std::printf("%d checks, %d failed\n", checks.load(), failures.load());
  return failures == 0 && checks > 0 ? 0 : 1;
}

}  // namespace check

#define CHECK(condition) check::That((condition), #condition, __FILE__, __LINE__)
