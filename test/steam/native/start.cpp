// Start, end, pipes, manual dispatch and accessors.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "notes.h"
#include "shim.h"

#ifndef SOCKETS_VERSION
#define SOCKETS_VERSION v012
#endif
#ifndef UTILS_VERSION
#define UTILS_VERSION v004
#endif
#ifndef MESSAGES_VERSION
#define MESSAGES_VERSION v002
#endif
#ifndef GAME_SERVER_VERSION
#define GAME_SERVER_VERSION v015
#endif

#define JOIN_NOW(base, version) base##_##version
#define JOIN(base, version) JOIN_NOW(base, version)

namespace {

struct Callback {
  int32_t number;
  std::vector<char> payload;
};

struct Client {
  bool runs = false;
  bool is_taken = false;  // the first of the pipe was told of and not freed
  std::deque<Callback> pipe;
};

Client clients[2];
bool dispatches_by_hand = false;
int32_t failure = 0;
std::string failure_words;

const char *NameOf(Role role) { return role == Role::kUser ? "user" : "server"; }

Client &ClientOf(Role role) { return clients[role == Role::kUser ? 0 : 1]; }

// Pipes are numbered as clients are, from 1.
Role RoleOf(HSteamPipe pipe) { return pipe == 1 ? Role::kUser : Role::kServer; }

[[noreturn]] void Misuse(const char *what) {
  std::fprintf(stderr, "steam_api is misused: %s\n", what);
  std::abort();
}

Client &Running(HSteamPipe pipe) {
  if ((pipe != 1 && pipe != 2) || !ClientOf(RoleOf(pipe)).runs) {
    Misuse("a pipe of nobody who runs");
  }
  if (!dispatches_by_hand) {
    Misuse("manual dispatch without SteamAPI_ManualDispatch_Init");
  }
  return ClientOf(RoleOf(pipe));
}

template <typename Interface>
Interface *WhileRunning(bool runs, Interface *object) {
  return runs ? object : nullptr;
}

ESteamAPIInitResult Begin(Role role, SteamErrMsg *error) {
  if (ClientOf(role).runs) {
    Misuse("it was started twice");
  }
  const char *const problem = failure != 0 ? failure_words.c_str() : provider::Begin(role);
  if (error != nullptr) {
    std::snprintf(*error, sizeof *error, "%s", problem == nullptr ? "" : problem);
  }
  ClientOf(role).runs = problem == nullptr;
  return problem == nullptr ? k_ESteamAPIInitResult_OK : static_cast<ESteamAPIInitResult>(failure != 0 ? failure : 1);
}

void End(Role role) {
  if (!ClientOf(role).runs) {
    Misuse("it was ended twice");
  }
  notes::Note("steam_api", role == Role::kUser ? "SteamAPI_Shutdown" : "SteamGameServer_Shutdown");
  provider::End(role);
  ClientOf(role) = Client{};
}

}  // namespace

void Post(Role role, int32_t callback, const void *payload, size_t bytes) {
  if (ClientOf(role).runs) {
    const char *const first = static_cast<const char *>(payload);
    ClientOf(role).pipe.push_back({callback, {first, first + bytes}});
  }
}

EXPORT ESteamAPIInitResult SteamAPI_InitFlat(SteamErrMsg *error) {
  notes::Note("steam_api", "SteamAPI_InitFlat", std::getenv("SteamAppId"), std::getenv("SteamGameId"));
  return Begin(Role::kUser, error);
}

EXPORT void SteamAPI_Shutdown() { End(Role::kUser); }

EXPORT bool SteamAPI_IsSteamRunning() { return failure == 0; }

EXPORT ESteamAPIInitResult SteamInternal_GameServer_Init_V2(uint32 ip, uint16 game_port, uint16 query_port,
                                                            EServerMode mode, const char *version,
                                                            const char *interfaces, SteamErrMsg *error) {
  std::string list;
  for (const char *name = interfaces; *name != '\0'; name += std::strlen(name) + 1) {
    list += (list.empty() ? "" : " ") + std::string(name);
  }
  notes::Note("steam_api", "SteamInternal_GameServer_Init_V2", ip, uint32_t{game_port}, uint32_t{query_port},
              static_cast<int32_t>(mode), version, list.c_str(), std::getenv("SteamAppId"));
  return Begin(Role::kServer, error);
}

