#include "clock.h"
#include "receivers.h"
#include "suites.h"

namespace bench {

void Startup(uint16_t port) {
  const int64_t start = Now();
  Network network;
  network.Listen(port);
  const int64_t listening = Now();

  network.Connect(port, 1);
  const char hello = 1;
  (void)SteamAPI_ISteamNetworkingSockets_SendMessageToConnection(network.Sockets(), network.Connections()[0], &hello, 1,
                                                                 k_nSteamNetworkingSend_ReliableNoNagle, nullptr);
  Receiver<ZeroCopyReader> receiver(network);
  while (receiver.FromPollGroup([](const char *, const SteamNetworkingMessage_t &) {}) == 0) {
    network.RunCallbacks();
    SleepUntil(Now() + kNanosecondsPerMillisecond / 10);
  }
  Answer().With("listening", listening - start).With("message", Now());
}

}  // namespace bench
