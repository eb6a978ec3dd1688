/** What `listen` and `connect` do to a process: scenes for one of their own, by the name that is the first parameter. */
import { connect, listen, openNetworking, type Connection, type Server } from "../../../lib/index.ts";

/** What each scene prints. */
export interface Scenes {
  /** The messages of unhandled rejections. */
  rejects: string[];
  /** Those of uncaught exceptions, and how many messages came nevertheless. */
  throws: { readonly uncaught: string[]; readonly received: number };
  /** Everything is closed. */
  ends: "closed";
  /** Everything is closed, and each `close` throws. */
  mistakes: "closed";
  /** Connections do not come about. */
  fails: "failed";
  /** A connection is closed that lingers, to a server of another process. How many bytes came there. */
  lingers: number;
  /** A server listens that was unreferenced. */
  unref: "listening";
  /** A server listens that was referenced again, until it is stopped. */
  ref: "alive";
  /** A connection is open until it is closed; its server was unreferenced. */
  connection: "alive";
  /** A server is closed with its network. */
  network: "closed";
  /** A connection is closed that was adopted, and its network is not. */
  adopted: "closed";
  /** Nothing is ever closed. */
  forgets: "alive";
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

  async mistakes() {
    const fail = () => {
      throw new Error("in close");
    };
    const server = listen({ address: "127.0.0.1:0", socket: { close: fail } });
    const client = await connect(server.address, { socket: { close: fail } });
    while (server.connections === 0) await Bun.sleep(1);
    try {
      client.close();
      process.exit(2);
    } catch {
      await server.stop().then(
        () => process.exit(3),
        () => print("closed"),
      );
    }
  },

  async fails() {
    const server = listen({ address: "127.0.0.1:0", accept: () => false, socket: {} });
    const abort = new AbortController();
    const attempts = [
      connect(server.address),
      connect("127.0.0.1:1", { timeout: 100 }),
      connect("127.0.0.1:1", { signal: abort.signal }),
      connect("nowhere.invalid:1"),
      connect("nowhere"),
    ];
    abort.abort();
    const results = await Promise.allSettled(attempts);
    await server.stop();
    if (results.every(({ status }) => status === "rejected")) print("failed");
  },

  async lingers() {
    let bytes = 0;
    const server = listen({
      address: "127.0.0.1:0",
      socket: {
        message: (_, message) => (bytes += message.length),
        close: () => {
          print(bytes);
          void server.stop();
        },
      },
    });
    const child = Bun.spawn([process.execPath, import.meta.path, "says goodbye", server.address], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    if ((await child.exited) !== 0) process.exit(4);
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

  adopted() {
    const net = openNetworking();
    const { connection1 } = net.sockets.createSocketPair();
    net.adopt(connection1).close();
    print("closed");
  },

  async forgets() {
    await pair();
    ifAlive(() => print("alive"));
    // Not by the end of what there is to do.
    setTimeout(() => process.exit(9), 2 * settleMilliseconds).unref();
  },
};

/** The other process of "lingers". */
async function sayGoodbye(address: string): Promise<void> {
  const client = await connect(address, { config: { SendRateMin: 500_000, SendRateMax: 500_000 } });
  client.send(new Uint8Array(200_000));
  client.close();
}

if (import.meta.main) {
  const [, , scene, address] = process.argv;
  await (address === undefined ? scenes[scene as keyof Scenes]() : sayGoodbye(address));
}
