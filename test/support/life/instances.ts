/** Makes and closes instances many times after a warm-up, each with a connection that stood, and prints what it held. */
import { helperAt, LibraryState } from "../../../sdk/helper.ts";
import type { Connection, Networking } from "../../../lib/index.ts";
import { openNetworking } from "../poll-mode.ts";
import { waitUntil } from "../pump.ts";
import { usage, type Usage } from "./usage.ts";

export interface Report {
  readonly before: Usage;
  readonly after: Usage;
  readonly times: number;
  /** How many instances the helper has in the end. */
  readonly left: number;
}

const warmUps = 100;
const times = 100;
const together = 4;
using net = openNetworking();
const server = net.listen({ address: "127.0.0.1:0", socket: {} });

async function connected(instance: ReturnType<Networking["createInstance"]>): Promise<Connection> {
  const attempt = instance.connect(server.address);
  let connection: Connection | undefined;
  void attempt.then((made) => (connection = made));
  await waitUntil("it stood", () => {
    net.pump();
    return connection !== undefined;
  });
  return await attempt;
}

async function cycle(): Promise<void> {
  const instances = Array.from({ length: together }, (_, i) => net.createInstance({ identity: `str:${i}` }));
  for (const instance of instances) {
    instance.on("connectionStatusChanged", () => {});
    await connected(instance);
    void instance.messages;
  }
  for (const instance of instances) instance.close();
  await waitUntil("the server had heard of it", () => {
    net.pump();
    return server.connections === 0;
  });
}

/** What is held while and after so many cycles, each tenth time. */
async function cycles(count: number): Promise<Usage[]> {
  const usages: Usage[] = [];
  for (let done = 1; done <= count; done++) {
    await cycle();
    if (done % 10 === 0) usages.push(usage());
  }
  return usages;
}

// Collections move resident memory up and down by more than a leak would: what it had risen to before, and what it came
// down to in the end.
const byMemory = (one: Usage, other: Usage) => one.residentKilobytes - other.residentKilobytes;
const before = (await cycles(warmUps)).slice(-5).toSorted(byMemory).at(-1)!;
const after = (await cycles(times)).slice(-5).toSorted(byMemory)[0]!;
const helper = helperAt(net.library.path);
const left = helper.instances(0, new LibraryState(helper, 0).epoch);
const report: Report = { before, after, times: times * together, left };
console.log(JSON.stringify(report));
