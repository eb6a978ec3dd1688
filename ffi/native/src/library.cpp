#include "library.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>

#include "callbacks.h"
#include "gns.h"
#include "inbox.h"
#include "instances.h"
#include "message_store.h"
#include "pool.h"
#include "shared_word.h"
#include "signaling.h"
#include "steam.h"

namespace steam_sockets {

namespace {

constexpr size_t kErrorBytes = 1024;

// Never destroyed: the library's threads may still call in while the process ends.
std::array<Library, STEAM_SOCKETS_LIBRARIES> &libraries = *new std::array<Library, STEAM_SOCKETS_LIBRARIES>;

void EndLibrariesOf(uint64_t thread);

// Gives each thread a number, and ends what it left open when it ends.
struct ThreadLife {
  static uint64_t NextNumber() {
    static std::atomic<uint64_t> last{0};
    return ++last;
  }
  const uint64_t number = NextNumber();
  ThreadLife() = default;
  ThreadLife(const ThreadLife &) = delete;
  ThreadLife &operator=(const ThreadLife &) = delete;
  ~ThreadLife() {
    LeaveHeldOf(number);
    EndLibrariesOf(number);
    CloseInboxesOf(number);
    ClosePoolsOf(number);
  }
};

// Apart from its life, so that asking for it is one look.
thread_local uint64_t this_thread = 0;

uint64_t BeginThread() {
  thread_local const ThreadLife life;
  this_thread = life.number;
  return life.number;
}

int32_t Fail(int32_t answer, char *error, const char *text) {
  if (error != nullptr) {
    (void)std::snprintf(error, kErrorBytes, "%s", text);
  }
  return answer;
}

bool HasRequired(const steam_sockets_functions &f) {
  return f.kill != nullptr && f.sockets != nullptr && f.utils != nullptr && f.allocate_message != nullptr &&
         f.send_messages != nullptr && f.receive_on_connection != nullptr && f.receive_on_poll_group != nullptr &&
         f.release_message != nullptr && f.real_time_status != nullptr && f.config_value != nullptr &&
         (IsSteam(f) ? CanStartSteam(f) : f.set_config_pointer != nullptr && f.run_callbacks != nullptr);
}

// GameNetworkingSockets can be told where its complaints go before it starts, Steam only after that.
bool StartGns(Library &library, const steam_sockets_start &start, char *reason) {
  const steam_sockets_functions &functions = library.functions;
  library.utils = functions.utils();
  if (library.utils == nullptr) {
    return true;
  }
  SetDebugOutput(library.number, true);
  if (functions.set_manual_poll_mode != nullptr) {
    functions.set_manual_poll_mode(start.manual_poll != 0);
  }
  if (functions.init(start.identity, reason)) {
    return true;
  }
  SetDebugOutput(library.number, false);
  return false;
}

int32_t Start(int32_t number, const steam_sockets_functions &functions, steam_sockets_start &start, char *error) {
  Library &library = LibraryAt(number);
  library.number = static_cast<uint8_t>(number);
  library.functions = functions;
  library.debug_level = start.debug_level;
  std::array<char, kErrorBytes> reason{};
  const bool is_steam = IsSteam(functions);
  if (!(is_steam ? StartSteam(functions, start, reason.data()) : StartGns(library, start, reason.data()))) {
    return Fail(STEAM_SOCKETS_START_FAILED, error, reason.data());
  }
  library.utils = functions.utils();
  library.sockets = library.utils == nullptr ? nullptr : functions.sockets();
  if (library.sockets == nullptr) {
    if (!is_steam && library.utils != nullptr) {
      SetDebugOutput(number, false);
    }
    functions.kill();
    return Fail(STEAM_SOCKETS_START_FAILED, error, "the library gives no networking interfaces");
  }
  if (is_steam) {
    SetDebugOutput(number, true);
  } else {
    SetCallbacks(number);
  }
  Store(library.state.manual_poll, uint32_t{start.manual_poll != 0});
  Store(library.state.owner, ThisThread());
  Store(library.state.opens, uint32_t{1});
  Store(library.state.epoch, library.state.epoch + 1);
  return number;
}

void AwaitLingering(Library &library, uint32_t milliseconds) {
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (IsBuiltIn(library.functions) && LingeringConnections() > 0 && steady_clock::now() < end) {
    if (library.state.manual_poll != 0) {
      library.functions.poll(1);
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

void End(int32_t number) {
  Library &library = LibraryAt(number);
  Store(library.state.epoch, library.state.epoch + 1);
  Store(library.state.opens, uint32_t{0});
  Store(library.state.owner, uint64_t{0});
  ReleaseHeldOf(number);
  EndInstancesOf(library);
  EndSignaling(library);
  // The library keeps our functions in events that it has queued: they are taken before it goes.
  RunCallbacks(library);
  if (IsSteam(library.functions)) {
    // Its objects are gone after its end; those of GameNetworkingSockets' utilities are not, and complain until then.
    SetDebugOutput(number, false);
  }
  library.functions.kill();
  if (IsBuiltIn(library.functions)) {
    store_of_built_in.Clear();
  }
  if (!IsSteam(library.functions)) {
    SetDebugOutput(number, false);
  }
  if (library.state.manual_poll != 0) {
    library.functions.set_manual_poll_mode(false);
  }
  Store(library.state.manual_poll, uint32_t{0});
  library.events.Clear();
  library.debug_outputs.Clear();
  library.full.clear();
  library.fake_ports.clear();
  library.guarded.clear();
  library.proving.clear();
  library.sessions_prove = false;
  library.tells_refusals = false;
  library.refusals_waiting = 0;
  library.refusals_unreported = 0;
  ForgetSignals(number);
  library.sockets = nullptr;
  library.utils = nullptr;
  for (const int32_t companion : CompanionsOf(library)) {
    Library &other = LibraryAt(companion);
    other.utils = other.functions.utils();
    SetDebugOutput(companion, true);
  }
}

void EndLibrariesOf(uint64_t thread) {
  const std::lock_guard<std::mutex> guard(OpeningLock());
  for (int32_t number = 0; number < STEAM_SOCKETS_LIBRARIES; ++number) {
    if (Load(LibraryAt(number).state.owner) == thread) {
      End(number);
    }
  }
}

}  // namespace

uint64_t ThisThread() {
  const uint64_t number = this_thread;
  return number != 0 ? number : BeginThread();
}

Library &LibraryAt(int32_t number) { return libraries[static_cast<size_t>(number)]; }

std::mutex &OpeningLock() {
  static auto *const lock = new std::mutex;
  return *lock;
}

Library *OpenLibrary(int32_t number, uint32_t epoch) {
  if (number < 0 || number >= STEAM_SOCKETS_LIBRARIES || (epoch & 1) == 0) {
    return nullptr;
  }
  Library &library = LibraryAt(number);
  if (Load(library.state.epoch) != epoch || Load(library.state.owner) != ThisThread()) {
    return nullptr;
  }
  return &library;
}

Library *BuiltInLibrary(int32_t number, uint32_t epoch, int32_t &answer) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    answer = STEAM_SOCKETS_NOT_OPEN;
    return nullptr;
  }
  if (!IsBuiltIn(library->functions)) {
    answer = STEAM_SOCKETS_NO_FUNCTION;
    return nullptr;
  }
  return library;
}

}  // namespace steam_sockets

using namespace steam_sockets;

uint32_t steam_sockets_contract(void) { return STEAM_SOCKETS_CONTRACT; }

const char *steam_sockets_build(void) { return STEAM_SOCKETS_BUILD_INFO; }

uint64_t steam_sockets_thread(void) { return ThisThread(); }

const steam_sockets_state *steam_sockets_state_of(int32_t library) {
  return library < 0 || library >= STEAM_SOCKETS_LIBRARIES ? nullptr : &LibraryAt(library).state;
}

int32_t steam_sockets_open(const steam_sockets_functions *functions, steam_sockets_start *start, char *error) {
  if (functions == nullptr || start == nullptr || !HasRequired(*functions)) {
    return Fail(STEAM_SOCKETS_NO_FUNCTION, error, "the library lacks functions that every use of it needs");
  }
  if (start->manual_poll != 0 && (functions->set_manual_poll_mode == nullptr || functions->poll == nullptr)) {
    return Fail(STEAM_SOCKETS_NO_FUNCTION, error, "the library has no manual poll mode");
  }
  const std::lock_guard<std::mutex> guard(OpeningLock());
  int32_t unused = -1;
  for (int32_t number = 0; number < STEAM_SOCKETS_LIBRARIES; ++number) {
    Library &library = LibraryAt(number);
    if (library.state.opens == 0) {
      unused = unused < 0 ? number : unused;
    } else if (library.functions.kill == functions->kill) {
      if (library.state.owner != ThisThread()) {
        return Fail(STEAM_SOCKETS_OTHER_THREAD, error, "another thread of this process has the library open");
      }
      Store(library.state.opens, library.state.opens + 1);
      return number;
    }
  }
  if (unused < 0) {
    return Fail(STEAM_SOCKETS_TOO_MANY, error, "too many libraries are open in this process");
  }
  return Start(unused, *functions, *start, error);
}

int32_t steam_sockets_close(int32_t number, uint32_t epoch, uint32_t linger_milliseconds) {
  // Only this thread can open or close it, so it stays as it is while we wait without the lock.
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (library->state.opens == 1) {
    AwaitLingering(*library, linger_milliseconds);
  }
  const std::lock_guard<std::mutex> guard(OpeningLock());
  if (library->state.opens > 1) {
    Store(library->state.opens, library->state.opens - 1);
    return static_cast<int32_t>(library->state.opens);
  }
  End(number);
  return 0;
}

int32_t steam_sockets_configure_lanes(int32_t number, uint32_t epoch, uint32_t connection, int32_t lanes,
                                      const int32_t *priorities, const uint16_t *weights) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  const steam_sockets_functions &functions = library->functions;
  if (functions.configure_lanes == nullptr) {
    return STEAM_SOCKETS_NO_FUNCTION;
  }
  if (lanes < 1) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  return IsBuiltIn(functions) ? ConfigureLanes(functions, library->sockets, connection, lanes, priorities, weights)
                              : functions.configure_lanes(library->sockets, connection, lanes, priorities, weights);
}

int32_t steam_sockets_poll(int32_t number, uint32_t epoch, int32_t milliseconds) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (library->state.manual_poll == 0) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  library->functions.poll(std::max(milliseconds, 0));
  return 0;
}
