/** The API of Valve's documents by the names that it has here, and how much of it a library has. */
import { networking, symbolOf, type FlatFunction } from "../../../ffi/functions/index.ts";
import type { NativeLibrary } from "../../../sdk/library.ts";
import type { NetworkingEvents } from "../../events/events.ts";
import { NetworkingMessages } from "../../messages/messages.ts";
import { NetworkingSockets } from "../../sockets/sockets.ts";

/** A function of the documents. */
export interface ApiFunction {
  /** `net.sockets` or `net.messages`. */
  readonly owner: "sockets" | "messages";
  /** Its name here. */
  readonly name: string;
  /** What it calls. */
  readonly declared: FlatFunction;
}

// Otherwise a name here is C's with a small letter.
const otherNames: Readonly<Record<string, string>> = {
  RunCallbacks: "runNetworkingCallbacks",
  GetHostedDedicatedServerPOPID: "getHostedDedicatedServerPOPId",
};

/** Every function of ISteamNetworkingSockets and ISteamNetworkingMessages that users can call, by name. */
export const apiFunctions: readonly ApiFunction[] = [
  ...functionsOf("sockets", NetworkingSockets.prototype),
  ...functionsOf("messages", NetworkingMessages.prototype),
].sort((one, other) => (one.name < other.name ? -1 : 1));

function functionsOf(owner: ApiFunction["owner"], methods: object): ApiFunction[] {
  return Object.entries<FlatFunction>(networking[owner])
    .map(([c, declared]) => ({
      owner,
      name: otherNames[c] ?? c.replace(/^./, (letter) => letter.toLowerCase()),
      declared,
    }))
    .filter(({ name }) => name in methods);
}

/** The signals of the documents, each with a function without which it can't come. */
export const apiSignals = {
  connectionStatusChanged: networking.sockets.AcceptConnection,
  fakeIPResult: networking.sockets.BeginAsyncRequestFakeIP,
  messagesSessionFailed: networking.messages.SendMessageToUser,
  messagesSessionRequest: networking.messages.AcceptSessionWithUser,
  networkAuthenticationStatus: networking.sockets.GetAuthenticationStatus,
} as const satisfies { readonly [Name in keyof NetworkingEvents]?: FlatFunction };

// They are done by other functions, without which no library is opened.
const everywhere = ["runNetworkingCallbacks", "sendMessageToConnection"];

/** Whether a library has each of them. */
export interface ApiFinding {
  /** By name: `net.sockets.acceptConnection`. */
  readonly functions: Readonly<Record<string, boolean>>;
  /** By name: `connectionStatusChanged`. */
  readonly signals: Readonly<Record<string, boolean>>;
}

/** How much of the API a library has. */
export function apiOf(library: NativeLibrary): ApiFinding {
  const has = (declared: FlatFunction) => library.has(symbolOf(declared));
  return {
    functions: Object.fromEntries(
      apiFunctions.map(({ owner, name, declared }) => [
        `net.${owner}.${name}`,
        everywhere.includes(name) || has(declared),
      ]),
    ),
    signals: Object.fromEntries(Object.entries(apiSignals).map(([name, declared]) => [name, has(declared)])),
  };
}
