/**
 * Valve's trivial signaling protocol, over real TCP connections.
 *
 * - Clients of ours exchange signals of every size, each once and with the sender's name, through our server and through
 *   Valve's own where {@link VALVE_VARIABLE} names it; what speaks the protocol by hand, in pieces or several lines at
 *   once, is understood by both.
 * - Players in processes of their own connect by way of either server.
 * - The client comes back when the server does, and sends what is fresh; it notices a server that says nothing any more;
 *   peers whose names the protocol can't carry, and what is no signal, are counted as dropped; nonsense is counted, and
 *   stops nothing; addresses and names that are none are refused at once.
 * - The server keeps to its number of clients, gives a name to who came last, drops what is for nobody or for one who does
 *   not read, and survives random bytes.
 * - A client ends with its network; one whose network takes no services never begins.
 */
import { describe, expect, test } from "bun:test";
import { join as joinPath } from "node:path";
import type { Socket } from "bun";
import { ClosedError, openNetworking, UnsupportedError } from "../lib/index.ts";
import {
  connectTrivialSignaling,
  startTrivialSignaling,
  type SignalingClient,
  type TrivialSignalingOptions,
} from "../lib/signaling/index.ts";
import { Namespace, reasonToSkip } from "./support/p2p/namespace.ts";
import { noise } from "./support/noise.ts";
import { waitUntil } from "./support/pump.ts";
import { untyped } from "./support/refusal.ts";
import { Mailbox, RawTCP, signal } from "./support/signaling.ts";

/** Names the program of Valve's trivial signaling server, built elsewhere: its sources don't come with the library's. */
const VALVE_VARIABLE = "STEAM_SOCKETS_VALVE_SIGNALING_SERVER";
const valveProgram = process.env[VALVE_VARIABLE] ?? "";
if (valveProgram === "") console.log(`Valve's own signaling server is not tried: ${VALVE_VARIABLE} names none`);

const quick = { retry: { least: 0.02, most: 0.1 } };

interface Running extends AsyncDisposable {
  readonly address: string;
}

const servers: Readonly<Record<string, () => Promise<Running>>> = {
  ours: async () => startTrivialSignaling({ port: 0 }),
  ...(valveProgram === "" ? {} : { "Valve's": startValves }),
};

