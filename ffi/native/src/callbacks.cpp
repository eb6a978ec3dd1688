#include "callbacks.h"

#include <steam/isteamnetworkingmessages.h>
#include <steam/isteamnetworkingsockets.h>
#include <steam/isteamnetworkingutils.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "authentication.h"
#include "library.h"
#include "room.h"
#include "signaling.h"
#include "steam.h"

namespace steam_sockets {

namespace {

constexpr size_t kComplaintBytes = 1024;

// Per thread: a complaint explains the call that this thread makes, and the service thread's own must not hide it.
struct Complaint {
  std::array<char, kComplaintBytes> text;
  size_t length;
};
thread_local Complaint complaint;

// The library's callbacks carry no context, so each number has functions of its own.
template <int32_t kNumber>
struct Callbacks {
  template <uint16_t kKind, typename Struct>
  static void OnEvent(Struct *event) {
    LibraryAt(kNumber).events.Push(kKind, 0, event, sizeof *event);
  }

  static void OnDebugOutput(int32_t level, const char *text) {
    const std::string_view words(text);
    if (level <= k_ESteamNetworkingSocketsDebugOutputType_Warning) {
      complaint.length = std::min(words.size(), complaint.text.size());
      std::memcpy(complaint.text.data(), words.data(), complaint.length);
      TellOfRefusal(LibraryAt(kNumber), words);
    }
    for (int32_t number = 0; number < STEAM_SOCKETS_LIBRARIES; ++number) {
      Library &library = LibraryAt(number);
      if (library.log_of == kNumber && level <= library.debug_level) {
        library.debug_outputs.Push(STEAM_SOCKETS_DEBUG_OUTPUT, level, words.data(),
                                   static_cast<uint32_t>(words.size()));
      }
    }
  }
};

struct CallbackTable {
  void (*status_changed)(SteamNetConnectionStatusChangedCallback_t *);
  void (*authentication_status)(SteamNetAuthenticationStatus_t *);
  void (*relay_network_status)(SteamRelayNetworkStatus_t *);
  void (*session_request)(SteamNetworkingMessagesSessionRequest_t *);
  void (*session_failed)(SteamNetworkingMessagesSessionFailed_t *);
  void (*debug_output)(int32_t, const char *);
};

template <int32_t kNumber>
constexpr CallbackTable TableOf() {
  using Mine = Callbacks<kNumber>;
  return {
      Mine::template OnEvent<STEAM_SOCKETS_STATUS_CHANGED, SteamNetConnectionStatusChangedCallback_t>,
      Mine::template OnEvent<STEAM_SOCKETS_AUTHENTICATION_STATUS, SteamNetAuthenticationStatus_t>,
      Mine::template OnEvent<STEAM_SOCKETS_RELAY_NETWORK_STATUS, SteamRelayNetworkStatus_t>,
      Mine::template OnEvent<STEAM_SOCKETS_MESSAGES_SESSION_REQUEST, SteamNetworkingMessagesSessionRequest_t>,
      Mine::template OnEvent<STEAM_SOCKETS_MESSAGES_SESSION_FAILED, SteamNetworkingMessagesSessionFailed_t>,
      Mine::OnDebugOutput,
  };
}

constexpr std::array<CallbackTable, STEAM_SOCKETS_LIBRARIES> kTables = {TableOf<0>(), TableOf<1>(), TableOf<2>(),
                                                                        TableOf<3>()};

const CallbackTable &TableAt(int32_t number) { return kTables[static_cast<size_t>(number)]; }

template <typename Function>
void *AsPointer(Function *function) {
  return reinterpret_cast<void *>(function);
}

int32_t Read(RecordRing &ring, void *into, uint32_t capacity) {
  return into == nullptr && capacity != 0 ? STEAM_SOCKETS_BAD_ARGUMENT : ring.Read(into, capacity);
}

}  // namespace

void RunCallbacks(Library &library) {
  if (IsSteam(library.functions)) {
    FetchCallbacks(library);
  } else {
    library.functions.run_callbacks(library.sockets);
  }
}

void SetCallbacks(int32_t number) {
  const Library &library = LibraryAt(number);
  const CallbackTable &table = TableAt(number);
  // Not every library knows every option; what it refuses it does not call.
  const auto set = [&](int32_t option, void *function) {
    (void)library.functions.set_config_pointer(library.utils, option, function);
  };
  set(k_ESteamNetworkingConfig_Callback_ConnectionStatusChanged, AsPointer(table.status_changed));
  set(k_ESteamNetworkingConfig_Callback_AuthStatusChanged, AsPointer(table.authentication_status));
  set(k_ESteamNetworkingConfig_Callback_RelayNetworkStatusChanged, AsPointer(table.relay_network_status));
  set(k_ESteamNetworkingConfig_Callback_MessagesSessionRequest, AsPointer(table.session_request));
  set(k_ESteamNetworkingConfig_Callback_MessagesSessionFailed, AsPointer(table.session_failed));
}

void SetDebugOutput(int32_t number, bool take) {
  Library &library = LibraryAt(number);
  if (library.functions.set_debug_output == nullptr) {
    return;
  }
  library.log_of = take ? number : -1;
  if (take) {
    int32_t level = std::max<int32_t>(library.debug_level, k_ESteamNetworkingSocketsDebugOutputType_Warning);
    for (const int32_t companion : CompanionsOf(library)) {
      LibraryAt(companion).log_of = number;
      level = std::max<int32_t>(level, LibraryAt(companion).debug_level);
    }
    library.functions.set_debug_output(library.utils, level, TableAt(number).debug_output);
  } else {
    library.functions.set_debug_output(library.utils, k_ESteamNetworkingSocketsDebugOutputType_None, nullptr);
  }
}

}  // namespace steam_sockets

using namespace steam_sockets;

int32_t steam_sockets_run_callbacks(int32_t number, uint32_t epoch, void *into, uint32_t capacity) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  RunCallbacks(*library);
  RepeatEnds(*library);
  TellOfRoom(*library);
  library->refusals_waiting = 0;
  return Read(library->events, into, capacity);
}

int32_t steam_sockets_read_events(int32_t number, uint32_t epoch, void *into, uint32_t capacity) {
  Library *const library = OpenLibrary(number, epoch);
  return library == nullptr ? STEAM_SOCKETS_NOT_OPEN : Read(library->events, into, capacity);
}

int32_t steam_sockets_read_debug_output(int32_t number, uint32_t epoch, void *into, uint32_t capacity) {
  Library *const library = OpenLibrary(number, epoch);
  return library == nullptr ? STEAM_SOCKETS_NOT_OPEN : Read(library->debug_outputs, into, capacity);
}

int32_t steam_sockets_set_debug_level(int32_t number, uint32_t epoch, int32_t level) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (level < k_ESteamNetworkingSocketsDebugOutputType_None ||
      level > k_ESteamNetworkingSocketsDebugOutputType_Everything) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  const std::lock_guard<std::mutex> guard(OpeningLock());
  library->debug_level = level;
  SetDebugOutput(number, true);
  return 0;
}

int32_t steam_sockets_take_complaint(char *into, uint32_t capacity) {
  if (into == nullptr || capacity == 0) {
    return 0;
  }
  const size_t length = std::min<size_t>(complaint.length, capacity - 1);
  std::memcpy(into, complaint.text.data(), length);
  into[length] = '\0';
  complaint.length = 0;
  return static_cast<int32_t>(length);
}
