/** A server that takes one connection per address, and who may still come after the first one; printed as JSON. */
import { ConnectError } from "../../../lib/index.ts";
import { openNetworking } from "../poll-mode.ts";

/** Whether each of the addresses that were named was served. */
export type Served = Record<string, boolean>;

using net = openNetworking();
const server = net.listen({ address: ":0", limits: { perAddress: 1 }, socket: {} });
const served: Served = {};
for (const host of process.argv.slice(2)) {
  // To an address of this machine one comes from there.
  served[host] = await net.connect(`${host}:${server.port}`).then(
    () => true,
    (error: unknown) => {
      if (!(error instanceof ConnectError) || error.text !== "too many connections from this address") throw error;
      return false;
    },
  );
}
console.log(JSON.stringify(served satisfies Served));
