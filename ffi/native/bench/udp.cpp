#include <memory>

#include "clock.h"
#include "kept.h"
#include "payload.h"
#include "percentiles.h"
#include "receivers.h"
#include "senders.h"
#include "suites.h"

namespace bench {

namespace {

// A message: its number, the trial that it belongs to, and when it was due on the clock that all processes share.
constexpr size_t kNumberAt = 0;
constexpr size_t kTrialAt = 4;
constexpr size_t kDueAt = 8;
constexpr uint32_t kEnd = 0xffffffff;

constexpr int64_t kTick = kNanosecondsPerMillisecond;
constexpr uint64_t kBatch = 256;
// Fewer than what the library can bear un-acknowledged.
constexpr size_t kSlots = 32768;
constexpr int kMostPendingBytesPerMessage = 8;
constexpr int64_t kSettle = 60 * kNanosecondsPerMillisecond;
constexpr int64_t kQuiet = 50 * kNanosecondsPerMillisecond;
constexpr int64_t kOvertime = 300 * kNanosecondsPerMillisecond;

// A sender that copies holds no slots, so it asks the library how much is not acknowledged yet.
bool IsFull(const Network &network, size_t bytes) {
  SteamNetConnectionRealTimeStatus_t status{};
  (void)SteamAPI_ISteamNetworkingSockets_GetConnectionRealTimeStatus(network.Sockets(), network.Connections()[0],
                                                                     &status, 0, nullptr);
  const auto pending =
      static_cast<size_t>(status.m_cbPendingReliable) + static_cast<size_t>(status.m_cbSentUnackedReliable);
  return pending / (bytes + kMostPendingBytesPerMessage) > kSlots;
}

template <typename Sender>
void SendIn(const Network &network, const Command &command) {
  const auto bytes = static_cast<size_t>(command.Integer("bytes"));
  const auto trial = static_cast<uint32_t>(command.Number("trial"));
  const double rate = command.Number("rate");
  const auto total = static_cast<uint64_t>(rate * command.Number("milliseconds") / 1000);
  const int flags = command.Flag("reliable") ? k_nSteamNetworkingSend_Reliable : k_nSteamNetworkingSend_Unreliable;
  const HSteamNetConnection connection = network.Connections()[0];
  auto &sender = Kept<Sender>(network, kSlots, bytes);

  const int64_t cpu = CpuTime();
  const int64_t start = Now();
  const int64_t most = start + static_cast<int64_t>(command.Number("milliseconds") * 1e6) + kOvertime;
  uint64_t sent = 0;
  uint64_t refused = 0;
  int64_t deadline = start;
  while (sent < total && deadline < most) {
    deadline += kTick;
    SleepUntil(deadline);
    const uint64_t due = std::min(total, static_cast<uint64_t>(rate * static_cast<double>(deadline - start) / 1e9));
    const bool waits =
        std::is_same_v<Sender, CopySender> && flags == k_nSteamNetworkingSend_Reliable && IsFull(network, bytes);
    bool dry = waits;
    while (sent < due && !dry) {
      const uint64_t batch = std::min(kBatch, due - sent);
      uint64_t pushed = 0;
      for (; pushed < batch; ++pushed) {
        char *const payload = sender.Begin();
        dry = payload == nullptr;
        if (dry) {
          break;
        }
        Put(payload, kNumberAt, static_cast<uint32_t>(sent + pushed));
        Put(payload, kTrialAt, trial);
        Put(payload, kDueAt, static_cast<double>(deadline));
        const bool last = sent + pushed + 1 == due;
        sender.Push(connection, static_cast<int>(bytes), last ? flags | k_nSteamNetworkingSend_NoNagle : flags);
      }
      refused += pushed - sender.Send();
      sent += pushed;
    }
  }

  std::array<char, 16> end{};
  Put(end.data(), kNumberAt, kEnd);
  Put(end.data(), kTrialAt, trial);
  (void)SteamAPI_ISteamNetworkingSockets_SendMessageToConnection(network.Sockets(), connection, end.data(), end.size(),
                                                                 k_nSteamNetworkingSend_ReliableNoNagle, nullptr);
  // Acknowledging is part of the work.
  SleepUntil(Now() + kSettle);
  Answer().With("sent", sent).With("refused", refused + total - sent).With("cpu", CpuTime() - cpu);
}

template <typename Reader>
void ReceiveIn(const Network &network, const Command &command) {
  const auto trial = static_cast<uint32_t>(command.Number("trial"));
  const auto latencies = std::make_unique<Histogram>();
  auto &receiver = Kept<Receiver<Reader>>(network, 0, 0);
  const int64_t cpu = CpuTime();
  Answer().With("ready", true);

  int64_t used = 0;
  uint64_t received = 0;
  int64_t tick = Now();
  int64_t last = tick + static_cast<int64_t>(command.Number("milliseconds") * 1e6);
  while (tick < last) {
    const auto now = static_cast<double>(Now());
    const int count = receiver.FromPollGroup([&](const char *payload, const SteamNetworkingMessage_t & /*message*/) {
      if (Get<uint32_t>(payload, kTrialAt) != trial) {
        return;
      }
      if (Get<uint32_t>(payload, kNumberAt) == kEnd) {
        used = CpuTime() - cpu;
        last = tick + kQuiet;
        return;
      }
      latencies->Add(now - Get<double>(payload, kDueAt));
      received++;
    });
    if (count < kMostReceived) {
      tick = std::max(tick + kTick, Now());
      SleepUntil(tick);
    }
  }
  Answer()
      .With("received", received)
      .With("p50", latencies->At(0.5))
      .With("p99", latencies->At(0.99))
      .With("cpu", used)
      .With("ended", used > 0);
}

}  // namespace

void Send(Network &network, const Command &command) {
  if (command.Text("style") == "zero-copy") {
    SendIn<ZeroCopySender>(network, command);
  } else {
    SendIn<CopySender>(network, command);
  }
}

void Receive(Network &network, const Command &command) {
  if (command.Text("style") == "zero-copy") {
    ReceiveIn<ZeroCopyReader>(network, command);
  } else {
    ReceiveIn<CopyReader>(network, command);
  }
}

}  // namespace bench