async function startValves(): Promise<Running> {
  const port = freePort();
  const program = Bun.spawn([valveProgram, "-port", String(port)], { stdio: ["ignore", "ignore", "ignore"] });
  const address = `127.0.0.1:${port}`;
  await waitUntil("Valve's server listened", async () => {
    try {
      (await RawTCP.to(address))[Symbol.dispose]();
      return true;
    } catch {
      return false;
    }
  });
  return {
    address,
    async [Symbol.asyncDispose]() {
      program.kill("SIGKILL");
      await program.exited;
    },
  };
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

interface Member extends Disposable {
  readonly box: Mailbox;
  readonly client: SignalingClient;
}

/** A client that has got through: what it says to itself comes back. */
async function join(
  address: string,
  identity: string,
  options: Partial<TrivialSignalingOptions> = {},
): Promise<Member> {
  const box = new Mailbox();
  const client = connectTrivialSignaling(box, address, { ...quick, identity, ...options });
  await client.ready();
  client.send(identity, signal("known"));
  await box.got(1);
  box.letters.length = 0;
  return { box, client, [Symbol.dispose]: () => client.close() };
}

describe.each(Object.entries(servers))("through %s server", (_, start) => {
  test("signals of every size come once, in order, and with the sender's name", async () => {
    await using server = await start();
    using alice = await join(server.address, "str:alice");
    using bob = await join(server.address, "steamid:76561197960287930");
    const lengths = [1, 2, 255, 4096, 65_536];
    for (const length of lengths) alice.client.send("steamid:76561197960287930", noise(length, length));
    const letters = await bob.box.got(lengths.length);
    expect(letters.map(({ from, text }) => [from, text.length])).toEqual(
      lengths.map((length) => ["str:alice", length]),
    );
    letters.forEach(({ text }, index) =>
      expect(signal(text)).toEqual(Buffer.from(noise(lengths[index]!, lengths[index]!))),
    );
    bob.client.send("str:alice", signal("back"));
    expect(await alice.box.got(1)).toEqual([{ from: "steamid:76561197960287930", text: "back" }]);
    expect(alice.client.stats).toMatchObject({ malformed: 0, dropped: 0, connections: 1 });
  });

  test("what speaks it by hand is understood, in pieces and several lines at once", async () => {
    await using server = await start();
    using alice = await join(server.address, "str:alice");
    using old = await RawTCP.to(server.address, "str:o");
    await alice.box.got(0);
    old.say("ld\nstr:alice 6865");
    old.say("6C6c6f\nstr:alice 31\nstr:nobody 32\nstr:alice 33\n");
    expect((await alice.box.got(3)).map(({ from, text }) => `${from} ${text}`)).toEqual([
      "str:old hello",
      "str:old 1",
      "str:old 3",
    ]);
    alice.client.send("str:old", signal("hello"));
    await old.got("str:alice 68656c6c6f\n");
  });

  test("heartbeats come back, so that a silence of all others is none", async () => {
    await using server = await start();
    using alice = await join(server.address, "str:alice", { silence: 1 });
    await Bun.sleep(2500);
    expect(alice.client.stats.connections).toBe(1);
    expect(alice.box.letters).toEqual([]);
  });

  test("a name belongs to who came last", async () => {
    await using server = await start();
    using old = await RawTCP.to(server.address, "str:alice\n");
    using bob = await join(server.address, "str:bob");
    bob.client.send("str:alice", signal("one"));
    await old.got("str:bob 6f6e65");
    using alice = await join(server.address, "str:alice");
    await waitUntil("the older one was closed", () => old.isClosed);
    bob.client.send("str:alice", signal("two"));
    expect(await alice.box.got(1)).toEqual([{ from: "str:bob", text: "two" }]);
  });
});

/** A player: connects to another one, or takes who comes, and prints what is said to him. */
function player(own: string, connectsTo?: string): string {
  return `import { ConnectionState, openNetworking } from "steam-sockets";
import { connectTrivialSignaling } from "steam-sockets/signaling";
const net = openNetworking({ identity: "${own}" });
connectTrivialSignaling(net.signaling, "127.0.0.1", { identity: "${own}" });
const socket = {
  open: (connection) => connection.send("hello from ${own}"),
  message: ({ identity }, message) => console.log(identity + " says " + message.text()),
};
${
  connectsTo === undefined
    ? `net.on("connectionStatusChanged", ({ connectHandle, connection: { connectionState }, oldState }) => {
  if (connectionState !== ConnectionState.Connecting || oldState !== ConnectionState.None) return;
  net.sockets.acceptConnection(connectHandle);
  net.adopt(connectHandle, { socket });
});
await net.run({ hz: 60, tick() {} });`
    : `net.adopt(net.sockets.connectP2PCustomSignaling(net.signaling, "${connectsTo}", 0), { socket });`
}`;
}

const reason = await reasonToSkip();
if (reason !== undefined) console.log(reason);
const root = joinPath(import.meta.dir, "..");
const programs: Readonly<Record<string, readonly string[]>> = {
  ours: [
    process.execPath,
    "-e",
    'import("steam-sockets/signaling").then((services) => services.startTrivialSignaling())',
  ],
  ...(valveProgram === "" ? {} : { "Valve's": [valveProgram] }),
};

describe.skipIf(reason !== undefined).each(Object.entries(programs))("players who have %s server", (_, program) => {
  test("connect, and each knows who the other is", async () => {
    await using namespace = await Namespace.make();
    await using stack = new AsyncDisposableStack();
    const start = (...line: readonly string[]) => {
      const child = Bun.spawn(namespace.command(...line), { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
      stack.defer(async () => {
        child.kill("SIGKILL");
        await child.exited;
      });
      return child.stdout.getReader();
    };
    start(...program);
    const bob = start(process.execPath, "-e", player("str:bob"));
    const alice = start(process.execPath, "-e", player("str:alice", "str:bob"));
    const [toBob, toAlice] = await Promise.all([bob.read(), alice.read()]);
    expect(Buffer.from(toBob.value ?? []).toString()).toBe("str:alice says hello from str:alice\n");
    expect(Buffer.from(toAlice.value ?? []).toString()).toBe("str:bob says hello from str:bob\n");
  });
});

describe("the client", () => {
  test("comes back when the server does, and sends what is fresh", async () => {
    const port = freePort();
    const box = new Mailbox();
    let first: Running | undefined = startTrivialSignaling({ port });
    using alice = connectTrivialSignaling(box, `127.0.0.1:${port}`, { ...quick, identity: "str:alice" });
    await alice.ready();
    let lost = 0;
    alice.on("disconnected", () => void lost++);
    await first[Symbol.asyncDispose]();
    first = undefined;
    await waitUntil("it noticed", () => lost > 0);
    alice.send("str:alice", signal("while it was away"));
    expect(alice.stats.waiting).toBe(1);
    await using _ = startTrivialSignaling({ port });
    await alice.ready();
    expect(await box.got(1)).toEqual([{ from: "str:alice", text: "while it was away" }]);
    expect(alice.stats).toMatchObject({ connections: 2, waiting: 0 });
  });

  test("notices a server that says nothing any more", async () => {
    const sockets: Socket<undefined>[] = [];
    const silent = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { open: (socket) => void sockets.push(socket), data() {} },
    });
    try {
      const address = `127.0.0.1:${silent.port}`;
      using alice = connectTrivialSignaling(new Mailbox(), address, { ...quick, identity: "str:alice", silence: 1 });
      const reasons: string[] = [];
      alice.on("disconnected", ({ reason }) => void reasons.push(reason));
      await waitUntil("it came again", () => sockets.length >= 2);
      expect(reasons[0]).toBe("the service fell silent");
    } finally {
      silent.stop(true);
    }
  });

  test("counts what it can't send, and never throws", async () => {
    await using server = startTrivialSignaling({ port: 0 });
    using alice = await join(server.address, "str:alice");
    alice.client.send("str:two words", signal("x"));
    alice.client.send("no identity", signal("x"));
    alice.client.send("str:alice", new Uint8Array());
    alice.client.send("str:alice", new Uint8Array(65_537));
    expect(alice.client.stats.dropped).toBe(4);
    alice.client.send("str:alice", signal("still there"));
    expect(await alice.box.got(1)).toEqual([{ from: "str:alice", text: "still there" }]);
  });

  test("survives a server that talks nonsense", async () => {
    const nonsense = [
      "\n",
      "str:bob\n",
      "str:bob 6\n",
      "str:bob zz\n",
      "nobody 61\n",
      "str:bob 61 62\n",
      " 61\n",
      "str:bob \n",
      `str:bob ${"61".repeat(65_537)}\n`,
      `${"a".repeat(300_000)}\n`,
    ];
    const server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (socket) => void socket.write([...nonsense, "str:bob 6f6b\n"].join("")),
        data() {},
      },
    });
    try {
      const box = new Mailbox();
      using alice = connectTrivialSignaling(box, `127.0.0.1:${server.port}`, { ...quick, identity: "str:alice" });
      expect(await box.got(1)).toEqual([{ from: "str:bob", text: "ok" }]);
      expect(alice.stats).toMatchObject({ malformed: nonsense.length, received: 1, connections: 1 });
    } finally {
      server.stop(true);
    }
  });

  test("ends at the last close of its network", async () => {
    await using server = startTrivialSignaling({ port: 0 });
    const net = openNetworking({ identity: "str:alice" });
    const shared = openNetworking();
    const client = connectTrivialSignaling(net.signaling, server.address, { ...quick, identity: "str:alice" });
    await client.ready();
    net.close();
    expect(client.state).toBe("connected");
    shared.close();
    expect(client.state).toBe("closed");
  });

  test("ends when a signal comes for a network that was closed", async () => {
    await using server = startTrivialSignaling({ port: 0 });
    using alice = await join(server.address, "str:alice");
    alice.box.answer = () => {
      throw new ClosedError("The network was closed");
    };
    const errors: unknown[] = [];
    alice.client.on("error", (error) => errors.push(error));
    alice.client.send("str:alice", signal("late"));
    await waitUntil("it was closed", () => alice.client.state === "closed");
    expect(errors).toEqual([]);
    await waitUntil("the server saw it go", () => server.identities.length === 0);
  });

  test("never begins where the network takes no services", async () => {
    await using server = startTrivialSignaling({ port: 0 });
    const box = new Mailbox();
    box.use = () => {
      throw new UnsupportedError("Signals", "a library", "Another one");
    };
    expect(() => connectTrivialSignaling(box, server.address, { identity: "str:alice" })).toThrow(UnsupportedError);
    await Bun.sleep(50);
    expect(server.identities).toEqual([]);
  });

  test.each(["", ":", "a b:1", "host:0", "host:65536", "host:x", "[::1", "::1"])(
    "refuses the address %p",
    (address) => {
      const begin = () => connectTrivialSignaling(new Mailbox(), address, { identity: "str:alice" });
      expect(begin).toThrow(TypeError);
    },
  );

  test.each([undefined, "", "alice", "str:two words", "str:line\nbreak", "str:zero\0"])(
    "refuses the identity %p",
    (identity) => {
      const begin = () => connectTrivialSignaling(new Mailbox(), "127.0.0.1:1", untyped({ identity }));
      expect(begin).toThrow(TypeError);
    },
  );
});

