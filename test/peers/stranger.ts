/** The other side of `listen` and `connect`, in a process of its own: a server, one client, or a crowd of them. */
import { ConnectError, type Connection } from "../../lib/index.ts";
import { Parent } from "../support/parent.ts";
import { openNetworking } from "../support/poll-mode.ts";

export interface Orders {
  /** Listens, until the end. */
  listen: Record<string, never>;
  /** Connects once. */
  connect: string;
  /** Connects this many times at once. */
  crowd: { readonly address: string; readonly count: number };
  /** Closes this many of those that stand. */
  close: number;
  end: Record<string, never>;
}

export interface Reports {
  listening: string;
  connected: Record<string, never>;
  /** How many stood in the end, how often each code was met, and how long it took. */
  came: { readonly connected: number; readonly refused: Record<number, number>; readonly milliseconds: number };
  closed: Record<string, never>;
}

using parent = new Parent<Orders, Reports>();
using net = openNetworking();
const standing: Connection[] = [];

async function connectMany({ address, count }: Orders["crowd"]): Promise<void> {
  const start = performance.now();
  const refused: Record<number, number> = {};
  const attempts = Array.from({ length: count }, async () => {
    try {
      standing.push(await net.connect(address, { timeout: 25_000 }));
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      refused[error.code] = (refused[error.code] ?? 0) + 1;
    }
  });
  await Promise.all(attempts);
  parent.report("came", { connected: standing.length, refused, milliseconds: performance.now() - start });
}

while (!parent.hasOrdered("end")) {
  net.pump();
  if (parent.hasOrdered("listen")) {
    await parent.order("listen");
    parent.report("listening", net.listen({ address: "127.0.0.1:0", socket: {} }).address);
  }
  if (parent.hasOrdered("connect")) {
    standing.push(await net.connect(await parent.order("connect")));
    parent.report("connected", {});
  }
  if (parent.hasOrdered("crowd")) await connectMany(await parent.order("crowd"));
  if (parent.hasOrdered("close")) {
    for (const connection of standing.splice(0, await parent.order("close"))) connection.close();
    parent.report("closed", {});
  }
  await Bun.sleep(1);
}
