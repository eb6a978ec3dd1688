/** The tick suite, ours: at each tick every player's input is read, and every player gets a snapshot. */
import { Inbox, MessagePool, Outbox, SendFlags, type Frame } from "../../lib/index.ts";
import { cpuTime } from "./clock.ts";
import { numberOf, obey } from "./obey.ts";
import { writeSnapshot } from "./payload.ts";
import { percentile } from "./percentile.ts";
import { group, net, players, welcome } from "./server.ts";

const { sockets } = net;
const inbox = new Inbox({ messages: 1024, bytes: 1 << 20 });
let pool: MessagePool | undefined;

await obey({
  ...welcome,
  async serve(command) {
    const bytes = numberOf(command, "bytes");
    const hz = numberOf(command, "hz");
    const ticks = Math.trunc((numberOf(command, "milliseconds") * hz) / 1000);
    const { view } = (pool ??= new MessagePool({ slots: 8192, slotBytes: bytes }));
    const own = pool;
    const outbox = new Outbox(own, { messages: 1024 });
    const inputs = new Uint32Array(players.length);
    const lateness: number[] = [];
    let [sent, received] = [0, 0];
    const cpu = cpuTime();

    const play = (frame: Frame) => {
      const tick = lateness.push(frame.lateness);
      const count = sockets.receiveMessagesOnPollGroup(group, inbox);
      for (let i = 0; i < count; i++) {
        const player = inbox.userData(i);
        inputs[player] = Math.max(inputs[player]!, inbox.view(i).getUint32(inbox.offset(i), true));
      }
      received += count;
      for (let player = 0; player < players.length; player++) {
        const slot = own.take();
        writeSnapshot(view, own.offset(slot), bytes, tick, inputs[player]!);
        outbox.push(players[player]!, slot, bytes, SendFlags.UnreliableNoNagle);
      }
      sent += sockets.sendMessages(outbox);
      if (tick >= ticks) frame.stop();
    };
    await net.run({ hz, overrun: "catch-up", tick: play });
    outbox.close();
    return {
      ...{ p50: percentile(lateness, 0.5), p99: percentile(lateness, 0.99), ticks: lateness.length },
      ...{ sent, received, cpu: cpuTime() - cpu },
    };
  },
});
