// Things that JavaScript knows by number. A number is used once: it holds the thing's place and how often that place
// was used before.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace steam_sockets {

template <typename Thing, uint32_t kPlaces>
class Registry {
 public:
  struct Entry {
    int32_t number;
    Thing *thing;
  };

  // A thing that nobody uses; null when every place is taken. A place keeps its thing, and gives it out again.
  Entry Take() {
    const std::lock_guard<std::mutex> guard(lock_);
    for (uint32_t place = 0; place < kPlaces; ++place) {
      Slot &slot = slots_[place];
      if (!slot.used) {
        slot.used = true;
        if (slot.thing == nullptr) {
          slot.thing = std::make_unique<Thing>();
        }
        slot.uses = (slot.uses + 1) % (INT32_MAX / kPlaces);
        return {static_cast<int32_t>(slot.uses * kPlaces + place), slot.thing.get()};
      }
    }
    return {-1, nullptr};
  }

  // From now on the thing is found by its number.
  void Publish(int32_t number) { slots_[PlaceOf(number)].number.store(number, std::memory_order_release); }

  Thing *Find(int32_t number) {
    if (number < 0) {
      return nullptr;
    }
    const Slot &slot = slots_[PlaceOf(number)];
    return slot.number.load(std::memory_order_acquire) == number ? slot.thing.get() : nullptr;
  }

  // The thing that has or had this number, when its place is still taken; else null.
  Thing *FindHidden(int32_t number) {
    const std::lock_guard<std::mutex> guard(lock_);
    Slot *const slot = number < 0 ? nullptr : &slots_[PlaceOf(number)];
    return slot != nullptr && slot->used ? slot->thing.get() : nullptr;
  }

  // The thing at a place, whether or not it can still be found by number. The place must have been taken.
  Thing &At(uint32_t place) { return *slots_[place].thing; }

  // From now on the thing is not found any more.
  void Hide(int32_t number) { slots_[PlaceOf(number)].number.store(-1, std::memory_order_release); }

  // The place can be taken again.
  void GiveBack(uint32_t place) {
    const std::lock_guard<std::mutex> guard(lock_);
    slots_[place].used = false;
  }

  // Visits every thing whose place is taken.
  template <typename Visitor>
  void ForEach(Visitor visit) {
    for (uint32_t place = 0; place < kPlaces; ++place) {
      std::unique_lock<std::mutex> guard(lock_);
      const Slot &slot = slots_[place];
      if (slot.used) {
        guard.unlock();
        visit(Entry{slot.number.load(std::memory_order_acquire), slot.thing.get()});
      }
    }
  }

  static uint32_t PlaceOf(int32_t number) { return static_cast<uint32_t>(number) % kPlaces; }

 private:
  struct Slot {
    std::atomic<int32_t> number{-1};
    std::unique_ptr<Thing> thing;
    uint32_t uses = 0;
    bool used = false;
  };

  std::mutex lock_;
  std::array<Slot, kPlaces> slots_;
};

}  // namespace steam_sockets
