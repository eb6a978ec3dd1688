/**
 * Floods connections that acknowledge nothing, with more segments than the library bears, and prints what became of it.
 * Each way to send has a connection of its own. The way without a cap ends this process.
 *
 * Parameters: the load, and the ways.
 */
import {
  ConnectionState,
  MAX_UNACKNOWLEDGED_SEGMENTS,
  MessagePool,
  Outbox,
  PoolShare,
  Result,
  SendFlags,
  type ConnectionHandle,
  type Networking,
} from "../../../lib/index.ts";
import { NativeLibrary } from "../../../sdk/library.ts";
import { Acceptor } from "../acceptor.ts";
import { openNetworking } from "../poll-mode.ts";
import { pumpUntil } from "../pump.ts";
import { stateOf } from "../state-of.ts";

/** What is sent, how much of it, and how many segments of one message are counted. */
export interface Load {
  readonly byteLength: number;
  readonly flags: number;
  readonly messages: number;
  readonly batch: number;
  readonly segments: number;
}

/** Each more than 65,535 segments. A packet holds up to 1,200 bytes of a message. */
export const loads = {
  "small reliable": { byteLength: 32, flags: SendFlags.Reliable, messages: 70_000, batch: 500, segments: 2 },
  "large reliable": { byteLength: 512 * 1024, flags: SendFlags.Reliable, messages: 192, batch: 16, segments: 526 },
  "large unreliable": { byteLength: 16_501, flags: SendFlags.Unreliable, messages: 6000, batch: 100, segments: 18 },
} as const satisfies Record<string, Load>;

/** What became of one way. */
export interface Flooded {
  readonly sent: number;
  /** Refused, by their result; those under 0 were not tried. */
  readonly refused: Readonly<Record<number, number>>;
  /** How many segments were counted when all that was sent was on its way. */
  readonly segments: number;
  /** How many after the connection was closed. */
  readonly segmentsInTheEnd: number;
  /** How many `drain` events came before the close. */
  readonly drains: number;
}

/** Sends `messages` messages, and answers for each its number, its failure made negative, or 0. */
type Flood = (net: Networking, connection: ConnectionHandle, load: Load) => number[];

const uncapped = "the flat function";

/** How messages can be sent. */
export const ways = {
  [uncapped]: (net, connection, { byteLength, flags, messages }) => {
    const { functions } = NativeLibrary.load(net.library.path);
    const sockets = functions.sockets.SteamNetworkingSockets_v009();
    if (sockets === null || typeof sockets === "bigint") throw new Error("The library is not open");
    const payload = new Uint8Array(byteLength);
    const number = new BigInt64Array(1);
    return Array.from({ length: messages }, () => {
      const { SendMessageToConnection } = functions.sockets;
      const result = SendMessageToConnection(sockets, connection, payload, byteLength, flags, number);
      return result === Result.OK ? Number(number[0]) : -result;
    });
  },
  sendMessageToConnection: (net, connection, { byteLength, flags, messages }) => {
    const payload = new Uint8Array(byteLength);
    return Array.from({ length: messages }, () => {
      const { result, messageNumber } = net.sockets.sendMessageToConnection(connection, payload, flags);
      return result === Result.OK ? messageNumber : -result;
    });
  },
  "sendMessages of messages": (net, connection, { byteLength, flags, messages, batch }) => {
    const data = new Uint8Array(byteLength);
    const list = Array.from({ length: batch }, () => ({ connection, data, flags }));
    return batches(messages, batch, () => net.sockets.sendMessages(list));
  },
  "sendMessages of payloads": (net, connection, { byteLength, flags, messages, batch }) => {
    const list = Array.from({ length: batch }, () => new Uint8Array(byteLength));
    return batches(messages, batch, () => net.sockets.sendMessages(list, connection, flags));
  },
  "Outbox.push": (net, connection, load) => {
    const { byteLength, flags } = load;
    return throughOutbox(net, load, (outbox, pool) => outbox.push(connection, pool.take(), byteLength, flags));
  },
  "Outbox.pushCopy": (net, connection, load) => {
    const payload = new Uint8Array(load.byteLength);
    return throughOutbox(net, load, (outbox) => outbox.pushCopy(connection, payload, load.flags));
  },
  "Outbox.broadcast": (net, connection, load) => {
    const { batch, byteLength, flags } = load;
    const connections = Array.from({ length: batch }, () => connection);
    return throughOutbox(net, load, (outbox, pool) => outbox.broadcast(connections, pool.take(), byteLength, flags));
  },
  "PoolShare.push": (net, connection, { byteLength, flags, messages, batch, segments }) => {
    const slots = Math.ceil(MAX_UNACKNOWLEDGED_SEGMENTS / segments) + batch;
    const pool = new MessagePool({ slots, slotBytes: byteLength });
    const lent = pool.share(slots);
    const share = PoolShare.attach(lent);
    const results = batches(messages, batch, () => {
      for (let i = 0; i < batch; i++) share.push(connection, share.take(), byteLength, flags);
      share.flush();
      const sent = net.sockets.sendMessages(lent);
      // A share does not tell why.
      return Array.from({ length: batch }, (_, i) => (i < sent ? 1 : -Result.LimitExceeded));
    });
    if (lent.failed !== results.filter((result) => result < 0).length) throw new Error("The share counts otherwise");
    pool.close();
    return results;
  },
} as const satisfies Record<string, Flood>;

