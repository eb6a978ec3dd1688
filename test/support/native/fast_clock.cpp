// Loaded before all others: the networking library's clock goes faster than all
// others, so that its minutes take seconds.
#include <dlfcn.h>
#include <time.h>

#include <cstring>

namespace {

constexpr long kTimes = 20;
constexpr long kNanoseconds = 1000000000;

using Clock = int (*)(clockid_t, timespec *);

bool IsOfNetworking(const void *caller) {
  Dl_info info;
  return dladdr(caller, &info) != 0 && std::strstr(info.dli_fname, "libsteam_sockets") != nullptr;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int clock_gettime(clockid_t clock, timespec *time) {
  static const auto real = reinterpret_cast<Clock>(dlsym(RTLD_NEXT, "clock_gettime"));
  const int answer = real(clock, time);
  if (answer == 0 && clock == CLOCK_MONOTONIC && IsOfNetworking(__builtin_return_address(0))) {
    const long nanoseconds = time->tv_nsec * kTimes;
    time->tv_sec = time->tv_sec * kTimes + nanoseconds / kNanoseconds;
    time->tv_nsec = nanoseconds % kNanoseconds;
  }
  return answer;
}
