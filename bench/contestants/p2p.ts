/**
 * The p2p suite: one process of two that have plain UDP connections and connections over ICE with each other, as many of
 * both. The guest makes them and sends; the host takes them, receives and serves.
 */
import {
  ConnectionState,
  Inbox,
  MessagePool,
  openNetworking,
  Outbox,
  SendFlags,
  type ConnectionHandle,
  type PollGroupHandle,
} from "../../lib/index.ts";
import { connectRelay } from "../../lib/signaling/index.ts";
import type { Command } from "../driver/contestant.ts";
import { cpuTime, now, sleepUntil } from "./clock.ts";
import { config } from "./config.ts";
import { Latencies } from "./latencies.ts";
import { endNumber, loadOf, Schedule, settleMilliseconds, tickOf, type SendAnswer } from "./load.ts";
import { numberOf, obey, say } from "./obey.ts";
import { percentile } from "./percentile.ts";

/** What a burst came to. */
export interface BurstAnswer {
  readonly received: number;
  /** From the first that was sent to the last that came. */
  readonly nanoseconds: number;
}

/** How ticks went. */
export interface TickAnswer {
  readonly p50: number;
  readonly p99: number;
  readonly sent: number;
  readonly received: number;
}

const slotBytes = 1024;
// Fewer than what the library can bear un-acknowledged.
const slots = 16_384;
const mostPerCall = 256;
const quietNanoseconds = 50e6;
const stragglerNanoseconds = 200e6;
const pauseNanoseconds = 50_000;
const patienceNanoseconds = 20e9;
const host = "str:host";

const [identity = host, relay = ""] = Bun.argv.slice(2);
const net = openNetworking({ identity, config });
const { sockets } = net;
connectRelay(net.signaling, relay, { identity });
const pool = new MessagePool({ slots, slotBytes });
const outbox = new Outbox(pool, { messages: 1024 });
const inbox = new Inbox({ messages: 1024, bytes: 4 << 20 });

/** The connections of one kind. */
interface Way {
  readonly connections: ConnectionHandle[];
  readonly group: PollGroupHandle;
}
const ways = { udp: newWay(), ice: newWay() };
let connected = 0;

net.on("connectionStatusChanged", ({ connectHandle, oldState, connection: { connectionState, listenSocket } }) => {
  if (connectionState === ConnectionState.Connected) connected++;
  if (connectionState !== ConnectionState.Connecting || oldState !== ConnectionState.None || identity !== host) return;
  add(listenSocket === 0 ? ways.ice : ways.udp, connectHandle);
  sockets.acceptConnection(connectHandle);
});

function newWay(): Way {
  return { connections: [], group: sockets.createPollGroup() };
}

function add({ connections, group }: Way, connection: ConnectionHandle): void {
  connections.push(connection);
  sockets.setConnectionPollGroup(connection, group);
}

function wayOf(command: Command): Way {
  return command["way"] === "ice" ? ways.ice : ways.udp;
}

async function awaitConnected(count: number): Promise<object> {
  for (; connected < count; await Bun.sleep(1)) net.runCallbacks();
  return { done: true };
}

/** Writes a message with its number, its trial, and a time. */
function push(connection: ConnectionHandle, bytes: number, flags: number, number: number, trial: number, time: number) {
  const slot = pool.take();
  if (slot < 0) return false;
  const at = pool.offset(slot);
  pool.view.setUint32(at, number, true);
  pool.view.setUint32(at + 4, trial, true);
  pool.view.setFloat64(at + 8, time, true);
  outbox.push(connection, slot, bytes, flags);
  return true;
}

/** Who is shown what came. */
interface Receiver {
  take(number: number, sentAt: number, time: number): void;
  /** Whether nothing else is awaited. */
  isOver(time: number): boolean;
}

/** Receives the messages of a trial, a tick after the other. */
function receive({ group }: Way, trial: number, until: number, tick: number, receiver: Receiver): void {
  for (let next = now(); next < until;) {
    const time = now();
    const count = sockets.receiveMessagesOnPollGroup(group, inbox);
    for (let i = 0; i < count; i++) {
      const view = inbox.view(i);
      const at = inbox.offset(i);
      if (view.getUint32(at + 4, true) !== trial) continue;
      receiver.take(view.getUint32(at, true), view.getFloat64(at + 8, true), time);
    }
    if (receiver.isOver(time)) break;
    if (count === 1024) continue;
    next = Math.max(next + tick, now());
    sleepUntil(next);
  }
  inbox.release();
}

