#include "instances.h"

#include <steam/isteamnetworkingmessages.h>
#include <steam/steamnetworkingsockets.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

#include "gns.h"
#include "steamnetworkingsockets/clientlib/csteamnetworkingmessages.h"
#include "steamnetworkingsockets/clientlib/csteamnetworkingsockets.h"
#include "steamnetworkingsockets/clientlib/steamnetworkingsockets_connections.h"

#ifndef STEAMNETWORKINGSOCKETS_ALLOW_DYNAMIC_SELFSIGNED_CERTS
#error "The helper and GameNetworkingSockets must be built with the same definitions"
#endif

namespace steam_sockets {

namespace {

using namespace SteamNetworkingSocketsLib;

constexpr size_t kErrorBytes = 1024;

uint16_t KindOf(int callback) {
  switch (callback) {
    case SteamNetConnectionStatusChangedCallback_t::k_iCallback:
      return STEAM_SOCKETS_STATUS_CHANGED;
    case SteamNetworkingMessagesSessionRequest_t::k_iCallback:
      return STEAM_SOCKETS_MESSAGES_SESSION_REQUEST;
    case SteamNetworkingMessagesSessionFailed_t::k_iCallback:
      return STEAM_SOCKETS_MESSAGES_SESSION_FAILED;
    default:
      return 0;
  }
}

// What it would queue for its callbacks goes to the records of the library at once, with its number.
class Instance final : public CSteamNetworkingSockets {
 public:
  Instance(Library &library, int32_t number)
      : CSteamNetworkingSockets(static_cast<CSteamNetworkingUtils *>(SteamNetworkingUtils())),
        library_(library),
        number_(number) {}

  int32_t number() const { return number_; }

 private:
  void InternalQueueCallback(int callback, int bytes, const void *payload, void * /*unused*/) override {
    const uint16_t kind = KindOf(callback);
    if (kind != 0) {
      library_.events.Push(kind, number_, payload, static_cast<uint32_t>(bytes));
    }
  }

