#include "slot_pool.h"

#include <cstring>
#include <new>

namespace bench {

SlotPool::SlotPool(size_t slots, size_t slot_bytes) {
  const size_t stride = (sizeof(Slot) + slot_bytes + kLine - 1) / kLine * kLine;
  memory_.reset(static_cast<char *>(::operator new[](slots * stride, std::align_val_t(kLine))));
  // Every page there before anything is timed.
  std::memset(memory_.get(), 0, slots * stride);
  for (size_t i = slots; i-- > 0;) {
    auto *const slot = reinterpret_cast<Slot *>(memory_.get() + i * stride);
    slot->next = unused_;
    unused_ = slot;
  }
}

}  // namespace bench
