/** The process of a party; see party.ts. */
import { setTimeout as sleep } from "node:timers/promises";
import { SharedMemory } from "../../../ffi/memory.ts";
import {
  ConnectError,
  ConnectionInfoFlags,
  ConnectionState,
  openNetworking,
  Result,
  SendFlags,
  type AuthenticationRefusedEvent,
  type AuthenticationState,
  type CertificateRefusal,
  type ConfigOptions,
  type Connection,
  type ConnectionHandle,
  type Networking,
  type Server,
} from "../../../lib/index.ts";
import { NativeLibrary } from "../../../sdk/library.ts";

/** How a party's network is opened. Certificates are in base64. */
export interface PartyOptions {
  readonly identity?: string;
  readonly roots?: readonly string[];
  readonly intermediates?: readonly string[];
  readonly revoked?: readonly string[];
  readonly config?: ConfigOptions;
}

/** How it connects. */
export interface PartyConnectOptions {
  readonly requireAuthentication?: boolean;
  readonly expect?: string | readonly string[];
  readonly config?: ConfigOptions;
  readonly timeout?: number;
}

/** What came of it. */
export type Attempt =
  | { readonly isOpen: true; readonly identity: string; readonly isAuthenticated: boolean; readonly echo: string }
  | {
      readonly isOpen: false;
      readonly code: number;
      readonly text: string;
      readonly by: string;
      readonly after: number;
    };

/** What a server has seen. */
export interface Seen {
  /** Who was accepted, whether authenticated, in this order. */
  readonly opened: readonly { readonly identity: string; readonly isAuthenticated: boolean }[];
  /** How those connections ended. */
  readonly closed: readonly { readonly identity: string; readonly code: number; readonly text: string }[];
  readonly refused: readonly AuthenticationRefusedEvent[];
  /** All that came from anybody. */
  readonly messages: readonly string[];
}

/** A call, and its answer. */
export interface Order {
  readonly order: number;
  readonly name: CommandName;
  readonly args: never[];
}
export type Commands = typeof commands;
export type CommandName = keyof Commands;

let net: Networking | undefined;
let server: Server | undefined;
let connection: Connection | undefined;
let seen = nothing();
let states: AuthenticationState[] = [];

function nothing() {
  return {
    opened: [] as Seen["opened"][number][],
    closed: [] as Seen["closed"][number][],
    refused: [] as AuthenticationRefusedEvent[],
    messages: [] as string[],
  };
}

function open(): Networking {
  if (net === undefined) throw new Error("The network is not open");
  return net;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}

function isAuthenticated(handle: ConnectionHandle): boolean {
  const flags = open().sockets.getConnectionInfo(handle)?.infoFlags ?? ConnectionInfoFlags.Unauthenticated;
  return (flags & ConnectionInfoFlags.Unauthenticated) === 0;
}

async function until(condition: () => boolean): Promise<boolean> {
  for (const end = performance.now() + 12_000; performance.now() < end; await sleep(2)) {
    net?.pump();
    if (condition()) return true;
  }
  return false;
}