describe("the server", () => {
  test("keeps to its number of clients, and takes another when one has gone", async () => {
    await using server = startTrivialSignaling({ port: 0, clients: 2 });
    using alice = await join(server.address, "str:alice");
    using bob = await join(server.address, "str:bob");
    using third = await RawTCP.to(server.address, "str:carol\n");
    await waitUntil("the third was turned away", () => third.isClosed);
    expect(server.identities.toSorted()).toEqual(["str:alice", "str:bob"]);
    bob.client.close();
    await waitUntil("one had gone", () => server.identities.length === 1);
    using carol = await join(server.address, "str:carol");
    alice.client.send("str:carol", signal("hello"));
    expect(await carol.box.got(1)).toEqual([{ from: "str:alice", text: "hello" }]);
  });

  test("drops what is for nobody, and for one who does not read, and serves the others", async () => {
    await using server = startTrivialSignaling({ port: 0 });
    using alice = await join(server.address, "str:alice");
    using bob = await join(server.address, "str:bob");
    alice.client.send("str:nobody", signal("x"));
    await waitUntil("it was dropped", () => server.dropped === 1);

    using deaf = await RawTCP.to(server.address, "str:deaf\n");
    await waitUntil("it was known", () => server.identities.includes("str:deaf"));
    deaf.pause();
    const large = new Uint8Array(65_536);
    await waitUntil("there was no room", async () => {
      alice.client.send("str:deaf", large);
      await Bun.sleep(1);
      return server.dropped > 1;
    });
    alice.client.send("str:bob", signal("hello"));
    expect(await bob.box.got(1)).toEqual([{ from: "str:alice", text: "hello" }]);
  });

  test("survives random bytes", async () => {
    await using server = startTrivialSignaling({ port: 0 });
    using alice = await join(server.address, "str:alice");
    using bob = await join(server.address, "str:bob");
    for (let seed = 0; seed < 50; seed++) {
      const { dropped } = server;
      using raw = await RawTCP.to(server.address, seed % 2 ? "str:noise\n" : "", noise(seed, 5000), "\n \n\n x\n");
      await waitUntil("it was read or ended", () => raw.isClosed || server.dropped > dropped);
    }
    alice.client.send("str:bob", signal("hello"));
    expect(await bob.box.got(1)).toEqual([{ from: "str:alice", text: "hello" }]);
  });

  test("refuses options that are none", () => {
    for (const options of [{ port: -1 }, { port: 65_536 }, { clients: 0 }, { clients: 1.5 }, { hostname: 7 }]) {
      expect(() => startTrivialSignaling(untyped(options))).toThrow();
    }
  });
});
