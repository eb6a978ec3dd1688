/** The enums of the C interface, under TypeScript names with the SDK's values. */
import type { HelperAnswer, HelperPeers, HelperRecordKind, HelperSource } from "./enums/helper.ts";

export {
  ConfigDataType,
  ConfigScope,
  ConfigValue,
  GetConfigValueResult,
  P2PTransportICEEnable,
  configDataTypes,
} from "./enums/config.ts";
export { Availability, ConnectionEnd, ConnectionInfoFlags, ConnectionState, SendFlags } from "./enums/connection.ts";
export { DebugOutputType } from "./enums/debug-output.ts";
export { HelperAnswer, HelperPeers, HelperRecordKind, HelperSource } from "./enums/helper.ts";
export { FakeIPType, IdentityType } from "./enums/identity.ts";
export { Result } from "./enums/result.ts";
export { CallbackID, ServerMode, SteamAPIInitResult } from "./enums/steam.ts";

/** What an enum's members are called in C: `prefix`, the member, `suffix`; but for those listed. */
export interface CNames {
  readonly prefix: string;
  readonly suffix?: string;
  readonly except?: Readonly<Record<string, string>>;
}

/** The C names of every enum here. */
export const cNames = {
  Availability: { prefix: "k_ESteamNetworkingAvailability_" },
  CallbackID: { prefix: "", suffix: "_t::k_iCallback" },
  ConfigDataType: { prefix: "k_ESteamNetworkingConfig_" },
  ConfigScope: { prefix: "k_ESteamNetworkingConfig_" },
  ConfigValue: { prefix: "k_ESteamNetworkingConfig_" },
  ConnectionEnd: {
    prefix: "k_ESteamNetConnectionEnd_",
    except: {
      Remote_NotLoggedIn: "k_ESteamNetConnectionEnd_Remote_NotLoggedIn_DEPRECATED",
      Remote_NotRunningApp: "k_ESteamNetConnectionEnd_Remote_NotRunningApp_DEPRECATED",
      Misc_RelayConnectivity: "k_ESteamNetConnectionEnd_Misc_RelayConnectivity_DEPRECATED",
    },
  },
  ConnectionInfoFlags: { prefix: "k_nSteamNetworkConnectionInfoFlags_" },
  ConnectionState: {
    prefix: "k_ESteamNetworkingConnectionState_",
    except: { Force32Bit: "k_ESteamNetworkingConnectionState__Force32Bit" },
  },
  DebugOutputType: {
    prefix: "k_ESteamNetworkingSocketsDebugOutputType_",
    except: { Force32Bit: "k_ESteamNetworkingSocketsDebugOutputType__Force32Bit" },
  },
  FakeIPType: { prefix: "k_ESteamNetworkingFakeIPType_" },
  GetConfigValueResult: {
    prefix: "k_ESteamNetworkingGetConfigValue_",
    except: { Force32Bit: "k_ESteamNetworkingGetConfigValueResult__Force32Bit" },
  },
  HelperAnswer: {
    prefix: "STEAM_SOCKETS_",
    except: {
      NotOpen: "STEAM_SOCKETS_NOT_OPEN",
      OtherThread: "STEAM_SOCKETS_OTHER_THREAD",
      StartFailed: "STEAM_SOCKETS_START_FAILED",
      TooMany: "STEAM_SOCKETS_TOO_MANY",
      NoFunction: "STEAM_SOCKETS_NO_FUNCTION",
      BadArgument: "STEAM_SOCKETS_BAD_ARGUMENT",
      NoHandle: "STEAM_SOCKETS_NO_HANDLE",
      NoMemory: "STEAM_SOCKETS_NO_MEMORY",
    } satisfies Record<keyof typeof HelperAnswer, string>,
  },
  HelperRecordKind: {
    prefix: "STEAM_SOCKETS_",
    except: {
      StatusChanged: "STEAM_SOCKETS_STATUS_CHANGED",
      AuthenticationStatus: "STEAM_SOCKETS_AUTHENTICATION_STATUS",
      RelayNetworkStatus: "STEAM_SOCKETS_RELAY_NETWORK_STATUS",
      MessagesSessionRequest: "STEAM_SOCKETS_MESSAGES_SESSION_REQUEST",
      MessagesSessionFailed: "STEAM_SOCKETS_MESSAGES_SESSION_FAILED",
      DebugOutput: "STEAM_SOCKETS_DEBUG_OUTPUT",
      Drained: "STEAM_SOCKETS_DRAINED",
      FakeIPResult: "STEAM_SOCKETS_FAKE_IP_RESULT",
      LoggedOn: "STEAM_SOCKETS_LOGGED_ON",
      LogOnFailed: "STEAM_SOCKETS_LOG_ON_FAILED",
      LoggedOff: "STEAM_SOCKETS_LOGGED_OFF",
      Signal: "STEAM_SOCKETS_SIGNAL",
      Refused: "STEAM_SOCKETS_REFUSED",
    } satisfies Record<keyof typeof HelperRecordKind, string>,
  },
  HelperPeers: {
    prefix: "STEAM_SOCKETS_",
    except: {
      Ignore: "STEAM_SOCKETS_IGNORE_PEERS",
      Ask: "STEAM_SOCKETS_ASK_FOR_PEERS",
    } satisfies Record<keyof typeof HelperPeers, string>,
  },
  HelperSource: {
    prefix: "STEAM_SOCKETS_FROM_",
    except: {
      Connection: "STEAM_SOCKETS_FROM_CONNECTION",
      PollGroup: "STEAM_SOCKETS_FROM_POLL_GROUP",
      Channel: "STEAM_SOCKETS_FROM_CHANNEL",
      FakePort: "STEAM_SOCKETS_FROM_FAKE_PORT",
    } satisfies Record<keyof typeof HelperSource, string>,
  },
  IdentityType: {
    prefix: "k_ESteamNetworkingIdentityType_",
    except: { Force32Bit: "k_ESteamNetworkingIdentityType__Force32bit" },
  },
  P2PTransportICEEnable: { prefix: "k_nSteamNetworkingConfig_P2P_Transport_ICE_Enable_" },
  Result: { prefix: "k_EResult", except: { PhoneNumberIsVOIP: "K_EResultPhoneNumberIsVOIP" } },
  SendFlags: { prefix: "k_nSteamNetworkingSend_" },
  ServerMode: { prefix: "eServerMode" },
  SteamAPIInitResult: { prefix: "k_ESteamAPIInitResult_" },
} as const satisfies Readonly<Record<string, CNames>>;

/** What a member of an enum is called in C. */
export function cNameOf(names: CNames, member: string): string {
  return names.except?.[member] ?? `${names.prefix}${member}${names.suffix ?? ""}`;
}
