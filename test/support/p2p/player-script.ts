/** The process of a player; see player.ts. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  AlreadyOpenError,
  ConnectionState,
  MessagePool,
  Outbox,
  Result,
  SendFlags,
  type ConfigOptions,
  type ConnectionHandle,
  type ListenSocketHandle,
  type NetworkingEvents,
  type NetworkingOptions,
  type ReceivedMessage,
} from "../../../lib/index.ts";
import { connectRelay } from "../../../lib/signaling/index.ts";
import { noise, noiseInteger } from "../noise.ts";
import { Parcels, writeParcel } from "../parcel.ts";
import { trafficCommands } from "./traffic-commands.ts";
import { openNetworking } from "../poll-mode.ts";
import { exchange, type Exchanged, type ExchangeSeeds } from "../exchange.ts";
import { pumpFor, pumpUntil, waitUntil } from "../pump.ts";
import { unacknowledged } from "../unacknowledged.ts";
import { keepSignal, sessionCommands } from "./session-commands.ts";
import type { LostWorker } from "./worker.ts";

/** How a player's network is opened. */
export interface PlayerOptions {
  /** The URL of the relay that carries its signals: the test's own post when it is left out. */
  readonly relay?: string;
  readonly config?: ConfigOptions;
  /** Whether it answers peers who ask for connections. */
  readonly peers?: boolean;
  /** What it does with connections that come in: accept when it is left out. */
  readonly requests?: "accept" | "leave" | { readonly refuse: number; readonly text: string };
  /** How the network is opened, where that is not under the player's name on GameNetworkingSockets. */
  readonly open?: NetworkingOptions;
  /** A library that is loaded before all others. */
  readonly preload?: string;
}

const toldNames = [
  "connectionStatusChanged",
  "messagesSessionRequest",
  "messagesSessionFailed",
  "messagesSessionEnded",
] as const;

/** The events that a player's network tells of. */
export type ToldName = (typeof toldNames)[number];

/** What a player's network has told. */
export interface Told {
  readonly name: ToldName;
  readonly event: NetworkingEvents[ToldName];
}

/** What comes from a player's process. */
export type FromPlayer =
  | { readonly ready: true }
  | { readonly to: string; readonly signal: Uint8Array }
  | { readonly told: Told }
  | { readonly order: number; readonly value?: unknown; readonly error?: string };

type ToPlayer =
  | { readonly from: string; readonly signal: Uint8Array }
  | { readonly order: number; readonly name: CommandName; readonly args: never[] };

/** What a player can be told to do. */
export type Commands = typeof commands;
export type CommandName = keyof Commands;

const [identity = "", optionsText = "{}"] = process.argv.slice(2);
const options = JSON.parse(optionsText) as PlayerOptions;
const { requests = "accept", config, peers = true, relay } = options;

let net = open();
const lastSignals = new Map<string, Uint8Array>();
const firstSignals: Uint8Array[] = [];

function open() {
  const opened = openNetworking({ ...(options.open ?? { identity }), ...(config === undefined ? {} : { config }) });
  opened.signaling.use({ send: (to, signal) => void process.send?.({ to, signal }) }, { peers, byDefault: true });
  for (const name of toldNames) {
    opened.on(name, (event: unknown) => process.send?.({ told: { name, event } }));
  }
  if (relay !== undefined) connectRelay(opened.signaling, relay, { identity, retry: { least: 0.1, most: 0.5 } });
  opened.on("connectionStatusChanged", ({ connectHandle, connection, oldState }) => {
    if (connection.connectionState !== ConnectionState.Connecting || oldState !== ConnectionState.None) return;
    if (!isIncoming(connectHandle)) return;
    if (requests === "accept") opened.sockets.acceptConnection(connectHandle);
    else if (requests !== "leave") opened.sockets.closeConnection(connectHandle, requests.refuse, requests.text);
  });
  return opened;
}

const begun = new Set<ConnectionHandle>();

function isIncoming(connection: ConnectionHandle): boolean {
  return !begun.has(connection);
}

function textOf({ payload }: ReceivedMessage): string {
  return new TextDecoder().decode(payload);
}

