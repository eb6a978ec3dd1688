/** The broadcast suite, ours: a snapshot for everybody, as one payload or as one each. */
import { Inbox, MessagePool, Outbox, SendFlags, type Frame } from "../../lib/index.ts";
import { numberOf, obey } from "./obey.ts";
import { writeSnapshot } from "./payload.ts";
import { percentile } from "./percentile.ts";
import { group, net, players, welcome } from "./server.ts";

const flags = SendFlags.UnreliableNoNagle;
const { sockets } = net;
const inbox = new Inbox();
const pools = new Map<number, MessagePool>();

function poolFor(slotBytes: number): MessagePool {
  const pool = pools.get(slotBytes) ?? new MessagePool({ slots: 8192, slotBytes });
  pools.set(slotBytes, pool);
  return pool;
}

await obey({
  ...welcome,
  async serve(command) {
    const bytes = numberOf(command, "bytes");
    const hz = numberOf(command, "hz");
    const ticks = Math.trunc((numberOf(command, "milliseconds") * hz) / 1000);
    const pool = poolFor(bytes);
    const { view } = pool;
    const outbox = new Outbox(pool, { messages: 1024 });
    const sending: number[] = [];
    let sent = 0;

    const fillOne = (tick: number) => {
      const slot = pool.take();
      writeSnapshot(view, pool.offset(slot), bytes, tick, 0);
      return slot;
    };
    const push =
      command["style"] === "broadcast"
        ? (tick: number) => void outbox.broadcast(players, fillOne(tick), bytes, flags)
        : (tick: number) => {
            for (const player of players) outbox.push(player, fillOne(tick), bytes, flags);
          };
    const play = (frame: Frame) => {
      sockets.receiveMessagesOnPollGroup(group, inbox);
      const start = Bun.nanoseconds();
      push(sending.length + 1);
      sent += sockets.sendMessages(outbox);
      if (sending.push(Bun.nanoseconds() - start) >= ticks) frame.stop();
    };
    await net.run({ hz, overrun: "catch-up", tick: play });
    outbox.close();
    return { sending: percentile(sending, 0.5), ticks: sending.length, sent };
  },
});