await obey({
  listen(command) {
    sockets.createListenSocketIP(`${command["address"]}:${numberOf(command, "port")}`);
    return { done: true };
  },
  gather: (command) => awaitConnected(2 * numberOf(command, "connections")),
  async connect(command) {
    const address = `${command["address"]}:${numberOf(command, "port")}`;
    const count = numberOf(command, "connections");
    for (let port = 0; port < count; port++) {
      add(ways.udp, sockets.connectByIPAddress(address));
      add(ways.ice, sockets.connectP2PCustomSignaling(net.signaling, host, port));
    }
    return await awaitConnected(2 * count);
  },

  send(command): SendAnswer {
    const load = loadOf(command);
    const [connection] = wayOf(command).connections;
    const cpu = cpuTime();
    const schedule = new Schedule(load, now());
    let [sent, refused] = [0, 0];
    for (let deadline = schedule.first; schedule.goesOn(sent, deadline); deadline += load.tick) {
      sleepUntil(deadline);
      const due = schedule.dueAt(deadline);
      for (let isDry = false; sent < due && !isDry;) {
        let pushed = 0;
        for (const batch = Math.min(mostPerCall, due - sent); pushed < batch && !isDry;) {
          const noNagle = sent + pushed + 1 === due ? SendFlags.NoNagle : 0;
          isDry = !push(connection!, load.bytes, noNagle, sent + pushed, load.trial, deadline);
          if (!isDry) pushed++;
        }
        refused += pushed - sockets.sendMessages(outbox);
        sent += pushed;
      }
    }
    const end = Uint32Array.of(endNumber, load.trial, 0, 0);
    sockets.sendMessageToConnection(connection!, end, SendFlags.ReliableNoNagle);
    sleepUntil(now() + settleMilliseconds * 1e6);
    return { sent, refused: refused + schedule.total - sent, cpu: cpuTime() - cpu };
  },
  receive(command) {
    const latencies = new Latencies();
    const until = now() + numberOf(command, "milliseconds") * 1e6;
    // Unreliable ones may come later than the reliable one that follows them.
    let ended = Infinity;
    let used = 0;
    const cpu = cpuTime();
    say({ ready: true });
    receive(wayOf(command), numberOf(command, "trial"), until, tickOf(command), {
      take(number, sentAt, time) {
        if (number !== endNumber) return latencies.add(time - sentAt);
        ended = time;
        used = cpuTime() - cpu;
      },
      isOver: (time) => time > ended + quietNanoseconds,
    });
    return latencies.answer(used);
  },

  burst(command): SendAnswer {
    const [bytes, trial, messages] = [
      numberOf(command, "bytes"),
      numberOf(command, "trial"),
      numberOf(command, "messages"),
    ];
    const [connection] = wayOf(command).connections;
    const begin = now();
    let [sent, refused] = [0, 0];
    while (sent < messages && now() < begin + patienceNanoseconds) {
      const before = sent;
      while (sent < messages && sent - before < mostPerCall) {
        if (!push(connection!, bytes, SendFlags.Reliable, sent, trial, begin)) break;
        sent++;
      }
      if (sent === before) sleepUntil(now() + pauseNanoseconds);
      else refused += sent - before - sockets.sendMessages(outbox);
    }
    return { sent, refused, cpu: 0 };
  },
  collect(command): BurstAnswer {
    const messages = numberOf(command, "messages");
    let received = 0;
    let nanoseconds = 0;
    say({ ready: true });
    receive(wayOf(command), numberOf(command, "trial"), now() + patienceNanoseconds, pauseNanoseconds, {
      take(_, begin, time) {
        nanoseconds = time - begin;
        received++;
      },
      isOver: () => received === messages,
    });
    return { received, nanoseconds };
  },

  /** At each tick it hears all of the other process's connections, and says something on each. */
  async tick(command): Promise<TickAnswer> {
    const { connections, group } = wayOf(command);
    const [bytes, hz] = [numberOf(command, "bytes"), numberOf(command, "hz")];
    const ticks = Math.trunc((numberOf(command, "milliseconds") * hz) / 1000);
    const lateness: number[] = [];
    let [sent, received] = [0, 0];
    await net.run({
      hz,
      overrun: "catch-up",
      tick(frame) {
        lateness.push(frame.lateness);
        received += sockets.receiveMessagesOnPollGroup(group, inbox);
        for (const connection of connections) {
          push(connection, bytes, SendFlags.UnreliableNoNagle, frame.number, 0, 0);
        }
        sent += sockets.sendMessages(outbox);
        if (frame.number >= ticks) frame.stop();
      },
    });
    // The other one may have begun later.
    for (let last = now(); now() < last + stragglerNanoseconds; await Bun.sleep(1)) {
      const count = sockets.receiveMessagesOnPollGroup(group, inbox);
      received += count;
      if (count > 0) last = now();
    }
    inbox.release();
    return { p50: percentile(lateness, 0.5), p99: percentile(lateness, 0.99), sent, received };
  },
});
