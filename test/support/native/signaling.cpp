// Signaling objects as native code makes them: what the library wants to tell the other end is kept until it is asked
// for. The library's own interfaces have these functions in this order, and no destructor.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <vector>

namespace {

class Signaling {
 public:
  virtual bool SendSignal(uint32_t, const void *, const void *signal, int bytes) {
    const std::lock_guard<std::mutex> guard(lock_);
    const auto *first = static_cast<const uint8_t *>(signal);
    signals_.emplace_back(first, first + bytes);
    return true;
  }

  virtual void Release() { released_ = true; }

  int Take(uint8_t *into, int capacity) {
    const std::lock_guard<std::mutex> guard(lock_);
    if (signals_.empty()) {
      return 0;
    }
    const std::vector<uint8_t> signal = signals_.front();
    signals_.erase(signals_.begin());
    const int bytes = std::min(static_cast<int>(signal.size()), capacity);
    std::memcpy(into, signal.data(), static_cast<size_t>(bytes));
    return bytes;
  }

  bool IsReleased() const { return released_; }

 private:
  std::mutex lock_;
  std::vector<std::vector<uint8_t>> signals_;
  std::atomic<bool> released_{false};
};

class Context {
 public:
  explicit Context(Signaling *answer) : answer_(answer) {}

  virtual Signaling *OnConnectRequest(uint32_t connection, const void *, int) {
    connection_ = connection;
    return answer_;
  }

  virtual void SendRejectionSignal(const void *, const void *, int) {}

  uint32_t Connection() const { return connection_; }

 private:
  Signaling *answer_;
  uint32_t connection_ = 0;
};

}  // namespace

extern "C" {

// They live as long as the process: the library may release them at any time.
Signaling *signaling_new() { return new Signaling; }
int signaling_take(Signaling *signaling, uint8_t *into, int capacity) { return signaling->Take(into, capacity); }
bool signaling_released(Signaling *signaling) { return signaling->IsReleased(); }

// `answer` takes the connections that are asked for; null refuses them without a word.
Context *context_new(Signaling *answer) { return new Context(answer); }
// The connection that was asked for last, 0 for none.
uint32_t context_connection(Context *context) { return context->Connection(); }

}