EXPORT void SteamGameServer_Shutdown() { End(Role::kServer); }

EXPORT HSteamPipe SteamAPI_GetHSteamPipe() { return clients[0].runs ? 1 : 0; }
EXPORT HSteamPipe SteamGameServer_GetHSteamPipe() { return clients[1].runs ? 2 : 0; }

EXPORT void SteamAPI_ManualDispatch_Init() { dispatches_by_hand = true; }

EXPORT void SteamAPI_ManualDispatch_RunFrame(HSteamPipe pipe) {
  (void)Running(pipe);
  provider::RunFrame(RoleOf(pipe));
}

EXPORT bool SteamAPI_ManualDispatch_GetNextCallback(HSteamPipe pipe, CallbackMsg_t *message) {
  Client &client = Running(pipe);
  if (client.is_taken) {
    Misuse("the callback before was not freed");
  }
  if (client.pipe.empty()) {
    return false;
  }
  client.is_taken = true;
  std::vector<char> &payload = client.pipe.front().payload;
  *message = {pipe, client.pipe.front().number, reinterpret_cast<uint8 *>(payload.data()),
              static_cast<int>(payload.size())};
  return true;
}

EXPORT void SteamAPI_ManualDispatch_FreeLastCallback(HSteamPipe pipe) {
  Client &client = Running(pipe);
  if (!client.is_taken) {
    Misuse("no callback was told of");
  }
  // Whoever reads it later shall see that it is gone.
  std::vector<char> &payload = client.pipe.front().payload;
  std::memset(payload.data(), 0xdd, payload.size());
  client.pipe.pop_front();
  client.is_taken = false;
}

EXPORT ISteamNetworkingSockets *JOIN(SteamAPI_SteamNetworkingSockets_SteamAPI, SOCKETS_VERSION)() {
  return WhileRunning(clients[0].runs, provider::Sockets(Role::kUser));
}
EXPORT ISteamNetworkingSockets *JOIN(SteamAPI_SteamGameServerNetworkingSockets_SteamAPI, SOCKETS_VERSION)() {
  return WhileRunning(clients[1].runs, provider::Sockets(Role::kServer));
}
EXPORT ISteamNetworkingMessages *JOIN(SteamAPI_SteamNetworkingMessages_SteamAPI, MESSAGES_VERSION)() {
  return WhileRunning(clients[0].runs, provider::Messages(Role::kUser));
}
EXPORT ISteamNetworkingMessages *JOIN(SteamAPI_SteamGameServerNetworkingMessages_SteamAPI, MESSAGES_VERSION)() {
  return WhileRunning(clients[1].runs, provider::Messages(Role::kServer));
}
EXPORT ISteamNetworkingUtils *JOIN(SteamAPI_SteamNetworkingUtils_SteamAPI, UTILS_VERSION)() {
  return WhileRunning(clients[0].runs || clients[1].runs, provider::Utils());
}
EXPORT ISteamGameServer *JOIN(SteamAPI_SteamGameServer, GAME_SERVER_VERSION)() {
  return WhileRunning(clients[1].runs, RecordingGameServer());
}

// Has the next starts fail: the result, and Steam's words. 0 has them succeed.
EXPORT void steam_shim_fail_start(int32_t result, const char *words) {
  failure = result;
  failure_words = words;
}

// Puts a callback into a pipe.
EXPORT void steam_shim_post(bool to_server, int32_t callback, const void *payload, uint32_t bytes) {
  Post(to_server ? Role::kServer : Role::kUser, callback, payload, bytes);
}

// Who runs: 1 for the user, 2 for the game server, or both.
EXPORT int32_t steam_shim_runs() { return (clients[0].runs ? 1 : 0) + (clients[1].runs ? 2 : 0); }
