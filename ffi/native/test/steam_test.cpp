// Proves of a library that starts as Steam's does and has its callbacks fetched (the real one with its start and its
// pipe exchanged, for want of a Steam client):
//  - the user's start and the game server's get what they are to get, and are two libraries, open at once;
//  - a start that fails tells Steam's own result and words;
//  - every callback of the pipe is fetched and freed, once; those that we tell of come out of the ring, whole;
//    others, and any that are too short, do not;
//  - user and game server have one log, which both get as much of as they asked for, and one ISteamNetworkingUtils,
//    asked for anew when either has ended; each counts the other as its companion;
//  - fake UDP ports have numbers, and only numbers of open ones are received from.
#include <array>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "check.h"
#include "library_test.h"

namespace {

using library_test::BuiltIn;
using library_test::Opened;
using library_test::Pair;
using library_test::StartOf;

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

struct Waiting {
  int32_t callback;
  std::vector<char> payload;
};

// What the exchanged functions were asked, and answer.
struct Steam {
  int32_t init_result = 0;
  int frames = 0;
  int freed = 0;
  int by_hand = 0;
  int user_ends = 0;
  int server_ends = 0;
  steam_sockets_start server{};
  std::string version;
  std::string interfaces;
  std::deque<Waiting> user_pipe;
  std::deque<Waiting> server_pipe;
  std::vector<void *> fake_ports;
  void (*log)(int32_t, const char *) = nullptr;
  int32_t log_level = 0;
  int utils_asked = 0;
} steam;

constexpr int32_t kUserPipe = 7;
constexpr int32_t kServerPipe = 8;

std::deque<Waiting> &PipeAt(int32_t pipe) { return pipe == kUserPipe ? steam.user_pipe : steam.server_pipe; }

// The library below can be started once only, for both.
int starts = 0;

void BeginBelow() {
  SteamNetworkingErrMsg error{};
  CHECK(starts++ > 0 || GameNetworkingSockets_Init(nullptr, error));
}

void EndBelow() {
  if (--starts == 0) {
    GameNetworkingSockets_Kill();
  }
}

steam_sockets_functions WithPipe() {
  steam_sockets_functions f = BuiltIn();
  f.init = nullptr;
  f.set_config_pointer = nullptr;
  f.run_callbacks = nullptr;
  f.set_manual_poll_mode = nullptr;
  f.poll = nullptr;
  f.dispatch_by_hand = [] { ++steam.by_hand; };
  f.run_frame = [](int32_t pipe) {
    CHECK(pipe == kUserPipe || pipe == kServerPipe);
    ++steam.frames;
  };
  f.next_callback = [](int32_t pipe, void *into) {
    if (PipeAt(pipe).empty()) {
      return false;
    }
    const Waiting &first = PipeAt(pipe).front();
    const CallbackMsg message{1, first.callback, first.payload.data(), static_cast<int32_t>(first.payload.size())};
    std::memcpy(into, &message, sizeof message);
    return true;
  };
  f.free_callback = [](int32_t pipe) {
    ++steam.freed;
    PipeAt(pipe).pop_front();
  };
  f.utils = [] {
    ++steam.utils_asked;
    return library_test::BuiltIn().utils();
  };
  f.set_debug_output = [](void *, int32_t level, void (*log)(int32_t, const char *)) {
    steam.log_level = level;
    steam.log = log;
  };
  f.receive_on_fake_port = [](void *port, void **, int32_t) {
    steam.fake_ports.push_back(port);
    return 0;
  };
  return f;
}

steam_sockets_functions User() {
  steam_sockets_functions f = WithPipe();
  f.init_user = [](char *error) {
    (void)std::snprintf(error, 1024, "%s", steam.init_result == 0 ? "" : "no client runs");
    if (steam.init_result == 0) {
      BeginBelow();
    }
    return steam.init_result;
  };
  f.kill = [] {
    ++steam.user_ends;
    EndBelow();
  };
  f.pipe = [] { return kUserPipe; };
  return f;
}

steam_sockets_functions Server() {
  steam_sockets_functions f = WithPipe();
  f.init_game_server = [](uint32_t ip, uint16_t game_port, uint16_t query_port, int32_t mode, const char *version,
                          const char *interfaces, char *) {
    steam.server.ip = ip;
    steam.server.game_port = game_port;
    steam.server.query_port = query_port;
    steam.server.mode = mode;
    steam.version = version;
    steam.interfaces.assign(interfaces, interfaces[0] == '\0' ? 0 : 8);
    BeginBelow();
    return 0;
  };
  f.kill = [] {
    ++steam.server_ends;
    EndBelow();
  };
  f.pipe = [] { return kServerPipe; };
  return f;
}

template <typename Struct>
std::vector<char> BytesOf(const Struct &value) {
  const char *const first = reinterpret_cast<const char *>(&value);
  return {first, first + sizeof value};
}

std::vector<steam_sockets_record> Heads(const Opened &library) {
  std::vector<char> into(1 << 16);
  std::vector<steam_sockets_record> heads;
  const int32_t written = steam_sockets_run_callbacks(library.number, library.epoch, into.data(), 1 << 16);
  for (int32_t at = 0; at < written;) {
    steam_sockets_record head;
    std::memcpy(&head, into.data() + at, sizeof head);
    heads.push_back(head);
    at += static_cast<int32_t>(head.bytes);
  }
  return heads;
}

std::string Environment(const char *name) {
  const char *const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread here
  return value == nullptr ? "" : value;
}

void StartsBoth() {
  steam_sockets_start as_user = StartOf();
  as_user.app_id = 480;
  const Opened user(User(), as_user);
  CHECK(user.number >= 0 && steam.by_hand == 1);
  CHECK(Environment("SteamAppId") == "480" && Environment("SteamGameId") == "480");
  steam_sockets_start as_server = StartOf();
  as_server.ip = 0x7f000001;
  as_server.game_port = 27015;
  as_server.query_port = 27016;
  as_server.mode = 3;
  as_server.version = "1.2.3.4";
  as_server.interfaces = "one\0two";
  const Opened server(Server(), as_server);
  CHECK(server.number >= 0 && server.number != user.number && steam.by_hand == 2);
  CHECK(steam.server.ip == 0x7f000001 && steam.server.game_port == 27015 && steam.server.query_port == 27016);
  CHECK(steam.server.mode == 3 && steam.version == "1.2.3.4" && steam.interfaces == std::string("one\0two\0", 8));
  CHECK(Environment("SteamAppId") == "480");
  const Opened user_again(User());
  CHECK(user_again.number == user.number && starts == 2);
}

void TellsOfAFailedStart() {
  steam.init_result = 2;
  const Opened user(User());
  CHECK(user.number == STEAM_SOCKETS_START_FAILED && user.start.result == 2);
  CHECK(std::strcmp(user.error.data(), "no client runs") == 0);
  steam.init_result = 0;
  steam_sockets_functions half = User();
  half.next_callback = nullptr;
  CHECK(Opened(half).number == STEAM_SOCKETS_NO_FUNCTION);
  half = User();
  half.init_user = nullptr;
  CHECK(Opened(half).number == STEAM_SOCKETS_NO_FUNCTION);
  CHECK(Opened(User(), StartOf(true)).number == STEAM_SOCKETS_NO_FUNCTION);
}

void FetchesCallbacks() {
  SteamNetConnectionStatusChangedCallback_t changed{};
  changed.m_hConn = 12;
  const SteamRelayNetworkStatus_t relay{};
  const Opened user(User());
  const Opened server(Server());
  steam.frames = 0;
  CHECK(Heads(user).empty() && steam.frames == 1);
  steam.freed = 0;
  steam.user_pipe = {
      {1221, BytesOf(changed)}, {304, {'x'}},        {1281, BytesOf(relay)},         {1281, {'s'}}, {101, {}},
      {102, {8, '\0'}},         {103, {4, 0, 0, 0}}, {1223, std::vector<char>(160)}, {1223, {'s'}}, {1222, {'s', 's'}}};
  steam.server_pipe = {{101, {'\0'}}};
  const auto heads = Heads(user);
  std::vector<int> kinds;
  kinds.reserve(heads.size());
  for (const steam_sockets_record &head : heads) {
    kinds.push_back(head.kind);
  }
  CHECK((kinds == std::vector<int>{STEAM_SOCKETS_STATUS_CHANGED, STEAM_SOCKETS_RELAY_NETWORK_STATUS,
                                   STEAM_SOCKETS_LOGGED_ON, STEAM_SOCKETS_LOGGED_OFF, STEAM_SOCKETS_FAKE_IP_RESULT}));
  CHECK(heads[0].payload == sizeof changed && heads[1].payload == sizeof relay && heads[2].payload == 0);
  CHECK(steam.freed == 10 && steam.user_pipe.empty() && steam.server_pipe.size() == 1);
  CHECK(Heads(user).empty());
  CHECK(Heads(server).size() == 1);
}

void SendsAsAnyLibraryDoes() {
  const Opened user(User());
  const Pair pair(false);
  CHECK(pair.one != 0 && pair.two != 0);
  steam_sockets_outgoing row{};
  row.connection = pair.one;
  row.flags = k_nSteamNetworkingSend_Reliable;
  row.bytes = 3;
  row.references = 1;
  row.copied = 1;
  CHECK(steam_sockets_send(user.number, user.epoch, -1, &row, 1, "abc", 3, false) == 1 && row.result > 0);
  SteamNetworkingMessage_t *message = nullptr;
  CHECK(SteamNetworkingSockets()->ReceiveMessagesOnConnection(pair.two, &message, 1) == 1);
  CHECK(message->m_cbSize == 3 && std::memcmp(message->m_pData, "abc", 3) == 0);
  message->Release();
}

int LinesOf(const Opened &library) {
  std::array<char, 4096> into;
  const int32_t written = steam_sockets_read_debug_output(library.number, library.epoch, into.data(), into.size());
  int lines = 0;
  for (int32_t at = 0; at < written; ++lines) {
    steam_sockets_record head;
    std::memcpy(&head, into.data() + at, sizeof head);
    at += static_cast<int32_t>(head.bytes);
  }
  return lines;
}

void SharesWhatSteamHasOnce() {
  constexpr int kWarning = k_ESteamNetworkingSocketsDebugOutputType_Warning;
  constexpr int kMessage = k_ESteamNetworkingSocketsDebugOutputType_Msg;
  const Opened user(User(), false, kMessage);
  CHECK(steam_sockets_companions(user.number, user.epoch) == 0 && steam.log_level == kMessage);
  {
    const Opened server(Server(), false, kWarning);
    CHECK(steam_sockets_companions(user.number, user.epoch) == 1);
    CHECK(steam_sockets_companions(server.number, server.epoch) == 1);
    CHECK(steam.log_level == kMessage);
    steam.log(kMessage, "a message");
    steam.log(kWarning, "a warning");
    CHECK(LinesOf(user) == 2 && LinesOf(server) == 1);
    CHECK(steam_sockets_set_debug_level(user.number, user.epoch, 0) == 0 && steam.log_level == kWarning);
    steam.log(kWarning, "another");
    CHECK(LinesOf(user) == 0 && LinesOf(server) == 1);
    steam.utils_asked = 0;
    CHECK(steam_sockets_set_debug_level(user.number, user.epoch, kMessage) == 0);
  }
  CHECK(steam.utils_asked == 1 && steam_sockets_companions(user.number, user.epoch) == 0);
  CHECK(steam.log != nullptr && steam.log_level == kMessage);
  steam.log(kMessage, "still heard");
  CHECK(LinesOf(user) == 1);
  CHECK(steam_sockets_companions(user.number, user.epoch + 2) == STEAM_SOCKETS_NOT_OPEN);
}

void NumbersFakePorts() {
  const Opened user(User());
  int one = 0;
  int two = 0;
  CHECK(steam_sockets_fake_port_open(user.number, user.epoch, nullptr) == STEAM_SOCKETS_BAD_ARGUMENT);
  const int32_t first = steam_sockets_fake_port_open(user.number, user.epoch, &one);
  const int32_t second = steam_sockets_fake_port_open(user.number, user.epoch, &two);
  CHECK(first == 0 && second == 1 && steam_sockets_fake_port_open(user.number, user.epoch, &one) == first);
  const int32_t inbox = steam_sockets_inbox_open();
  std::array<uint32_t, 1> word{};
  std::array<int32_t, 1> integer{};
  std::array<int64_t, 1> wide{};
  std::array<char, 136> identity{};
  std::array<char, 64> arena{};
  steam_sockets_columns columns{};
  columns.capacity = 1;
  columns.arena_bytes = arena.size();
  columns.arena = arena.data();
  columns.connection = columns.bytes = columns.window = columns.offset = columns.identity = columns.lane = word.data();
  columns.flags = columns.channel = integer.data();
  columns.user_data = columns.message_number = columns.time_received = columns.address = wide.data();
  columns.identities = identity.data();
  const auto receive = [&](int32_t port) {
    return steam_sockets_receive(user.number, user.epoch, inbox, STEAM_SOCKETS_FROM_FAKE_PORT,
                                 static_cast<uint32_t>(port), &columns, 1, 64);
  };
  CHECK(receive(second) == 0 && steam.fake_ports == std::vector<void *>{&two});
  CHECK(steam_sockets_fake_port_close(user.number, user.epoch, 1) == 0);
  CHECK(steam_sockets_fake_port_close(user.number, user.epoch, 1) == STEAM_SOCKETS_NO_HANDLE);
  CHECK(receive(second) == STEAM_SOCKETS_NO_HANDLE && receive(2) == STEAM_SOCKETS_NO_HANDLE);
  CHECK(receive(-1) == STEAM_SOCKETS_NO_HANDLE && steam.fake_ports.size() == 1);
  CHECK(steam_sockets_fake_port_open(user.number, user.epoch, &two) == second);
  CHECK(steam_sockets_fake_port_open(user.number, user.epoch + 2, &two) == STEAM_SOCKETS_NOT_OPEN);
  (void)steam_sockets_inbox_close(inbox);
}

}  // namespace

int main() {
  StartsBoth();
  CHECK(steam.user_ends == 1 && steam.server_ends == 1 && starts == 0);
  TellsOfAFailedStart();
  FetchesCallbacks();
  SendsAsAnyLibraryDoes();
  SharesWhatSteamHasOnce();
  CHECK(steam.log == nullptr);
  NumbersFakePorts();
  return check::Done();
}
