#include "notes.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <utility>

namespace notes {

namespace {

struct Answer {
  bool is_set = false;
  int64_t result = 0;
  std::map<int, std::string> filled;
};

std::string lines;
std::map<std::string, Answer> answers;

std::string Join(const std::vector<std::string> &parts) {
  std::string joined;
  for (const std::string &part : parts) {
    joined += (joined.empty() ? "" : ",") + part;
  }
  return joined;
}

}  // namespace

std::string Json(Bytes bytes) {
  if (bytes.first == nullptr) {
    return "null";
  }
  std::string text = "\"";
  for (size_t at = 0; at < bytes.count; ++at) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<const unsigned char *>(bytes.first)[at]);
    text += digits;
  }
  return text + '"';
}

std::string Json(const char *text) {
  if (text == nullptr) {
    return "null";
  }
  std::string json = "\"";
  for (; *text != '\0'; ++text) {
    json += *text == '"' || *text == '\\' ? std::string{'\\', *text} : std::string{*text};
  }
  return json + '"';
}

std::string Json(bool value) { return value ? "true" : "false"; }
std::string Json(int32_t value) { return std::to_string(value); }
std::string Json(uint32_t value) { return std::to_string(value); }
std::string Json(float value) { return std::to_string(value); }
std::string Json(int64 value) { return '"' + std::to_string(value) + '"'; }

std::string Json(const std::vector<int32_t> &values) {
  std::vector<std::string> parts;
  for (const int32_t value : values) {
    parts.push_back(std::to_string(value));
  }
  return '[' + Join(parts) + ']';
}

std::string Json(const Options &options) {
  std::vector<std::string> parts;
  for (int at = 0; at < options.count; ++at) {
    const SteamNetworkingConfigValue_t &option = options.first[at];
    const std::string value = option.m_eDataType == k_ESteamNetworkingConfig_Int32   ? Json(option.m_val.m_int32)
                              : option.m_eDataType == k_ESteamNetworkingConfig_Int64 ? Json(int64{option.m_val.m_int64})
                              : option.m_eDataType == k_ESteamNetworkingConfig_Float ? Json(option.m_val.m_float)
                              : option.m_eDataType == k_ESteamNetworkingConfig_String ? Json(option.m_val.m_string)
                                                                                      : std::string("\"pointer\"");
    parts.push_back('[' + Join({std::to_string(option.m_eValue), std::to_string(option.m_eDataType), value}) + ']');
  }
  return '[' + Join(parts) + ']';
}

void Add(const char *self, const char *call, const std::vector<std::string> &arguments) {
  lines += "{\"self\":" + Json(self) + ",\"call\":" + Json(call) + ",\"arguments\":[" + Join(arguments) + "]}\n";
}

int64_t ResultOf(const char *call, int64_t otherwise) {
  const auto found = answers.find(call);
  return found == answers.end() || !found->second.is_set ? otherwise : found->second.result;
}

void Fill(const char *call, int argument, void *into, size_t room) {
  const auto found = answers.find(call);
  if (into == nullptr || found == answers.end()) {
    return;
  }
  const auto filled = found->second.filled.find(argument);
  if (filled != found->second.filled.end()) {
    std::memcpy(into, filled->second.data(), std::min(room, filled->second.size()));
  }
}

void Clear() {
  lines.clear();
  answers.clear();
}

}  // namespace notes

// The notes since the last time. Valid until it is called again.
EXPORT const char *steam_shim_take_notes() {
  static std::string taken;
  taken = std::exchange(notes::lines, {});
  return taken.c_str();
}

// Sets what a function answers from now on.
EXPORT void steam_shim_answer(const char *call, int64_t result) {
  notes::answers[call].is_set = true;
  notes::answers[call].result = result;
}

// Sets what a function writes into an argument, counted from 0 without `self`.
EXPORT void steam_shim_fill(const char *call, int32_t argument, const void *bytes, uint32_t count) {
  notes::answers[call].filled[argument].assign(static_cast<const char *>(bytes), count);
}

// Forgets notes and answers.
EXPORT void steam_shim_clear() { notes::Clear(); }
