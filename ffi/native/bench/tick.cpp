#include <cmath>

#include "clock.h"
#include "kept.h"
#include "payload.h"
#include "percentiles.h"
#include "receivers.h"
#include "senders.h"
#include "suites.h"

namespace bench {

namespace {

constexpr size_t kSlots = 8192;
constexpr int kFlags = k_nSteamNetworkingSend_UnreliableNoNagle;
constexpr int64_t kSettle = 300 * kNanosecondsPerMillisecond;

// What a server does when a tick is due: every player's input is read, every player gets a snapshot.
class Match {
 public:
  Match(const Network &network, int bytes)
      : network_(network),
        bytes_(bytes),
        sender_(Kept<ZeroCopySender>(network, kSlots, static_cast<size_t>(bytes))),
        receiver_(Kept<Receiver<ZeroCopyReader>>(network, 0, 0)),
        inputs_(network.Connections().size()) {}

  void Receive() {
    network_.RunCallbacks();
    for (int count = kMostReceived; count == kMostReceived;) {
      count = receiver_.FromPollGroup([this](const char *payload, const SteamNetworkingMessage_t &message) {
        auto &newest = inputs_[static_cast<size_t>(message.m_nConnUserData)];
        newest = std::max(newest, Get<uint32_t>(payload, 0));
      });
      received_ += static_cast<uint64_t>(count);
    }
  }

  void Send(uint32_t tick) {
    for (size_t i = 0; i < inputs_.size(); ++i) {
      char *const payload = sender_.Begin();
      if (payload == nullptr) {
        Fail("The native server's pool is dry");
      }
      Snapshot::Write(payload, static_cast<size_t>(bytes_), tick, inputs_[i]);
      sender_.Push(network_.Connections()[i], bytes_, kFlags);
    }
    sent_ += sender_.Send();
  }

  [[nodiscard]] uint64_t Sent() const { return sent_; }
  [[nodiscard]] uint64_t Received() const { return received_; }

 private:
  const Network &network_;
  int bytes_;
  ZeroCopySender &sender_;
  Receiver<ZeroCopyReader> &receiver_;
  std::vector<uint32_t> inputs_;
  uint64_t sent_ = 0;
  uint64_t received_ = 0;
};

// Calls `tick` at the rate, on a fixed grid, with how late it is in nanoseconds.
template <typename Tick>
void EveryTick(double hz, double milliseconds, Tick tick) {
  const double period = 1e9 / hz;
  const auto ticks = static_cast<uint32_t>(milliseconds * hz / 1000);
  const int64_t start = Now();
  for (uint32_t number = 1; number <= ticks; ++number) {
    const int64_t deadline = start + static_cast<int64_t>(number * period);
    SleepUntil(deadline);
    tick(number, Now() - deadline);
  }
}

}  // namespace

void Serve(Network &network, const Command &command) {
  Match match(network, command.Integer("bytes"));
  std::vector<double> lateness;
  std::vector<double> sending;
  const int64_t cpu = CpuTime();
  EveryTick(command.Number("hz"), command.Number("milliseconds"), [&](uint32_t number, int64_t late) {
    lateness.push_back(static_cast<double>(late) / kNanosecondsPerMillisecond);
    match.Receive();
    const int64_t begin = Now();
    match.Send(number);
    sending.push_back(static_cast<double>(Now() - begin));
  });
  Answer()
      .With("p50", Percentile(lateness, 0.5))
      .With("p99", Percentile(lateness, 0.99))
      .With("sending", Percentile(sending, 0.5))
      .With("ticks", lateness.size())
      .With("sent", match.Sent())
      .With("received", match.Received())
      .With("cpu", CpuTime() - cpu);
}

void Play(Network &network, const Command &command) {
  const int bytes = command.Integer("bytes");
  auto &receiver = Kept<Receiver<ZeroCopyReader>>(network, 0, 0);
  auto &sender = Kept<ZeroCopySender>(network, kSlots, static_cast<size_t>(std::max(bytes, 1)));
  uint64_t sent = 0;
  uint64_t received = 0;
  const auto receive = [&] {
    network.RunCallbacks();
    while (receiver.FromPollGroup([&](const char *payload, const SteamNetworkingMessage_t & /*message*/) {
      received += Snapshot::Tick(payload) > 0 ? 1 : 0;
    }) == kMostReceived) {
    }
  };
  const int64_t cpu = CpuTime();
  EveryTick(command.Number("hz"), command.Number("milliseconds"), [&](uint32_t number, int64_t /*late*/) {
    receive();
    if (bytes == 0) {
      return;
    }
    for (const HSteamNetConnection connection : network.Connections()) {
      char *const payload = sender.Begin();
      if (payload == nullptr) {
        Fail("The bots' pool is dry");
      }
      Put(payload, 0, number);
      sender.Push(connection, bytes, kFlags);
    }
    sent += sender.Send();
  });
  SleepUntil(Now() + kSettle);
  receive();
  Answer().With("sent", sent).With("received", received).With("cpu", CpuTime() - cpu).With("memory", Memory());
}

}  // namespace bench
