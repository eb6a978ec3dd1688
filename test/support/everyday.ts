/** Servers of `listen` and connections of `connect`, and what their handlers were told. */
import type {
  ConnectionHandlers,
  ConnectOptions,
  Connection,
  ListenOptions,
  Networking,
  Server,
} from "../../lib/index.ts";
import { waitFor, waitUntil } from "./pump.ts";

/** What happened, in its order. Whoever it happened to comes first in each line. */
export class Journal {
  readonly lines: string[] = [];

  note(line: string): void {
    this.lines.push(line);
  }

  /** Handlers that write down what happens to `who`, and then do what `more` does. */
  handlers<Data = undefined>(who: string, more: ConnectionHandlers<Data> = {}): ConnectionHandlers<Data> {
    return {
      ...more,
      open: (connection) => {
        this.note(`${who} open`);
        return more.open?.(connection);
      },
      message: (connection, message) => {
        this.note(`${who} message ${message.text()}`);
        return more.message?.(connection, message);
      },
      close: (connection, end) => {
        this.note(`${who} close ${end.code} ${end.by}: ${end.text}`);
        return more.close?.(connection, end);
      },
      drain: (connection) => {
        this.note(`${who} drain`);
        return more.drain?.(connection);
      },
    };
  }

  /** What happened to `who`. */
  of(who: string): string[] {
    return this.lines.filter((line) => line.startsWith(`${who} `)).map((line) => line.slice(who.length + 1));
  }

  /** Whether a line begins like this. */
  has(start: string): boolean {
    return this.lines.some((line) => line.startsWith(start));
  }
}

/** A connection seen from both ends. */
export interface Ends<Data> {
  readonly server: Server<Data>;
  /** The end that connected. */
  readonly client: Connection<Data>;
  /** The end that was accepted. */
  readonly served: Connection<Data>;
}

/** How to make {@link Ends}. */
export interface EndsOptions<Data> {
  readonly listen?: Partial<ListenOptions<Data>>;
  readonly connect?: ConnectOptions<Data>;
}

/** Listens, connects, and waits until both ends are open. */
export async function connectEnds<Data = undefined>(
  net: Networking,
  { listen = {}, connect = {} }: EndsOptions<Data> = {},
): Promise<Ends<Data>> {
  const server = net.listen<Data>({ address: "127.0.0.1:0", socket: {}, ...listen });
  const client = await settled(net, net.connect<Data>(server.address, connect));
  await turnUntil(net, "the server had opened it", () => server.connections === 1);
  const [served] = server;
  return { server, client, served: served! };
}

/** Has the work of `listen` and `connect` done until a condition holds, whoever else does it. */
export function turnUntil(net: Networking, what: string, condition: () => boolean): Promise<void> {
  return waitUntil(what, () => {
    net.pump();
    return condition();
  });
}

/** Has the work done for a while, for what must not happen. */
export async function turnFor(net: Networking, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  await turnUntil(net, "some time had passed", () => performance.now() >= end);
}

/** Has the work done until a promise is settled. */
export async function settled<Value>(net: Networking, promise: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const note = () => (isSettled = true);
  promise.then(note, note);
  await turnUntil(net, "the promise was settled", () => isSettled);
  return await promise;
}

/** Waits until all that was sent has come to the other ends, where nobody may have fetched it. */
export async function delivered(...connections: Pick<Connection, "status">[]): Promise<void> {
  // What is sent outside of handlers goes out when the code that runs has ended.
  await waitFor(1);
  await waitUntil("all had come", () =>
    connections.every((connection) => {
      const { pendingReliable = 0, sentUnacknowledgedReliable = 0 } = connection.status() ?? {};
      return pendingReliable + sentUnacknowledgedReliable === 0;
    }),
  );
}

/** What a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("It was not rejected");
}

/** What an action throws. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}
