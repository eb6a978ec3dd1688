// A game server that notes how it presents itself and logs on.
#include "notes.h"
#include "shim.h"

namespace {

using notes::Note;
using notes::ResultOf;

constexpr const char *kSelf = "gameServer";

class GameServer final : public ISteamGameServer {
 public:
  void SetProduct(const char *product) override { Note(kSelf, "SetProduct", product); }
  void SetGameDescription(const char *description) override { Note(kSelf, "SetGameDescription", description); }
  void SetModDir(const char *folder) override { Note(kSelf, "SetModDir", folder); }
  void SetDedicatedServer(bool dedicated) override { Note(kSelf, "SetDedicatedServer", dedicated); }
  void LogOn(const char *token) override { Note(kSelf, "LogOn", token); }
  void LogOnAnonymous() override { Note(kSelf, "LogOnAnonymous"); }
  void LogOff() override { Note(kSelf, "LogOff"); }
  bool BLoggedOn() override { return ResultOf("BLoggedOn", 0) != 0; }
  bool BSecure() override { return ResultOf("BSecure", 0) != 0; }
  CSteamID GetSteamID() override { return CSteamID(static_cast<uint64>(ResultOf("GetSteamID", 0))); }
  bool WasRestartRequested() override { return ResultOf("WasRestartRequested", 0) != 0; }

  // What follows nobody calls.
  void SetMaxPlayerCount(int) override {}
  void SetBotPlayerCount(int) override {}
  void SetServerName(const char *) override {}
  void SetMapName(const char *) override {}
  void SetPasswordProtected(bool) override {}
  void SetSpectatorPort(uint16) override {}
  void SetSpectatorServerName(const char *) override {}
  void ClearAllKeyValues() override {}
  void SetKeyValue(const char *, const char *) override {}
  void SetGameTags(const char *) override {}
  void SetGameData(const char *) override {}
  void SetRegion(const char *) override {}
  void SetAdvertiseServerActive(bool) override {}
  HAuthTicket GetAuthSessionTicket(void *, int, uint32 *, const SteamNetworkingIdentity *) override { return 0; }
  EBeginAuthSessionResult BeginAuthSession(const void *, int, CSteamID) override { return {}; }
  void EndAuthSession(CSteamID) override {}
  void CancelAuthTicket(HAuthTicket) override {}
  EUserHasLicenseForAppResult UserHasLicenseForApp(CSteamID, AppId_t) override { return {}; }
  bool RequestUserGroupStatus(CSteamID, CSteamID) override { return false; }
  void GetGameplayStats() override {}
  SteamAPICall_t GetServerReputation() override { return 0; }
  SteamIPAddress_t GetPublicIP() override { return {}; }
  bool HandleIncomingPacket(const void *, int, uint32, uint16) override { return false; }
  int GetNextOutgoingPacket(void *, int, uint32 *, uint16 *) override { return 0; }
  SteamAPICall_t AssociateWithClan(CSteamID) override { return 0; }
  SteamAPICall_t ComputeNewPlayerCompatibility(CSteamID) override { return 0; }
  bool SendUserConnectAndAuthenticate_DEPRECATED(uint32, const void *, uint32, CSteamID *) override { return false; }
  CSteamID CreateUnauthenticatedUserConnection() override { return {}; }
  void SendUserDisconnect_DEPRECATED(CSteamID) override {}
  bool BUpdateUserData(CSteamID, const char *, uint32) override { return false; }

 private:
  bool InitGameServer(uint32, uint16, uint16, uint32, AppId_t, const char *) override { return false; }
  void SetMasterServerHeartbeatInterval_DEPRECATED(int) override {}
  void ForceMasterServerHeartbeat_DEPRECATED() override {}
};

}  // namespace

ISteamGameServer *RecordingGameServer() {
  static auto *const server = new GameServer;
  return server;
}
