// The built-in library's functions, as ffi/ would hand them to the helper, and a pair of connections to talk over.
#pragma once

#include <steam/isteamnetworkingutils.h>
#include <steam/steamnetworkingsockets.h>
#include <steam/steamnetworkingsockets_flat.h>

#include <array>

#include "steam_sockets.h"

// The library exports these two and declares them in no header.
STEAMNETWORKINGSOCKETS_INTERFACE void SteamNetworkingSockets_SetManualPollMode(bool manual);
STEAMNETWORKINGSOCKETS_INTERFACE void SteamNetworkingSockets_Poll(int milliseconds);

#if defined(__SANITIZE_THREAD__) && !defined(__clang__)
#include <pthread.h>
#include <time.h>

// GameNetworkingSockets locks its mutexes by std::timed_mutex::try_lock_for, which ends here. The thread sanitizer of
// GCC up to 13 does not see this function, so it would take every such lock for none; the one that it sees does the
// same.
extern "C" __attribute__((used)) inline int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
                                                                    const timespec *until) noexcept {
  constexpr int64_t kSecond = 1000000000;
  const auto now = [](clockid_t of) {
    timespec time{};
    (void)clock_gettime(of, &time);
    return time.tv_sec * kSecond + time.tv_nsec;
  };
  const int64_t end = until->tv_sec * kSecond + until->tv_nsec - now(clock) + now(CLOCK_REALTIME);
  const timespec real_end = {end / kSecond, end % kSecond};
  return pthread_mutex_timedlock(mutex, &real_end);
}
#endif

namespace library_test {

// As a foreign function interface sees it: an address, whatever the types.
template <typename To, typename From>
To As(From *function) {
  return reinterpret_cast<To>(reinterpret_cast<void (*)()>(function));
}

inline steam_sockets_functions BuiltIn() {
  steam_sockets_functions f{};
  f.init = As<decltype(f.init)>(&GameNetworkingSockets_Init);
  f.kill = &GameNetworkingSockets_Kill;
  f.sockets = As<decltype(f.sockets)>(&SteamAPI_SteamNetworkingSockets_v009);
  f.utils = As<decltype(f.utils)>(&SteamAPI_SteamNetworkingUtils_v003);
  f.set_config_pointer = As<decltype(f.set_config_pointer)>(&SteamAPI_ISteamNetworkingUtils_SetGlobalConfigValuePtr);
  f.run_callbacks = As<decltype(f.run_callbacks)>(&SteamAPI_ISteamNetworkingSockets_RunCallbacks);
  f.allocate_message = As<decltype(f.allocate_message)>(&SteamAPI_ISteamNetworkingUtils_AllocateMessage);
  f.send_messages = As<decltype(f.send_messages)>(&SteamAPI_ISteamNetworkingSockets_SendMessages);
  f.receive_on_connection =
      As<decltype(f.receive_on_connection)>(&SteamAPI_ISteamNetworkingSockets_ReceiveMessagesOnConnection);
  f.receive_on_poll_group =
      As<decltype(f.receive_on_poll_group)>(&SteamAPI_ISteamNetworkingSockets_ReceiveMessagesOnPollGroup);
  f.release_message = As<decltype(f.release_message)>(&SteamAPI_SteamNetworkingMessage_t_Release);
  f.set_debug_output = As<decltype(f.set_debug_output)>(&SteamAPI_ISteamNetworkingUtils_SetDebugOutputFunction);
  f.set_manual_poll_mode = &SteamNetworkingSockets_SetManualPollMode;
  f.poll = As<decltype(f.poll)>(&SteamNetworkingSockets_Poll);
  f.configure_lanes = As<decltype(f.configure_lanes)>(&SteamAPI_ISteamNetworkingSockets_ConfigureConnectionLanes);
  f.real_time_status = As<decltype(f.real_time_status)>(&SteamAPI_ISteamNetworkingSockets_GetConnectionRealTimeStatus);
  f.config_value = As<decltype(f.config_value)>(&SteamAPI_ISteamNetworkingUtils_GetConfigValue);
  f.messages = As<decltype(f.messages)>(&SteamAPI_SteamNetworkingMessages_v002);
  f.receive_on_channel =
      As<decltype(f.receive_on_channel)>(&SteamAPI_ISteamNetworkingMessages_ReceiveMessagesOnChannel);
  f.received_signal = As<decltype(f.received_signal)>(&SteamAPI_ISteamNetworkingSockets_ReceivedP2PCustomSignal);
  f.close_connection = As<decltype(f.close_connection)>(&SteamAPI_ISteamNetworkingSockets_CloseConnection);
  f.own_identity = As<decltype(f.own_identity)>(&SteamAPI_ISteamNetworkingSockets_GetIdentity);
  f.session_state = As<decltype(f.session_state)>(&SteamAPI_ISteamNetworkingMessages_GetSessionConnectionInfo);
  f.close_session = As<decltype(f.close_session)>(&SteamAPI_ISteamNetworkingMessages_CloseSessionWithUser);
  return f;
}

inline steam_sockets_start StartOf(bool manual_poll = false, int32_t debug_level = 0) {
  steam_sockets_start start{};
  start.manual_poll = manual_poll ? 1 : 0;
  start.debug_level = debug_level;
  return start;
}

// The built-in library, open for as long as this lives.
struct Opened {
  std::array<char, 1024> error{};
  steam_sockets_functions functions;
  steam_sockets_start start;
  int32_t number;
  uint32_t epoch;
  explicit Opened(bool manual_poll = false, int32_t debug_level = 0) : Opened(BuiltIn(), manual_poll, debug_level) {}
  explicit Opened(const steam_sockets_functions &with, bool manual_poll = false, int32_t debug_level = 0)
      : Opened(with, StartOf(manual_poll, debug_level)) {}
  Opened(const steam_sockets_functions &with, const steam_sockets_start &how)
      : functions(with),
        start(how),
        number(steam_sockets_open(&functions, &start, error.data())),
        epoch(number < 0 ? 0 : steam_sockets_state_of(number)->epoch) {}
  Opened(const Opened &) = delete;
  Opened &operator=(const Opened &) = delete;
  ~Opened() { (void)steam_sockets_close(number, epoch, 0); }
};

struct Pair {
  HSteamNetConnection one = 0;
  HSteamNetConnection two = 0;
  explicit Pair(bool over_loopback) {
    (void)SteamNetworkingSockets()->CreateSocketPair(&one, &two, over_loopback, nullptr, nullptr);
  }
};

}  // namespace library_test
