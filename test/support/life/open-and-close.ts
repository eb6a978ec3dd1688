/** Opens and closes a network many times after a warm-up, each with a connection that stood, and prints what it held. */
import { SendFlags } from "../../../lib/index.ts";
import { openNetworking } from "../poll-mode.ts";
import { receiveText } from "../receive.ts";
import { connectOverUDP } from "../udp-pair.ts";
import { usage, type Usage } from "./usage.ts";

export interface Report {
  readonly early: Usage;
  readonly middle: Usage;
  readonly late: Usage;
  /** How many cycles lie between the last two. */
  readonly lateCycles: number;
}

const lateCycles = 800;

async function cycle(): Promise<void> {
  using net = openNetworking();
  const { client, server } = await connectOverUDP(net);
  net.sockets.sendMessageToConnection(client, "hello", SendFlags.ReliableNoNagle);
  if ((await receiveText(net, server)) !== "hello") throw new Error("The message came wrong");
}

/**
 * What is held in the end. Of the resident memory the least amount of the last tries, because collections move it up
 * and down by more than a leak would.
 */
async function cycles(count: number): Promise<Usage> {
  const usages: Usage[] = [];
  for (let done = 1; done <= count; done++) {
    await cycle();
    if (done % 5 === 0) usages.push(usage());
  }
  const residentKilobytes = Math.min(...usages.slice(-10).map((held) => held.residentKilobytes));
  return { ...usages.at(-1)!, residentKilobytes };
}

// Until the compiler has done its work, which takes some megabytes.
await cycles(150);
const report: Report = {
  early: await cycles(5),
  middle: await cycles(195),
  late: await cycles(lateCycles),
  lateCycles,
};
console.log(JSON.stringify(report));
