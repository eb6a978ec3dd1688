/** What `listen` and `connect` do to a process: scenes for one of their own, by the name that is the first parameter. */
import { connect, listen, type Connection, type Server } from "../../../lib/index.ts";

/** What each scene prints. */
export interface Scenes {
  /** The messages of unhandled rejections. */
  rejects: string[];
  /** Those of uncaught exceptions, and how many messages came nevertheless. */
  throws: { readonly uncaught: string[]; readonly received: number };
  /** Everything closed; the process ends by itself. */
  ends: "closed";
  /** A connection is closed that lingers, and the process ends by itself. */
  lingers: "closed";
  /** Nobody holds the process that an unreferenced server is in. */
  unref: "listening";
  /** A server that was referenced again holds it, until it is stopped. */
  ref: "alive";
  /** A connection holds it. */
  connection: "alive";
  /** A server that is closed with its network does not. */
  network: "closed";
}

const settleMilliseconds = 300;

async function pair(): Promise<{ server: Server; client: Connection }> {
  const server = listen({ address: "127.0.0.1:0", socket: {} });
  return { server, client: await connect(server.address) };
}

/** Prints this if the process lives for a while, without keeping it alive. */
function ifAlive(action: () => void): void {
  setTimeout(action, settleMilliseconds).unref();
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

const scenes: { readonly [Name in keyof Scenes]: () => unknown } = {
  async rejects() {
    const rejected: string[] = [];
    process.on("unhandledRejection", (error) => rejected.push((error as Error).message));
    const fail = (where: string) => Promise.reject(new Error(where));
    const server = listen({
      address: "127.0.0.1:0",
      socket: { open: () => fail("in open"), message: () => fail("in message"), close: () => fail("in close") },
    });
    const client = await connect(server.address);
    client.send("x");
    client.close();
    while (rejected.length < 3) await Bun.sleep(1);
    await server.stop();
    print(rejected);
  },

  async throws() {
    const uncaught: string[] = [];
    process.on("uncaughtException", (error) => {
      const errors: Error[] = error instanceof AggregateError ? error.errors : [error];
      uncaught.push(...errors.map(({ message }) => message));
    });
    let received = 0;
    const server = listen({
      address: "127.0.0.1:0",
      socket: {
        open: () => {
          throw new Error("in open");
        },
        message: (_, message) => {
          received++;
          if (message.number % 2 === 1) throw new Error(message.text());
        },
      },
    });
    const client = await connect(server.address);
    for (const text of ["a", "b", "c", "d"]) client.send(text);
    while (received < 4) await Bun.sleep(1);
    await Bun.sleep(1);
    client.close();
    await server.stop();
    print({ uncaught, received });
  },

  async ends() {
    const { server, client } = await pair();
    client.close();
    await server.stop();
    print("closed");
  },

  async lingers() {
    const { server, client } = await pair();
    client.send(new Uint8Array(200_000));
    client.close();
    await server.stop(false);
    print("closed");
  },

  unref() {
    listen({ address: "127.0.0.1:0", socket: {} }).unref();
    print("listening");
  },

  ref() {
    const server = listen({ address: "127.0.0.1:0", socket: {} }).unref().unref().ref();
    ifAlive(() => {
      print("alive");
      void server.stop();
    });
  },

  async connection() {
    const { server, client } = await pair();
    server.unref();
    ifAlive(() => {
      print("alive");
      client.close();
    });
  },

  async network() {
    const { server } = await pair();
    server.net.close();
    print("closed");
  },
};

if (import.meta.main) await scenes[process.argv[2] as keyof Scenes]();
