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
/** A signal that came for us. */
export interface Delivery {
  readonly from: string;
  readonly signal: Uint8Array;
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

/** Does something again and again while the network is open. */
function work(action: () => void): void {
  const used = open();
  const timer = setInterval(() => {
    if (!used.isOpen) return clearInterval(timer);
    used.pump();
    action();
  }, 2);
}

/** What became of a connection of the layer below. */
export interface Below {
  /** What sending answered at once. */
  readonly sent: Result;
  readonly state: ConnectionState;
  readonly code: number;
  readonly text: string;
  readonly isAuthenticated: boolean;
  /** What sending answered when the connection stood, or had failed. */
  readonly sentLater: Result;
}

async function below(handle: ConnectionHandle): Promise<Below> {
  const { sockets } = open();
  const { Connected, ClosedByPeer, ProblemDetectedLocally } = ConnectionState;
  const sent = sockets.sendMessageToConnection(handle, "too early", SendFlags.Reliable).result;
  const last = { state: ConnectionState.None as ConnectionState, code: 0, text: "" };
  open().on("connectionStatusChanged", ({ connectHandle, connection: info }) => {
    if (connectHandle === handle) {
      Object.assign(last, { state: info.connectionState, code: info.endReason, text: info.endDebug });
    }
  });
  await until(() => [Connected, ClosedByPeer, ProblemDetectedLocally].some((state) => state === last.state));
  const wasAuthenticated = isAuthenticated(handle);
  const sentLater = sockets.sendMessageToConnection(handle, "now", SendFlags.ReliableNoNagle).result;
  sockets.closeConnection(handle, 0, "", true);
  return { sent, ...last, isAuthenticated: wasAuthenticated, sentLater };
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
    net.signaling.use({ send: (to, signal) => void process.send?.({ to, signal }) });
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
  /** Begins many connections at once, says who it is on each, closes them, and answers what became of them. */
  connectMany: async (address: string, count: number): Promise<{ isOpen: boolean; code: number }[]> => {
    const used = open();
    const name = used.sockets.getIdentity();
    const attempts = Array.from({ length: count }, async () => {
      try {
        const made = await used.connect(address, { timeout: 30_000 });
        made.send(name);
        return { made, isOpen: true, code: 0 };
      } catch (error) {
        return { made: undefined, isOpen: false, code: error instanceof ConnectError ? error.code : -1 };
      }
    });
    const outcomes = await Promise.all(attempts);
    for (const { made } of outcomes) made?.close();
    return outcomes.map(({ isOpen, code }) => ({ isOpen, code }));
  },
  /** By the functions below: what answers a message that is sent at once, and what becomes of the connection. */
  connectBelow: async (address: string, demands: PartyConnectOptions): Promise<Below> => {
    const { timeout: _, config = {}, ...rest } = demands;
    return await below(open().sockets.connectByIPAddress(address, { ...config, ...rest }));
  },
  /** Takes all who come by signals, and echoes what they send. */
  listenP2P: (port: number, requireAuthentication: boolean): void => {
    const { sockets } = open();
    const socket = sockets.createListenSocketP2P(port, { requireAuthentication });
    const came: ConnectionHandle[] = [];
    open().on("connectionStatusChanged", ({ connectHandle, connection: info }) => {
      if (info.listenSocket !== socket) return;
      if (info.connectionState === ConnectionState.Connecting) sockets.acceptConnection(connectHandle);
      if (info.connectionState !== ConnectionState.Connected) return;
      const { identity } = info;
      seen.opened.push({ identity, isAuthenticated: isAuthenticated(connectHandle) });
      came.push(connectHandle);
    });
    work(() => {
      for (const handle of came) {
        if (sockets.getConnectionInfo(handle) === undefined) continue;
        for (const { payload } of sockets.receiveMessagesOnConnection(handle)) {
          seen.messages.push(new TextDecoder().decode(payload));
        }
      }
    });
  },
  /** Connects by signals and sends something at once, and when the connection stands. */
  connectP2P: async (to: string, port: number, demands: PartyConnectOptions): Promise<Below> => {
    const { sockets, signaling } = open();
    const { timeout: _, config = {}, ...rest } = demands;
    return await below(sockets.connectP2PCustomSignaling(signaling, to, port, { ...config, ...rest }));
  },
  requireInSessions: (required: boolean): void => open().messages.requireAuthentication(required),
  /** Takes all sessions. */
  acceptSessions: (): void => {
    const { messages } = open();
    messages.acceptSessions(() => true);
    work(() => {
      for (const { payload } of messages.receiveMessagesOnChannel(0)) {
        seen.messages.push(new TextDecoder().decode(payload));
      }
    });
  },
  /** When there is no session with somebody any more. */
  sessionEnded: async (who: string): Promise<boolean> => {
    const { messages } = open();
    const { None, ClosedByPeer, ProblemDetectedLocally } = ConnectionState;
    const over: readonly ConnectionState[] = [None, ClosedByPeer, ProblemDetectedLocally];
    return await until(() => over.includes(messages.getSessionConnectionInfo(who, false, false).state));
  },
  /** Sends a message to somebody, and answers how the session stands when that is known. */
  sendToUser: async (to: string, text: string) => {
    const { messages } = open();
    let failure: { code: number; text: string } | undefined;
    open().on("messagesSessionFailed", ({ connection: { endReason, endDebug } }) => {
      failure = { code: endReason, text: endDebug };
    });
    const sent = messages.sendMessageToUser(to, text, SendFlags.ReliableNoNagle);
    const state = () => messages.getSessionConnectionInfo(to, false, false).state;
    await until(() => sent !== Result.OK || failure !== undefined || state() === ConnectionState.Connected);
    return { sent, isConnected: failure === undefined && state() === ConnectionState.Connected, failure };
  },
  seen: (): Seen => seen,
  connections: (): number => server?.connections ?? (connection?.isOpen === true ? 1 : 0),
};

process.on("disconnect", () => process.exit());
process.on("message", (message: Order | Delivery) => {
  if ("signal" in message) {
    if (net?.isOpen === true) net.signaling.receive(message.from, message.signal);
    return;
  }
  const { order, name, args } = message;
  const command: (...args: never[]) => unknown = commands[name];
  Promise.try(() => command(...args)).then(
    (value) => process.send?.({ order, value }),
    (error: unknown) => process.send?.({ order, error: String(error) }),
  );
});
process.send?.({ ready: true });
