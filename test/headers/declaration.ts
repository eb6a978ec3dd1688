import type { FlatFunction } from "../../ffi/functions/index.ts";
import { FFIType } from "bun:ffi";

/** A C declaration of a function, taken apart. */
export interface Declaration {
  readonly returns: string;
  readonly symbol: string;
  /** Types with their names. */
  readonly parameters: readonly string[];
}

/** What the C types of the interface are to bun:ffi; the test asks the compiler whether that is so. */
export const scalarTypes: Readonly<Record<string, string>> = {
  bool: "bool",
  float: "f32",
  int: "i32",
  int32: "i32",
  int32_t: "i32",
  int64: "i64",
  int64_t: "i64",
  intptr_t: "i64",
  size_t: "u64",
  uint16: "u16",
  uint16_t: "u16",
  uint32: "u32",
  uint32_t: "u32",
  uint64: "u64",
  uint64_t: "u64",
  uint64_steamid: "u64",
  EResult: "i32",
  EServerMode: "i32",
  ESteamAPIInitResult: "i32",
  ESteamNetworkingAvailability: "i32",
  ESteamNetworkingConfigDataType: "i32",
  ESteamNetworkingConfigScope: "i32",
  ESteamNetworkingConfigValue: "i32",
  ESteamNetworkingConnectionState: "i32",
  ESteamNetworkingFakeIPType: "i32",
  ESteamNetworkingGetConfigValueResult: "i32",
  ESteamNetworkingSocketsDebugOutputType: "i32",
  FSteamNetworkingCustomSignalingRecvContext_OnConnectRequest: "ptr",
  FSteamNetworkingCustomSignalingRecvContext_SendRejectionSignal: "ptr",
  FSteamNetworkingSocketsCustomSignaling_Release: "ptr",
  FSteamNetworkingSocketsCustomSignaling_SendSignal: "ptr",
  FSteamNetworkingSocketsDebugOutput: "ptr",
  FnSteamNetAuthenticationStatusChanged: "ptr",
  FnSteamNetConnectionStatusChanged: "ptr",
  FnSteamNetworkingFakeIPResult: "ptr",
  FnSteamNetworkingMessagesSessionFailed: "ptr",
  FnSteamNetworkingMessagesSessionRequest: "ptr",
  FnSteamRelayNetworkStatusChanged: "ptr",
  HSteamListenSocket: "u32",
  HSteamNetConnection: "u32",
  HSteamNetPollGroup: "u32",
  HSteamPipe: "i32",
  HSteamUser: "i32",
  SteamAPICall_t: "u64",
  SteamNetworkingMicroseconds: "i64",
  SteamNetworkingPOPID: "u32",
};

/** Takes a declaration apart. */
export function parseDeclaration(c: string): Declaration {
  const [, returns = "", symbol = "", list = ""] = /^(.+?)\b(\w+)\((.*)\)$/.exec(c) ?? [];
  if (symbol === "") throw new Error(`Not the declaration of a function: ${c}`);
  return { returns: returns.trim(), symbol, parameters: splitParameters(list) };
}

/** The types for bun:ffi that follow from a declaration. */
export function ffiTypesOf(c: string): { args: string[]; returns: string } {
  const { returns, parameters } = parseDeclaration(c);
  return { args: parameters.map(ffiTypeOf), returns: returns === "void" ? "void" : ffiTypeOf(returns) };
}

/** The same of an entry, as it says itself; the faster forms of 64-bit integers are the same C type. */
export function statedTypesOf({ args, returns }: FlatFunction): { args: string[]; returns: string } {
  return { args: args.map(plainType), returns: plainType(returns) };
}

function plainType(type: FlatFunction["returns"]): string {
  if (type === FFIType.i64_fast) return "i64";
  if (type === FFIType.u64_fast) return "u64";
  return String(type);
}

function ffiTypeOf(c: string): string {
  if (/^const char \*\w*$/.test(c)) return "cstring";
  if (/[*&[]/.test(c)) return "ptr";
  const [name = ""] = c.split(" ");
  const type = scalarTypes[name];
  if (type === undefined) throw new Error(`No type for bun:ffi is known for ${c}`);
  return type;
}

function splitParameters(list: string): string[] {
  const parameters: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= list.length; at++) {
    const character = list[at];
    if (character === "(") depth++;
    if (character === ")") depth--;
    if ((character === "," && depth === 0) || at === list.length) {
      parameters.push(list.slice(start, at).trim());
      start = at + 1;
    }
  }
  return parameters.filter((parameter) => parameter !== "");
}