const commands = {
  connect: (to: string, port = 0, more: ConfigOptions = {}, way: "signals" | "default" = "signals") => {
    const connection =
      way === "default"
        ? net.sockets.connectP2P(to, port, more)
        : net.sockets.connectP2PCustomSignaling(net.signaling, to, port, more);
    begun.add(connection);
    return connection;
  },
  listen: (port: number, more: ConfigOptions = {}): ListenSocketHandle => net.sockets.createListenSocketP2P(port, more),
  accept: (connection: ConnectionHandle) => net.sockets.acceptConnection(connection),
  close: (connection: ConnectionHandle, reason = 0, text = "", linger = false) =>
    net.sockets.closeConnection(connection, reason, text, linger),
  info: (connection: ConnectionHandle) => net.sockets.getConnectionInfo(connection),
  status: (connection: ConnectionHandle) => net.sockets.getConnectionRealTimeStatus(connection).connectionStatus,
  send: (connection: ConnectionHandle, text: string, flags: number = SendFlags.ReliableNoNagle) =>
    net.sockets.sendMessageToConnection(connection, text, flags).result,
  /** The texts of the next messages, once there are so many. */
  receive: async (connection: ConnectionHandle, count = 1) => {
    const texts: string[] = [];
    await pumpUntil(net, "messages came", () => {
      texts.push(...net.sockets.receiveMessagesOnConnection(connection).map(textOf));
      return texts.length >= count;
    });
    return texts;
  },
  exchange: async (connection: ConnectionHandle, seeds: ExchangeSeeds): Promise<Exchanged> =>
    await exchange(net, connection, seeds),
  /** Sends parcels out of a pool over lanes in turn and takes those of the peer, each lane being a sender of its own. */
  parcels: async (connection: ConnectionHandle, count: number, lanes: number) => {
    using pool = new MessagePool({ slots: 512, slotBytes: 1200 });
    using outbox = new Outbox(pool, { messages: 256, onFailure: "free" });
    net.sockets.configureConnectionLanes(connection, lanes);
    const parcels = new Parcels();
    let sent = 0;
    let received = 0;
    let wrongLane = 0;
    await pumpUntil(net, "all parcels were exchanged", () => {
      if (unacknowledged(net, connection) < 300_000) {
        for (let slot = -1; sent < count && outbox.count < 128 && (slot = pool.take()) >= 0; sent++) {
          const lane = sent % lanes;
          const length = writeParcel(pool, slot, { sender: lane, number: Math.floor(sent / lanes) });
          outbox.push(connection, slot, length, SendFlags.Reliable, lane);
        }
        net.sockets.sendMessages(outbox);
        for (let index = 0; index < outbox.count; index++) {
          if (outbox.result(index) <= 0) throw new Error(`A parcel was not sent: ${outbox.result(index)}`);
        }
        outbox.clear();
      }
      for (const message of net.sockets.receiveMessagesOnConnection(connection)) {
        received++;
        parcels.add(message.payload);
        const [head = 0] = new Uint16Array(message.payload.slice(2, 4).buffer);
        if (head !== message.lane) wrongLane++;
      }
      return sent === count && received >= count && unacknowledged(net, connection) === 0;
    });
    const inOrder = Array.from({ length: lanes }, (_, lane) => parcels.of(lane)).every((numbers) =>
      numbers.every((number, index) => number === index),
    );
    return { received, wrong: parcels.wrong, wrongLane, inOrder };
  },
  /** How many connections the library still keeps signaling for. */
  signalings: () => net.signaling.connections,
  signalingsAreGone: async () => await pumpUntil(net, "no signaling was left", () => net.signaling.connections === 0),
  ...trafficCommands(() => net),
  /**
   * Hands in signals in the name of `from`: random ones, and the last one of `of` with changes. Answers how many were of
   * use.
   */
  noise: (from: string, of: string, count: number, seed: number) => {
    const last = lastSignals.get(of) ?? new Uint8Array();
    if (last.length === 0) throw new Error(`Nothing came from ${of}`);
    let taken = 0;
    for (let index = 0; index < count; index++) {
      const isRandom = index % 2 === 0;
      const shorter = index % 8 === 1 ? noiseInteger(seed, index, 20) : 0;
      const signal = isRandom
        ? noise(seed + index, 1 + noiseInteger(seed, index, 300))
        : last.slice(0, last.length - shorter);
      for (let change = 0; !isRandom && change <= index % 5; change++) {
        const at = noiseInteger(seed + index, change, signal.length - 1);
        signal[at] = noiseInteger(seed - index, change, 255);
      }
      if (net.signaling.receive(from, signal)) taken++;
      if (index % 500 === 0) net.runCallbacks();
    }
    return taken;
  },
  /** Closes the network and opens it again, as a program that starts anew. Answers how many signalings the close left. */
  reopen: () => {
    net.close();
    const left = net.signaling.connections;
    net = open();
    return left;
  },
  /** Closes a connection, a session and the network, one right behind the other, and opens it again. */
  closeAll: (connection: ConnectionHandle, who: string) => {
    net.sockets.closeConnection(connection, 1000, "bye");
    net.messages.closeSessionWithUser(who);
    net.close();
    net = open();
  },
  /** Has a Worker do it, and end with two connections under way. Answers their signalings, and what is left of them. */
  loseWorker: async (to: string, going: LostWorker["going"]) => {
    net.close();
    const workerData: LostWorker = { identity, to, going };
    const worker = new Worker(join(import.meta.dir, "worker.ts"), { workerData });
    const gone = new Promise((resolve) => worker.once("exit", resolve));
    const signalings = await new Promise<number>((resolve) => worker.once("message", resolve));
    if (going === "terminated") void worker.terminate();
    await gone;
    // Its thread takes a moment longer to end.
    await waitUntil("the network could be opened", () => {
      try {
        net = open();
        return true;
      } catch (error) {
        if (error instanceof AlreadyOpenError) return false;
        throw error;
      }
    });
    return { signalings, left: net.signaling.connections };
  },
  /** Lets some time pass, for what must not happen. */
  runCallbacksFor: async (milliseconds: number) => await pumpFor(net, milliseconds),
  /** Holds the event loop up, and with it all that the player does. */
  freeze: (milliseconds: number) => Bun.sleepSync(milliseconds),
  memory: () => process.memoryUsage.rss(),
  sendToUser: (to: string, text: string, channel = 0, flags: number = SendFlags.Reliable): Result =>
    net.messages.sendMessageToUser(to, text, flags, channel),
  /** The senders and texts of the next messages on a channel, once there are so many. */
  receiveFromUsers: async (channel: number, count = 1) => {
    const messages: string[] = [];
    await pumpUntil(net, `${count} messages came on channel ${channel}`, () => {
      for (const message of net.messages.receiveMessagesOnChannel(channel)) {
        messages.push(`${message.identity} ${textOf(message)}`);
      }
      return messages.length >= count;
    });
    return messages;
  },
  /** Accepts by itself those who are named. */
  acceptSessions: (names: readonly string[]) => net.messages.acceptSessions((who) => names.includes(who)),
  acceptSession: (who: string) => net.messages.acceptSessionWithUser(who),
  closeSession: (who: string) => net.messages.closeSessionWithUser(who),
  closeChannel: (who: string, channel: number) => net.messages.closeChannelWithUser(who, channel),
  session: (who: string) => net.messages.getSessionConnectionInfo(who),
  ...sessionCommands(() => net, firstSignals),
};

process.on("message", async (message: ToPlayer) => {
  if ("signal" in message) {
    lastSignals.set(message.from, message.signal);
    keepSignal(firstSignals, message.signal);
    if (net.isOpen) net.signaling.receive(message.from, message.signal);
    return;
  }
  const { order, name, args } = message;
  try {
    const command: (...args: never[]) => unknown = commands[name];
    process.send?.({ order, value: await command(...args) });
  } catch (error) {
    process.send?.({ order, error: String(error) });
  }
});
process.on("disconnect", () => process.exit(0));

process.send?.({ ready: true });
setInterval(() => {
  if (!net.isOpen) return;
  if (options.open?.manualPoll === true) net.poll();
  net.runCallbacks();
}, 1);
