// Time as the benchmarks take it: nanoseconds of the monotonic clock, which all processes share.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>
#include <fstream>

namespace bench {

constexpr int64_t kNanosecondsPerMillisecond = 1000000;
constexpr int64_t kNanosecondsPerSecond = 1000000000;

inline int64_t Now() {
  timespec time{};
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kNanosecondsPerSecond + time.tv_nsec;
}

inline void SleepUntil(int64_t deadline) {
#if defined(__linux__)
  const timespec time{deadline / kNanosecondsPerSecond, static_cast<long>(deadline % kNanosecondsPerSecond)};
  (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
#else
  const int64_t left = deadline - Now();
  if (left <= 0) {
    return;
  }
  const timespec time{left / kNanosecondsPerSecond, static_cast<long>(left % kNanosecondsPerSecond)};
  (void)nanosleep(&time, nullptr);
#endif
}

// What this process has used of the processors, in its own code and in the system's.
inline int64_t CpuTime() {
  rusage usage{};
  (void)getrusage(RUSAGE_SELF, &usage);
  const auto nanoseconds = [](const timeval &time) {
    return time.tv_sec * kNanosecondsPerSecond + time.tv_usec * INT64_C(1000);
  };
  return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}

// The memory that this process has, in bytes; elsewhere than on Linux the most that it has had.
inline int64_t Memory() {
#if defined(__linux__)
  int64_t all = 0;
  int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
#else
  rusage usage{};
  (void)getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
#endif
}

}  // namespace bench