  Library &library_;
  const int32_t number_;
};

// Of the library that is built in, which is open once. The owner's thread alone looks at them, but for the end of the
// thread itself.
std::map<int32_t, Instance *> &Instances() {
  static auto *const instances = new std::map<int32_t, Instance *>;
  return *instances;
}
int32_t last_number = 0;

Library *BuiltInLibrary(int32_t number, uint32_t epoch) {
  Library *const library = OpenLibrary(number, epoch);
  return library != nullptr && IsBuiltIn(library->functions) ? library : nullptr;
}

Instance *Find(int32_t number) {
  const auto found = Instances().find(number);
  return found == Instances().end() ? nullptr : found->second;
}

Instance *Find(int32_t library, uint32_t epoch, int32_t instance) {
  return BuiltInLibrary(library, epoch) == nullptr ? nullptr : Find(instance);
}

void Destroy(Instance &instance) {
  const SteamNetworkingGlobalLock lock("DestroyInstance");
  instance.Destroy();
}

bool Lingers(const Instance &instance) {
  const SteamNetworkingGlobalLock lock("Lingers");
  const TableScopeLock table_lock(g_tables_lock);
  for (const CSteamNetworkConnectionBase *connection : g_mapConnections.IterValues()) {
    if (connection->m_pSteamNetworkingSocketsInterface == &instance &&
        connection->GetState() == k_ESteamNetworkingConnectionState_Linger) {
      return true;
    }
  }
  return false;
}

// What is kept of its connections by their handles.
void ForgetConnectionsOf(Library &library, const Instance &instance) {
  const SteamNetworkingGlobalLock lock("ForgetConnections");
  const TableScopeLock table_lock(g_tables_lock);
  for (const CSteamNetworkConnectionBase *connection : g_mapConnections.IterValues()) {
    if (connection->m_pSteamNetworkingSocketsInterface == &instance) {
      library.guarded.erase(connection->m_hConnectionSelf);
      library.proving.erase(connection->m_hConnectionSelf);
      library.full.erase(connection->m_hConnectionSelf);
    }
  }
}

void AwaitLingering(const Library &library, const Instance &instance, uint32_t milliseconds) {
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (steady_clock::now() < end && Lingers(instance)) {
    if (library.state.manual_poll != 0) {
      library.functions.poll(1);
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

}  // namespace

int32_t InstanceOf(const Library &library, uint32_t connection) {
  if (!IsBuiltIn(library.functions) || Instances().empty()) {
    return 0;
  }
  const SteamNetworkingGlobalLock lock("InstanceOf");
  const TableScopeLock table_lock(g_tables_lock);
  const int index = g_mapConnections.Find(static_cast<uint16>(connection));
  if (!g_mapConnections.IsValidIndex(index)) {
    return 0;
  }
  const CSteamNetworkingSockets *const owner = g_mapConnections[index]->m_pSteamNetworkingSocketsInterface;
  return owner == SteamNetworkingSockets() ? 0 : static_cast<const Instance *>(owner)->number();
}

void *MessagesOf(const Library &library, int32_t instance) {
  if (instance == 0) {
    return library.functions.messages();
  }
  Instance *const found = IsBuiltIn(library.functions) ? Find(instance) : nullptr;
  if (found == nullptr) {
    return nullptr;
  }
  const SteamNetworkingGlobalLock lock("MessagesOf");
  return static_cast<ISteamNetworkingMessages *>(found->GetSteamNetworkingMessages());
}

void EndInstancesOf(Library &library) {
  if (!IsBuiltIn(library.functions)) {
    return;
  }
  for (const auto &[number, instance] : Instances()) {
    Destroy(*instance);
  }
  Instances().clear();
}

}  // namespace steam_sockets

using namespace steam_sockets;

int32_t steam_sockets_instance_open(int32_t number, uint32_t epoch, const void *identity, char *error) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (!IsBuiltIn(library->functions)) {
    return STEAM_SOCKETS_NO_FUNCTION;
  }
  if (error == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  if (Instances().size() >= STEAM_SOCKETS_INSTANCES || last_number == INT32_MAX) {
    return STEAM_SOCKETS_TOO_MANY;
  }
  const SteamNetworkingGlobalLock lock("OpenInstance");
  auto *const instance = new Instance(*library, ++last_number);
  SteamNetworkingErrMsg reason{};
  if (!instance->BInitGameNetworkingSockets(static_cast<const SteamNetworkingIdentity *>(identity), reason)) {
    (void)std::snprintf(error, kErrorBytes, "%s", reason);
    instance->Destroy();
    return STEAM_SOCKETS_START_FAILED;
  }
  Instances().emplace(last_number, instance);
  return last_number;
}

int32_t steam_sockets_instance_close(int32_t number, uint32_t epoch, int32_t instance_number,
                                     uint32_t linger_milliseconds) {
  Library *const library = BuiltInLibrary(number, epoch);
  Instance *const instance = library == nullptr ? nullptr : Find(instance_number);
  if (instance == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  AwaitLingering(*library, *instance, linger_milliseconds);
  ForgetConnectionsOf(*library, *instance);
  Instances().erase(instance_number);
  Destroy(*instance);
  return 0;
}

void *steam_sockets_instance_sockets(int32_t number, uint32_t epoch, int32_t instance) {
  return static_cast<ISteamNetworkingSockets *>(Find(number, epoch, instance));
}

void *steam_sockets_instance_messages(int32_t number, uint32_t epoch, int32_t instance) {
  const Library *const library = BuiltInLibrary(number, epoch);
  return library == nullptr || instance == 0 ? nullptr : MessagesOf(*library, instance);
}

int32_t steam_sockets_instances(int32_t number, uint32_t epoch) {
  if (OpenLibrary(number, epoch) == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  return BuiltInLibrary(number, epoch) == nullptr ? 0 : static_cast<int32_t>(Instances().size());
}
