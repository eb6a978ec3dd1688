#include "clock.h"
#include "kept.h"
#include "payload.h"
#include "receivers.h"
#include "senders.h"
#include "suites.h"

namespace bench {

namespace {

constexpr size_t kSlots = 512;
// The clock is looked at once in so many messages.
constexpr uint32_t kMessagesPerLook = 1024;

struct Job {
  int bytes;
  uint32_t batch;
  int flags;
  int64_t nanoseconds;
};

struct FieldByField {
  static uint32_t Write(char *payload, size_t bytes, uint32_t number) {
    Snapshot::Write(payload, bytes, number, 0);
    return number;
  }
  static uint32_t Read(const char *payload, size_t /*bytes*/) { return Snapshot::Tick(payload); }
};

template <typename Payload, typename Sender, typename Reader>
void Run(const Network &network, const Job &job) {
  const auto bytes = static_cast<size_t>(job.bytes);
  auto &sender = Kept<Sender>(network, kSlots, bytes);
  auto &receiver = Kept<Receiver<Reader>>(network, kSlots, bytes);
  const HSteamNetConnection from = network.Connections()[0];
  const HSteamNetConnection to = network.Connections()[1];
  const uint32_t batches_per_look = std::max(1U, kMessagesPerLook / job.batch);
  uint32_t number = 0;
  uint32_t written = 0;
  uint32_t read = 0;
  uint64_t received = 0;

  const int64_t start = Now();
  int64_t now = start;
  for (; now - start < job.nanoseconds; now = Now()) {
    for (uint32_t batch = 0; batch < batches_per_look; ++batch) {
      for (uint32_t i = 0; i < job.batch; ++i) {
        char *const payload = sender.Begin();
        if (payload == nullptr) {
          Fail("The native pool is dry");
        }
        written += Payload::Write(payload, bytes, number++);
        sender.Push(from, job.bytes, job.flags);
      }
      (void)sender.Send();
      for (uint32_t left = job.batch; left > 0;) {
        const int count = receiver.FromConnection(
            to, kMostReceived, [&](const char *payload, const SteamNetworkingMessage_t &message) {
              read += Payload::Read(payload, static_cast<size_t>(message.m_cbSize));
            });
        if (count <= 0) {
          Fail("Fewer messages came than were sent");
        }
        left -= static_cast<uint32_t>(count);
        received += static_cast<uint64_t>(count);
      }
    }
  }
  if (written != read) {
    Fail("Other bytes came than were sent");
  }
  Answer().With("messages", received).With("nanoseconds", now - start);
}

template <typename Payload>
void RunInStyle(Network &network, const Command &command) {
  if (network.Connections().empty()) {
    network.MakePair();
  }
  const Job job{command.Integer("bytes"), static_cast<uint32_t>(command.Integer("batch")),
                command.Flag("reliable") ? k_nSteamNetworkingSend_Reliable : k_nSteamNetworkingSend_Unreliable,
                static_cast<int64_t>(command.Number("milliseconds") * kNanosecondsPerMillisecond)};
  if (command.Text("style") == "zero-copy") {
    Run<Payload, ZeroCopySender, ZeroCopyReader>(network, job);
  } else {
    Run<Payload, CopySender, CopyReader>(network, job);
  }
}

}  // namespace

void Memory(Network &network, const Command &command) {
  if (command.Text("touch") == "touched") {
    RunInStyle<Touched>(network, command);
  } else {
    RunInStyle<Transport>(network, command);
  }
}

void Fill(Network &network, const Command &command) { RunInStyle<FieldByField>(network, command); }

}  // namespace bench
