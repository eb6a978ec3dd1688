// Words that one thread writes and others read without a lock, here or in JavaScript. They lie in plain C structs, so
// they can't be std::atomic.
#pragma once

namespace steam_sockets {

template <typename Word>
Word Load(const Word &word) {
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}

template <typename Word>
void Store(Word &word, Word value) {
  __atomic_store_n(&word, value, __ATOMIC_RELEASE);
}

// Answers the value before. In one order with every other such step.
template <typename Word>
Word FetchAdd(Word &word, Word value) {
  return __atomic_fetch_add(&word, value, __ATOMIC_SEQ_CST);
}

}  // namespace steam_sockets
