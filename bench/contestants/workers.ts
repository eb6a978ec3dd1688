/** The workers suite, ours: two Workers fill shares of a pool with snapshots, this thread sends and receives. */
import { Inbox, MessagePool, openNetworking } from "../../lib/index.ts";
import { config } from "./config.ts";
import { sleepUntil, now } from "./clock.ts";
import { numberOf, obey } from "./obey.ts";
import { snapshotTick } from "./payload.ts";
import type { Assignment } from "./workers-filler.ts";

const fillers = 2;
const slotsEach = 256;
const restNanoseconds = 20_000;

const { sockets } = openNetworking({ config });
const { connection1: from, connection2: to } = sockets.createSocketPair();
const inbox = new Inbox({ messages: 1024, bytes: 8 << 20 });

/** Fillers at work on messages of one size; they fill while `run` is 1. */
class Crew {
  readonly shares;
  // A pool that nobody holds is closed.
  readonly #pool: MessagePool;
  readonly #run = new Int32Array(new SharedArrayBuffer(4));

  constructor(bytes: number, batch: number) {
    this.#pool = new MessagePool({ slots: fillers * slotsEach, slotBytes: bytes });
    this.shares = Array.from({ length: fillers }, () => {
      const share = this.#pool.share(slotsEach);
      const worker = new Worker(new URL("./workers-filler.ts", import.meta.url).href);
      worker.postMessage({ ticket: { ...share }, run: this.#run, connection: from, bytes, batch } satisfies Assignment);
      return share;
    });
  }

  set works(yes: boolean) {
    Atomics.store(this.#run, 0, yes ? 1 : 0);
    Atomics.notify(this.#run, 0);
  }
}

const crews = new Map<string, Crew>();

await obey({
  fill(command) {
    const bytes = numberOf(command, "bytes");
    const batch = numberOf(command, "batch");
    const most = numberOf(command, "milliseconds") * 1e6;
    const key = `${bytes} ${batch}`;
    const crew = crews.get(key) ?? new Crew(bytes, batch);
    crews.set(key, crew);

    let [messages, sum] = [0, 0];
    const turn = (): boolean => {
      let sent = 0;
      for (const share of crew.shares) sent += sockets.sendMessages(share);
      const count = sockets.receiveMessagesOnConnection(to, inbox);
      for (let i = 0; i < count; i++) sum += snapshotTick(inbox.view(i), inbox.offset(i));
      messages += count;
      if (sent !== 0 || count !== 0) return true;
      sleepUntil(now() + restNanoseconds);
      return false;
    };
    crew.works = true;
    // Workers take their time to start.
    while (!turn());
    messages = 0;
    const start = Bun.nanoseconds();
    let passed = 0;
    for (; passed < most; passed = Bun.nanoseconds() - start) turn();
    const measured = messages;
    crew.works = false;
    while (turn());
    inbox.release();
    if (sum === 0) throw new Error("Nothing was written into the messages");
    const failed = crew.shares.reduce((all, share) => all + share.failed, 0);
    if (failed > 0) throw new Error(`${failed} messages were not sent`);
    return { messages: measured, nanoseconds: passed };
  },
});
