/** The udp suite, ours: one process sends at a steady rate, the other receives. */
import {
  ConnectionState,
  Inbox,
  MessagePool,
  openNetworking,
  Outbox,
  SendFlags,
  type ConnectionHandle,
} from "../../lib/index.ts";
import { cpuTime, now, sleepUntil } from "./clock.ts";
import { config } from "./config.ts";
import { Latencies } from "./latencies.ts";
import { endNumber, loadOf, Schedule, settleMilliseconds, tickOf, type SendAnswer } from "./load.ts";
import { numberOf, obey, say } from "./obey.ts";

const mostPerCall = 256;
// Fewer than what the library can bear un-acknowledged.
const slots = 32_768;
const quietNanoseconds = 50e6;

const net = openNetworking({ config });
const { sockets } = net;
const group = sockets.createPollGroup();
const inbox = new Inbox({ messages: 1024, bytes: 4 << 20 });
const outboxes = new Map<number, { pool: MessagePool; outbox: Outbox }>();
let connection = 0 as ConnectionHandle;
let connected = 0;

net.on("connectionStatusChanged", ({ connectHandle, connection: { connectionState } }) => {
  if (connectionState === ConnectionState.Connecting) {
    sockets.setConnectionPollGroup(connectHandle, group);
    sockets.acceptConnection(connectHandle);
  } else if (connectionState === ConnectionState.Connected) connected++;
});

async function awaitConnected(): Promise<object> {
  for (; connected === 0; await Bun.sleep(1)) net.runCallbacks();
  return { done: true };
}

function outboxFor(slotBytes: number): { pool: MessagePool; outbox: Outbox } {
  const found = outboxes.get(slotBytes);
  if (found !== undefined) return found;
  const pool = new MessagePool({ slots, slotBytes });
  const made = { pool, outbox: new Outbox(pool, { messages: 1024 }) };
  outboxes.set(slotBytes, made);
  return made;
}

await obey({
  listen(command) {
    sockets.createListenSocketIP(`127.0.0.1:${numberOf(command, "port")}`);
    return { done: true };
  },
  gather: awaitConnected,
  connect(command) {
    connection = sockets.connectByIPAddress(`127.0.0.1:${numberOf(command, "port")}`);
    return awaitConnected();
  },
  send(command): SendAnswer {
    const load = loadOf(command);
    const { bytes } = load;
    const { pool, outbox } = outboxFor(bytes);
    const { view } = pool;
    const flags = load.reliable ? SendFlags.Reliable : SendFlags.Unreliable;
    const cpu = cpuTime();
    const schedule = new Schedule(load, now());
    let [sent, refused] = [0, 0];
    for (let deadline = schedule.first; schedule.goesOn(sent, deadline); deadline += load.tick) {
      sleepUntil(deadline);
      const due = schedule.dueAt(deadline);
      for (let dry = false; sent < due && !dry;) {
        const batch = Math.min(mostPerCall, due - sent);
        let pushed = 0;
        for (; pushed < batch; pushed++) {
          const slot = pool.take();
          dry = slot < 0;
          if (dry) break;
          const at = pool.offset(slot);
          view.setUint32(at, sent + pushed, true);
          view.setUint32(at + 4, load.trial, true);
          view.setFloat64(at + 8, deadline, true);
          const isLast = sent + pushed + 1 === due;
          outbox.push(connection, slot, bytes, isLast ? flags | SendFlags.NoNagle : flags);
        }
        refused += pushed - sockets.sendMessages(outbox);
        sent += pushed;
      }
    }
    const end = Uint32Array.of(endNumber, load.trial, 0, 0);
    sockets.sendMessageToConnection(connection, end, SendFlags.ReliableNoNagle);
    // Acknowledging is part of the work.
    sleepUntil(now() + settleMilliseconds * 1e6);
    return { sent, refused: refused + schedule.total - sent, cpu: cpuTime() - cpu };
  },
  receive(command) {
    const trial = numberOf(command, "trial");
    const tickNanoseconds = tickOf(command);
    const latencies = new Latencies();
    const cpu = cpuTime();
    say({ ready: true });
    let used = 0;
    let tick = now();
    let last = tick + numberOf(command, "milliseconds") * 1e6;
    while (tick < last) {
      const time = now();
      const count = sockets.receiveMessagesOnPollGroup(group, inbox);
      for (let i = 0; i < count; i++) {
        const view = inbox.view(i);
        const at = inbox.offset(i);
        if (view.getUint32(at + 4, true) !== trial) continue;
        if (view.getUint32(at, true) === endNumber) {
          used = cpuTime() - cpu;
          last = tick + quietNanoseconds;
        } else latencies.add(time - view.getFloat64(at + 8, true));
      }
      if (count < 1024) {
        tick = Math.max(tick + tickNanoseconds, now());
        sleepUntil(tick);
      }
    }
    inbox.release();
    return latencies.answer(used);
  },
});
