// A steam_api of an SDK that there is none of here: no library of Valve's behind it, and only the flat functions that
// an opening and a message need, as a very old or a very new version might have them.
#include "notes.h"
#include "shim.h"
#include "valve.h"

const char *GiveUtilsToValve(ISteamNetworkingUtils *) { return nullptr; }

EXPORT SteamNetworkingMessage_t *SteamAPI_ISteamNetworkingUtils_AllocateMessage(ISteamNetworkingUtils *self,
                                                                                int bytes) {
  return self->AllocateMessage(bytes);
}
EXPORT ESteamNetworkingGetConfigValueResult SteamAPI_ISteamNetworkingUtils_GetConfigValue(
    ISteamNetworkingUtils *self, ESteamNetworkingConfigValue option, ESteamNetworkingConfigScope scope, intptr_t object,
    ESteamNetworkingConfigDataType *type, void *value, size_t *bytes) {
  return self->GetConfigValue(option, scope, object, type, value, bytes);
}
EXPORT const char *SteamAPI_ISteamNetworkingUtils_GetConfigValueInfo(ISteamNetworkingUtils *self,
                                                                     ESteamNetworkingConfigValue option,
                                                                     ESteamNetworkingConfigDataType *type,
                                                                     ESteamNetworkingConfigScope *scope) {
  return self->GetConfigValueInfo(option, type, scope);
}
EXPORT bool SteamAPI_ISteamNetworkingUtils_SetConfigValue(ISteamNetworkingUtils *self,
                                                          ESteamNetworkingConfigValue option,
                                                          ESteamNetworkingConfigScope scope, intptr_t object,
                                                          ESteamNetworkingConfigDataType type, const void *value) {
  return self->SetConfigValue(option, scope, object, type, value);
}
EXPORT void SteamAPI_SteamNetworkingMessage_t_Release(SteamNetworkingMessage_t *self) { self->Release(); }
EXPORT void SteamAPI_ISteamNetworkingSockets_SendMessages(ISteamNetworkingSockets *self, int count,
                                                          SteamNetworkingMessage_t *const *messages, int64 *results) {
  self->SendMessages(count, messages, results);
}
EXPORT int SteamAPI_ISteamNetworkingSockets_ReceiveMessagesOnConnection(ISteamNetworkingSockets *self,
                                                                        HSteamNetConnection connection,
                                                                        SteamNetworkingMessage_t **messages, int most) {
  return self->ReceiveMessagesOnConnection(connection, messages, most);
}
EXPORT int SteamAPI_ISteamNetworkingSockets_ReceiveMessagesOnPollGroup(ISteamNetworkingSockets *self,
                                                                       HSteamNetPollGroup group,
                                                                       SteamNetworkingMessage_t **messages, int most) {
  return self->ReceiveMessagesOnPollGroup(group, messages, most);
}
EXPORT EResult SteamAPI_ISteamNetworkingSockets_GetConnectionRealTimeStatus(
    ISteamNetworkingSockets *self, HSteamNetConnection connection, SteamNetConnectionRealTimeStatus_t *status,
    int count, SteamNetConnectionRealTimeLaneStatus_t *lanes) {
  return self->GetConnectionRealTimeStatus(connection, status, count, lanes);
}
EXPORT HSteamNetPollGroup SteamAPI_ISteamNetworkingSockets_CreatePollGroup(ISteamNetworkingSockets *self) {
  return self->CreatePollGroup();
}

EXPORT void SteamAPI_ISteamGameServer_SetProduct(ISteamGameServer *self, const char *product) {
  self->SetProduct(product);
}
EXPORT void SteamAPI_ISteamGameServer_SetGameDescription(ISteamGameServer *self, const char *description) {
  self->SetGameDescription(description);
}
EXPORT void SteamAPI_ISteamGameServer_SetDedicatedServer(ISteamGameServer *self, bool dedicated) {
  self->SetDedicatedServer(dedicated);
}
EXPORT void SteamAPI_ISteamGameServer_LogOnAnonymous(ISteamGameServer *self) { self->LogOnAnonymous(); }
EXPORT void SteamAPI_ISteamGameServer_LogOff(ISteamGameServer *self) { self->LogOff(); }
