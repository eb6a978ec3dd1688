/** The p2p suite: clients of a relay, each of which sends signals to the next, so many at a time. */
import { connectRelay, type SignalingService } from "../../lib/signaling/index.ts";
import { readFrame, signalFrame } from "../../lib/signaling/relay-protocol.ts";
import { now } from "./clock.ts";
import { numberOf, obey } from "./obey.ts";

/** What was carried. */
export interface CarriedAnswer {
  readonly received: number;
  readonly nanoseconds: number;
}

const patienceMilliseconds = 20_000;
const [style = "", url = "", count = "16"] = Bun.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, number) => `str:client-${number}`);
let received = 0;
let arrived = (): void => {};

function hear(): boolean {
  received++;
  arrived();
  return true;
}

async function client(identity: string): Promise<SignalingService> {
  if (style !== "bare") {
    const made = connectRelay({ use() {}, receive: hear }, url, { identity });
    await made.ready();
    return made;
  }
  const socket = new WebSocket(`${url}?identity=${identity}`);
  socket.binaryType = "nodebuffer";
  socket.addEventListener("message", ({ data }) => readFrame(data) && hear());
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  return { send: (to, signal) => socket.send(signalFrame(to, signal)) };
}

const clients = await Promise.all(names.map(client));

await obey({
  async carry(command): Promise<CarriedAnswer> {
    const signals = numberOf(command, "signals");
    const mostUnderWay = numberOf(command, "underWay");
    const signal = new Uint8Array(numberOf(command, "bytes")).fill(7);
    const begin = now();
    let sent = 0;
    received = 0;
    const done = Promise.withResolvers<void>();
    const timer = setTimeout(done.resolve, patienceMilliseconds);
    arrived = () => {
      for (; sent < signals && sent - received < mostUnderWay; sent++) {
        clients[sent % clients.length]!.send(names[(sent + 1) % names.length]!, signal);
      }
      if (received === signals) done.resolve();
    };
    arrived();
    await done.promise;
    clearTimeout(timer);
    return { received, nanoseconds: now() - begin };
  },
});