const commands = {
  open: ({ identity, roots = [], intermediates = [], revoked = [], config = {} }: PartyOptions): void => {
    net = openNetworking({
      ...(identity === undefined ? {} : { identity }),
      certificates: { roots: roots.map(bytesOf), intermediates: intermediates.map(bytesOf), revoked },
      config,
    });
    seen = nothing();
    states = [];
    net.on("authenticationRefused", (event) => seen.refused.push(event));
    net.on("networkAuthenticationStatus", ({ state }) => states.push(state));
  },
  close: async (): Promise<void> => {
    await server?.stop(false);
    net?.close();
    [net, server, connection] = [undefined, undefined, undefined];
  },
  request: (): string => Buffer.from(open().sockets.getCertificateRequest().certificate).toString("base64"),
  set: (certificate: string): CertificateRefusal | "taken" =>
    open().sockets.setCertificate(bytesOf(certificate)).reason ?? "taken",
  /** Past all checks of ours, as a program would that means harm. */
  force: (certificate: string): boolean => {
    const bytes = bytesOf(certificate);
    const { sockets } = NativeLibrary.load(open().library.path).functions;
    const self = sockets.SteamNetworkingSockets_v009();
    return sockets.SetCertificate(self!, bytes, bytes.length, new SharedMemory(1024).bytes);
  },
  status: () => ({ ...open().sockets.getAuthenticationStatus(), states }),
  trust: (certificate: string): void => open().certificates.trust(bytesOf(certificate)),
  revoke: (keyOrIdentity: string): number => open().certificates.revoke(keyOrIdentity),
  listen: (address: string, requireAuthentication: boolean, config: ConfigOptions = {}): string => {
    server = open().listen({
      address,
      requireAuthentication,
      config,
      idle: 0,
      limits: { perAddress: 8000 },
      socket: {
        open: ({ identity, handle }) => seen.opened.push({ identity, isAuthenticated: isAuthenticated(handle) }),
        message: (from, message) => {
          seen.messages.push(message.text());
          from.send(message.text());
        },
        close: ({ identity }, { code, text }) => seen.closed.push({ identity, code, text }),
      },
    });
    return server.address;
  },
  connect: async (address: string, options: PartyConnectOptions = {}): Promise<Attempt> => {
    const began = performance.now();
    let echo: string | undefined;
    try {
      connection = await open().connect(address, {
        ...options,
        socket: {
          open: (opened) => void opened.send("hello"),
          message: (_, message) => (echo = message.text()),
          close: ({ identity }, { code, text }) => seen.closed.push({ identity, code, text }),
        },
      });
      const { identity, handle } = connection;
      const wasAuthenticated = isAuthenticated(handle);
      await until(() => echo !== undefined || connection?.isOpen !== true);
      return { isOpen: true, identity, isAuthenticated: wasAuthenticated, echo: echo ?? "" };
    } catch (error) {
      const after = performance.now() - began;
      if (error instanceof ConnectError) {
        return { isOpen: false, code: error.code, text: error.text, by: error.by, after };
      }
      return { isOpen: false, code: -1, text: String(error), by: "local", after };
    }
  },
  disconnect: (): void => connection?.close(),
  /** By the functions below: what answers a message that is sent at once, and what becomes of the connection. */
  connectBelow: async (
    address: string,
    options: PartyConnectOptions,
  ): Promise<{ sent: Result; state: ConnectionState; text: string; sentLater: Result }> => {
    const { sockets } = open();
    const { timeout: _, config = {}, ...demands } = options;
    const handle = sockets.connectByIPAddress(address, { ...config, ...demands } as never);
    const sent = sockets.sendMessageToConnection(handle, "too early", SendFlags.Reliable).result;
    let [state, text]: [ConnectionState, string] = [ConnectionState.None, ""];
    open().on("connectionStatusChanged", ({ connectHandle, connection: info }) => {
      if (connectHandle === handle) [state, text] = [info.connectionState, info.endDebug];
    });
    await until(() => state !== ConnectionState.None && state !== ConnectionState.Connecting);
    const sentLater = sockets.sendMessageToConnection(handle, "now", SendFlags.ReliableNoNagle).result;
    await until(() => sentLater !== Result.OK || seen.messages.length >= 0);
    await sleep(100);
    sockets.closeConnection(handle);
    return { sent, state, text, sentLater };
  },
  seen: (): Seen => seen,
  connections: (): number => server?.connections ?? (connection?.isOpen === true ? 1 : 0),
};

process.on("disconnect", () => process.exit());
process.on("message", (message: Order) => {
  const { order, name, args } = message;
  const command: (...args: never[]) => unknown = commands[name];
  Promise.try(() => command(...args)).then(
    (value) => process.send?.({ order, value }),
    (error: unknown) => process.send?.({ order, error: String(error) }),
  );
});
process.send?.({ ready: true });
