/** What each name of the documents is here, which library serves it, and which test shows it. */
import { constantNames } from "../../ffi/constants.ts";
import * as constants from "../../ffi/constants.ts";
import * as enums from "../../ffi/enums.ts";
import { symbolOf } from "../../ffi/functions/index.ts";
import { apiFunctions, apiSignals } from "../../lib/command/doctor/api.ts";
import * as api from "../../lib/index.ts";
import { NativeLibrary } from "../../sdk/library.ts";
import { locateShippedLibrary } from "../../sdk/locate.ts";
import type { Names } from "./names.ts";
import { keyOf, libraries, type Library } from "./shown.ts";

/** A function or a signal. */
export interface Row {
  readonly godotSteam: string | undefined;
  readonly csharp: string | undefined;
  /** Its name here, without what it belongs to. */
  readonly name: string;
  /** The class that has it, or what to listen to. */
  readonly owner: "sockets" | "messages" | "event";
  /** The C function, or the struct of the callback. */
  readonly c: string;
  readonly has: Readonly<Record<Library, boolean>>;
  /** The test files that show it. */
  readonly tests: Readonly<Record<Library, readonly string[]>>;
}

/** A constant or a value of an enum. */
export interface ConstantRow {
  readonly godotSteam: string | undefined;
  /** Its name here. */
  readonly name: string;
  readonly c: string;
  readonly value: number;
}

/** All rows, and what is wrong with them. */
export interface Table {
  readonly functions: readonly Row[];
  readonly signals: readonly Row[];
  readonly constants: readonly ConstantRow[];
  /** Names without a row. */
  readonly homeless: readonly string[];
  /** Rows without a test on a library that has it. */
  readonly untested: readonly string[];
}

// Otherwise a name here is GodotSteam's, and C#'s is the same with a capital letter.
const ofCSharp: Readonly<Record<string, string>> = {
  runNetworkingCallbacks: "RunCallbacks",
  getHostedDedicatedServerPOPId: "GetHostedDedicatedServerPOPID",
};

// How GodotSteam names a callback follows no rule.
const signals: Readonly<Record<string, { readonly name: keyof typeof apiSignals; readonly c: string }>> = {
  fake_ip_result: { name: "fakeIPResult", c: "SteamNetworkingFakeIPResult_t" },
  network_authentication_status: { name: "networkAuthenticationStatus", c: "SteamNetAuthenticationStatus_t" },
  network_connection_status_changed: {
    name: "connectionStatusChanged",
    c: "SteamNetConnectionStatusChangedCallback_t",
  },
  network_messages_session_request: {
    name: "messagesSessionRequest",
    c: "SteamNetworkingMessagesSessionRequest_t",
  },
  network_messages_session_failed: { name: "messagesSessionFailed", c: "SteamNetworkingMessagesSessionFailed_t" },
};

// By how GodotSteam's names of their values begin.
const enumsByPrefix: Readonly<Record<string, keyof typeof enums.cNames>> = {
  NETWORKING_GET_CONFIG_VALUE_: "GetConfigValueResult",
  NETWORKING_CONFIG_: "ConfigValue",
  NETWORKING_SEND_: "SendFlags",
  NETWORKING_SOCKET_DEBUG_OUTPUT_TYPE_: "DebugOutputType",
  CONNECTION_STATE_: "ConnectionState",
  CONNECTION_END_: "ConnectionEnd",
  IDENTITY_TYPE_: "IdentityType",
  RESULT_: "Result",
};

/** Makes the table. */
export function tableOf(names: Names, tests: ReadonlyMap<string, readonly string[]>): Table {
  const homeless: string[] = [];
  const gns = NativeLibrary.load(locateShippedLibrary().path);
  const testsOf = (name: string) => ({
    gns: tests.get(keyOf("gns", name)) ?? [],
    steam_api: tests.get(keyOf("steam_api", name)) ?? [],
  });

  const functions: Row[] = [];
  const wanted = new Set(Object.keys(names.godotSteam.functions));
  for (const method of Object.keys(names.csharp.functions)) {
    const here = Object.entries(ofCSharp).find(([, theirs]) => theirs === method)?.[0];
    wanted.add(here ?? method.replace(/^./, (letter) => letter.toLowerCase()));
  }
  for (const name of [...wanted].sort()) {
    const known = apiFunctions.find((each) => each.name === name);
    if (known === undefined) {
      homeless.push(name);
      continue;
    }
    const { owner, declared } = known;
    const csharp = ofCSharp[name] ?? capital(name);
    functions.push({
      godotSteam: name in names.godotSteam.functions ? name : undefined,
      csharp: csharp in names.csharp.functions ? csharp : undefined,
      name,
      owner,
      c: symbolOf(declared),
      has: { gns: gns.has(symbolOf(declared)), steam_api: declared.only !== "gns" },
      tests: testsOf(name),
    });
  }

  const signalRows: Row[] = [];
  for (const theirs of names.godotSteam.signals) {
    const signal = signals[theirs];
    if (signal === undefined) homeless.push(theirs);
    else {
      signalRows.push({
        godotSteam: theirs,
        csharp: undefined,
        name: signal.name,
        owner: "event",
        c: signal.c,
        has: { gns: gns.has(symbolOf(apiSignals[signal.name])), steam_api: true },
        tests: testsOf(signal.name),
      });
    }
  }

  const constantRows = constantsOf(names, homeless);
  return {
    functions,
    signals: signalRows,
    constants: constantRows,
    homeless,
    untested: [...functions, ...signalRows].flatMap(({ name, has, tests: shown }) =>
      libraries.filter((library) => has[library] && shown[library].length === 0).map((library) => keyOf(library, name)),
    ),
  };
}

