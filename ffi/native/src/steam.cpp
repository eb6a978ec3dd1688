#include "steam.h"

#include <steam/isteamnetworkingmessages.h>
#include <steam/isteamnetworkingsockets.h>
#include <steam/isteamnetworkingutils.h>

#include <array>
#include <cstdlib>
#include <string>
#if defined(_WIN32)
#include <windows.h>
#endif

namespace steam_sockets {

namespace {

// GameNetworkingSockets' headers do not have it.
#if defined(VALVE_CALLBACK_PACK_SMALL)
#pragma pack(push, 4)
#else
#pragma pack(push, 8)
#endif
struct CallbackMsg {
  int32_t user;
  int32_t callback;
  const void *payload;
  int32_t bytes;
};
#pragma pack(pop)

// A callback that we tell of, and how many bytes of it are read.
struct Told {
  int32_t callback;
  uint16_t kind;
  int32_t bytes;
};

constexpr int32_t kFakeIPResultBytes = 160;

constexpr std::array<Told, 9> kTold = {{
    {101, STEAM_SOCKETS_LOGGED_ON, 0},
    {102, STEAM_SOCKETS_LOG_ON_FAILED, 8},
    {103, STEAM_SOCKETS_LOGGED_OFF, 4},
    {1221, STEAM_SOCKETS_STATUS_CHANGED, sizeof(SteamNetConnectionStatusChangedCallback_t)},
    {1222, STEAM_SOCKETS_AUTHENTICATION_STATUS, sizeof(SteamNetAuthenticationStatus_t)},
    {1223, STEAM_SOCKETS_FAKE_IP_RESULT, kFakeIPResultBytes},
    {1251, STEAM_SOCKETS_MESSAGES_SESSION_REQUEST, sizeof(SteamNetworkingMessagesSessionRequest_t)},
    {1252, STEAM_SOCKETS_MESSAGES_SESSION_FAILED, sizeof(SteamNetworkingMessagesSessionFailed_t)},
    {1281, STEAM_SOCKETS_RELAY_NETWORK_STATUS, sizeof(SteamRelayNetworkStatus_t)},
}};

const char *OrEmpty(const char *text) { return text == nullptr ? "\0" : text; }

void SetEnvironment(const char *name, const std::string &value) {
#if defined(_WIN32)
  (void)SetEnvironmentVariableA(name, value.c_str());
#else
  // Steam reads its app from the environment, and from nowhere else.
  (void)setenv(name, value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
#endif
}

}  // namespace

bool IsSteam(const steam_sockets_functions &functions) { return functions.init == nullptr; }

bool CanStartSteam(const steam_sockets_functions &f) {
  return (f.init_user == nullptr) != (f.init_game_server == nullptr) && f.pipe != nullptr &&
         f.dispatch_by_hand != nullptr && f.run_frame != nullptr && f.next_callback != nullptr &&
         f.free_callback != nullptr;
}

bool StartSteam(const steam_sockets_functions &functions, steam_sockets_start &start, char *reason) {
  if (start.app_id != 0) {
    // Where Steam looks for it. Its own launcher sets both as well.
    const std::string app_id = std::to_string(start.app_id);
    SetEnvironment("SteamAppId", app_id);
    SetEnvironment("SteamGameId", app_id);
  }
  start.result = functions.init_user != nullptr
                     ? functions.init_user(reason)
                     : functions.init_game_server(start.ip, start.game_port, start.query_port, start.mode,
                                                  OrEmpty(start.version), OrEmpty(start.interfaces), reason);
  if (start.result == 0) {
    functions.dispatch_by_hand();
  }
  return start.result == 0;
}

std::vector<int32_t> CompanionsOf(const Library &library) {
  std::vector<int32_t> companions;
  for (int32_t number = 0; number < STEAM_SOCKETS_LIBRARIES; ++number) {
    const Library &other = LibraryAt(number);
    if (&other != &library && other.state.opens != 0 && other.functions.utils == library.functions.utils &&
        IsSteam(library.functions)) {
      companions.push_back(number);
    }
  }
  return companions;
}

void FetchCallbacks(Library &library) {
  const steam_sockets_functions &functions = library.functions;
  const int32_t pipe = functions.pipe();
  functions.run_frame(pipe);
  CallbackMsg message{};
  while (functions.next_callback(pipe, &message)) {
    for (const Told &told : kTold) {
      if (told.callback == message.callback && message.bytes >= told.bytes) {
        library.events.Push(told.kind, 0, message.payload, static_cast<uint32_t>(message.bytes));
      }
    }
    functions.free_callback(pipe);
  }
}

}  // namespace steam_sockets

using namespace steam_sockets;

int32_t steam_sockets_companions(int32_t number, uint32_t epoch) {
  const Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  const std::lock_guard<std::mutex> guard(OpeningLock());
  return static_cast<int32_t>(CompanionsOf(*library).size());
}