/** The ways that have the cap. */
export const cappedWays = Object.keys(ways).filter((way) => way !== uncapped);

/** The way that has none. */
export const uncappedWay = uncapped;

function batches(messages: number, batch: number, send: () => number[]): number[] {
  return Array.from({ length: messages / batch }, send).flat();
}

function throughOutbox(
  net: Networking,
  { byteLength, messages, batch, segments }: Load,
  push: (outbox: Outbox, pool: MessagePool) => number,
): number[] {
  using pool = new MessagePool({
    slots: Math.ceil(MAX_UNACKNOWLEDGED_SEGMENTS / segments) + batch,
    slotBytes: byteLength,
  });
  using outbox = new Outbox(pool, { messages: batch, copyBytes: batch * byteLength });
  return batches(messages, batch, () => {
    while (outbox.count < batch) if (push(outbox, pool) < 0) throw new Error("The outbox is full");
    net.sockets.sendMessages(outbox);
    return Array.from({ length: batch }, (_, i) => outbox.result(i));
  });
}

async function flood(net: Networking, connection: ConnectionHandle, way: Flood, load: Load): Promise<Flooded> {
  let drains = 0;
  const count = ({ connectHandle }: { connectHandle: ConnectionHandle }) => {
    if (connectHandle === connection) drains++;
  };
  net.on("drain", count);
  const results = way(net, connection, load);
  const refused: Record<number, number> = {};
  for (const result of results) if (result <= 0) refused[result] = (refused[result] ?? 0) + 1;
  const { sockets } = net;
  const pending = () => sockets.getConnectionRealTimeStatus(connection).connectionStatus?.pendingReliable;
  await pumpUntil(net, "everything was on its way", () => pending() === 0);
  if (stateOf(net, connection) !== ConnectionState.Connected) throw new Error("The connection was lost");
  const segments = sockets.getUnacknowledgedSegments(connection);
  sockets.closeConnection(connection);
  const left = () => sockets.getUnacknowledgedSegments(connection);
  await pumpUntil(net, "nothing was counted any more", () => left() === 0);
  net.off("drain", count);
  return { sent: results.filter((result) => result > 0).length, refused, segments, segmentsInTheEnd: left(), drains };
}

if (import.meta.main) {
  const [name, ...chosen] = process.argv.slice(2) as [keyof typeof loads, ...(keyof typeof ways)[]];
  const load = loads[name];
  // The library learns that answers take two seconds: so long it does not send anything again that gets none.
  using net = openNetworking({
    config: {
      ...{ FakePacketLag_Recv: 1000, TimeoutConnected: 60_000, SendBufferSize: 1 << 28 },
      ...{ SendRateMin: 100 << 20, SendRateMax: 100 << 20 },
    },
  });
  const { address } = new Acceptor(net);
  const connections = chosen.map(() => net.sockets.connectByIPAddress(address));
  const isConnected = (connection: ConnectionHandle) => stateOf(net, connection) === ConnectionState.Connected;
  await pumpUntil(net, "all were connected", () => connections.every(isConnected));
  net.utils.setConfigValue("FakePacketLoss_Send", 100);
  const report: Record<string, Flooded> = {};
  for (const [index, way] of chosen.entries()) {
    report[way] = await flood(net, connections[index]!, ways[way], load);
  }
  console.log(JSON.stringify(report));
}