function constantsOf(names: Names, homeless: string[]): ConstantRow[] {
  const known = new Map(Object.entries(ourConstants()).map(([c, { name, value }]) => [c, { name, value }]));
  const rows = new Map<string, ConstantRow>();
  for (const [theirs, value] of Object.entries(names.godotSteam.constants)) {
    const found = constantNamed(theirs, value, known);
    if (found === undefined) homeless.push(theirs);
    else rows.set(theirs, { godotSteam: theirs, ...found });
  }
  const covered = new Set([...rows.values()].map(({ c }) => c));
  for (const c of names.sdk.filter((name) => !covered.has(name))) {
    const ours = known.get(c);
    if (ours === undefined) homeless.push(c);
    else rows.set(c, { godotSteam: undefined, c, ...ours });
  }
  return [...rows.values()];
}

/** All constants and values of enums that users can import, by their C names. */
function ourConstants(): Record<string, { readonly name: string; readonly value: number }> {
  const found: Record<string, { readonly name: string; readonly value: number }> = {};
  for (const [enumName, cNames] of Object.entries<enums.CNames>(enums.cNames)) {
    if (!(enumName in api)) continue;
    const members: Readonly<Record<string, number>> = enums[enumName as keyof typeof enums.cNames];
    for (const [member, value] of Object.entries(members)) {
      found[enums.cNameOf(cNames, member)] = { name: `${enumName}.${member}`, value };
    }
  }
  const values: Readonly<Record<string, unknown>> = constants;
  for (const [constant, c] of Object.entries(constantNames)) {
    const name = exportedAs[c];
    const value = values[constant];
    if (name === undefined || typeof value !== "number") continue;
    const exported: Readonly<Record<string, unknown>> = api;
    if (exported[name] === value) found[c] = { name, value };
  }
  return found;
}

// GodotSteam's names where it has one.
const exportedAs: Readonly<Record<string, string>> = {
  k_HSteamNetConnection_Invalid: "NETWORKING_CONNECTION_INVALID",
  k_HSteamListenSocket_Invalid: "LISTEN_SOCKET_INVALID",
  k_HSteamNetPollGroup_Invalid: "NET_POLL_GROUP_INVALID",
  k_SteamDatagramPOPID_dev: "DATAGRAM_POP_ID_DEV",
  k_cbMaxSteamNetworkingSocketsMessageSizeSend: "MAX_STEAM_PACKET_SIZE",
  k_cbSteamNetworkingSocketsFakeUDPPortRecommendedMTU: "NETWORKING_SOCKETS_FAKE_UDP_PORT_RECOMMENDED_MTU",
  k_cbSteamNetworkingSocketsFakeUDPPortMaxMessageSize: "NETWORKING_SOCKETS_FAKE_UDP_PORT_MAX_MESSAGE_SIZE",
  k_cbMaxSteamDatagramGameCoordinatorServerLoginSerialized: "MAX_GAME_COORDINATOR_SERVER_LOGIN_SERIALIZED",
};

type Known = ReadonlyMap<string, { readonly name: string; readonly value: number }>;

function constantNamed(
  theirs: string,
  value: number | null,
  known: Known,
): Omit<ConstantRow, "godotSteam"> | undefined {
  const prefix = Object.keys(enumsByPrefix).find((each) => theirs.startsWith(each));
  // These are GodotSteam's own constants, though they begin as values of an enum do.
  const isConstant = [...known.values()].some(({ name }) => name === theirs);
  const enumName = prefix === undefined || isConstant ? undefined : enumsByPrefix[prefix];
  const entries = [...known].map(([c, ours]) => ({ c, ...ours }));
  if (enumName === undefined) return entries.find(({ name }) => name === theirs);
  const members = entries.filter(({ name }) => name.startsWith(`${enumName}.`));
  const plain = (text: string) => text.toLowerCase().replaceAll("_", "");
  const wanted = plain(theirs.slice(prefix?.length));
  return (
    members.find(
      ({ name, value: ours }) => plain(name.slice(enumName.length + 1)) === wanted && (value ?? ours) === ours,
    ) ??
    // Some are written otherwise there, or with a slip of the pen; their number tells.
    members.find(({ value: ours }) => ours === value)
  );
}

function capital(name: string): string {
  return name.replace(/^./, (letter) => letter.toUpperCase());
}
