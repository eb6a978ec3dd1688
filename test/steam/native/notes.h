// What the recording objects were asked, as lines of JSON, and what they are to answer.
#pragma once

#include <steam/steam_api.h>
#include <steam/steamnetworkingfakeip.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace notes {

// Bytes as they lie there, in hexadecimal; null for no address.
struct Bytes {
  const void *first;
  size_t count;
};

// The bytes of a struct.
template <typename Struct>
Bytes Of(const Struct *value) {
  return {value, sizeof *value};
}

std::string Json(Bytes bytes);
std::string Json(const char *text);
std::string Json(bool value);
std::string Json(int32_t value);
std::string Json(uint32_t value);
std::string Json(float value);
std::string Json(int64 value);  // as text: JSON's numbers have 53 bits
std::string Json(const std::vector<int32_t> &values);

// The options that a connection or listen socket is made with.
struct Options {
  int count;
  const SteamNetworkingConfigValue_t *first;
};
std::string Json(const Options &options);

void Add(const char *self, const char *call, const std::vector<std::string> &arguments);

// Notes a call: which object, which function, which arguments in their order.
template <typename... Arguments>
void Note(const char *self, const char *call, const Arguments &...arguments) {
  Add(self, call, {Json(arguments)...});
}

// What a call is to answer; `otherwise` when nothing was set.
int64_t ResultOf(const char *call, int64_t otherwise);

// Writes what was set for an argument that the call fills, as much as there is room for.
void Fill(const char *call, int argument, void *into, size_t room);

// Forgets notes and answers.
void Clear();

}  // namespace notes
