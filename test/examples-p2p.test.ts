/**
 * Proves of the examples between peers, each run as its README says, in a network namespace:
 *  - p2p: who enters a room by its code meets the one who opened it, both see each other move, over ICE; when one leaves
 *    the other hears of it, and both end with exit code 0; a third one is turned away, as is who knows no code;
 *  - p2p: the relay lets nobody in without a token, and nobody signal into another room;
 *  - messages: the program over UDP and its port print the same: who comes and who goes; whoever comes back is heard again;
 *  - p2p: both programs have --help, and tell what they can't understand;
 *  - docs/signaling.md: its first three programs work as they stand;
 *  - a room's code and its places are given once.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Rooms } from "../examples/p2p/rooms.ts";
import { connectRelay, SignalingError } from "../lib/signaling/index.ts";
import { Namespace, reasonToSkip } from "./support/p2p/namespace.ts";
import { Program } from "./support/program.ts";
import { Mailbox, signal } from "./support/signaling.ts";

const reason = await reasonToSkip();
if (reason !== undefined) console.log(reason);

describe.skipIf(reason !== undefined)("examples/p2p", () => {
  test("two players meet in a room", async () => {
    await using namespace = await Namespace.make();
    const run = (path: string, ...args: string[]) => new Program({ path, within: namespace }, ...args);
    await using server = run("examples/p2p/server.ts", "--port", "0");
    const url = await server.prints(/^listening at (.+)$/m);
    const client = "examples/p2p/client.ts";
    await using host = run(client, "--server", url);
    const room = await host.prints(/^room ([A-Z2-9]{6})$/m);
    await using guest = run(client, "--server", url, "--room", room.toLowerCase());
    for (const player of [host, guest]) {
      await player.prints(/^the other one is at 10\.9\.9\.1:\d+$/m);
      // Both go round in circles, one each way, so a place off the axis is one that came.
      await player.prints(/^you \S+ \S+ {2}the other one -?\d\.\d+ -?0\.[1-9]\d+ {2}ping \d+ ms$/m);
    }

    await using third = run(client, "--server", url, "--room", room);
    expect(await third.exit()).toBe(1);
    expect(third.errors).toBe("The server says 404: no room\n");

    guest.interrupt();
    expect(await guest.exit()).toBe(0);
    await host.prints(/^the other one has left: that was all$/m);
    expect(await host.exit()).toBe(0);
    expect(host.errors + guest.errors + server.errors).toBe("");
  });
});

test.skipIf(reason !== undefined)("the shortest way of docs/signaling.md works as it stands", async () => {
  const page = await Bun.file(join(import.meta.dir, "../docs/signaling.md")).text();
  const [relay = "", bob = "", alice = ""] = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? "");
  await using namespace = await Namespace.make();
  await using stack = new AsyncDisposableStack();
  const start = (code: string) => {
    const text = code.replaceAll("relay.example.org", "127.0.0.1");
    const child = Bun.spawn(namespace.command(process.execPath, "-e", text), {
      cwd: join(import.meta.dir, ".."),
      stdio: ["ignore", "pipe", "inherit"],
    });
    stack.defer(async () => {
      child.kill("SIGKILL");
      await child.exited;
    });
    return child;
  };
  start(relay);
  const { stdout } = start(bob);
  start(alice);
  const { value } = await stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toBe("str:alice hello\n");
});

describe("the relay of examples/p2p", () => {
  const enter = async (url: string, room = "") =>
    (await (await fetch(new URL(`/rooms${room && `/${room}`}`, url), { method: "POST" })).json()) as ReturnType<
      Rooms["open"]
    > &
      object;

  test("lets nobody in without a token, and nobody signal into another room", async () => {
    await using server = new Program("examples/p2p/server.ts", "--hostname", "127.0.0.1", "--port", "0");
    const url = await server.prints(/^listening at (.+)$/m);
    const signals = url.replace(/^http/, "ws");
    const first = await enter(url);
    const second = await enter(url);
    const guest = await enter(url, first.room);
    expect(guest).toMatchObject({ room: first.room, identity: first.other, other: first.identity });

    using liar = connectRelay(new Mailbox(), signals, { identity: first.identity, token: second.room });
    await expect(liar.ready()).rejects.toThrow(SignalingError);

    const [box, boxOfGuest] = [new Mailbox(), new Mailbox()];
    using host = connectRelay(box, signals, first);
    using stranger = connectRelay(new Mailbox(), signals, second);
    using other = connectRelay(boxOfGuest, signals, guest);
    await Promise.all([host.ready(), stranger.ready(), other.ready()]);
    stranger.send(first.identity, signal("from another room"));
    stranger.send(guest.identity, signal("from another room"));
    host.send(guest.identity, signal("from the host"));
    other.send(first.identity, signal("from the guest"));
    expect(await boxOfGuest.got(1)).toEqual([{ from: first.identity, text: "from the host" }]);
    expect(await box.got(1)).toEqual([{ from: guest.identity, text: "from the guest" }]);
  });
});

test.each(["server", "client"])("p2p/%s has --help, and tells what it can't understand", async (name) => {
  await using help = new Program(`examples/p2p/${name}.ts`, "--help");
  expect(await help.exit()).toBe(0);
  expect(help.output).toMatch(/^ {2}--\w+ +\S/m);
  await using wrong = new Program(`examples/p2p/${name}.ts`, "--nonsense");
  expect(await wrong.exit()).toBe(2);
  expect(wrong.errors).toEndWith("See --help\n");
});

test("rooms are for two", () => {
  const rooms = new Rooms("192.0.2.1:3478");
  const first = rooms.open();
  const second = rooms.open();
  if (first === undefined || second === undefined) throw new Error("There was no room");
  expect(first.room).not.toBe(second.room);
  expect(first.stun).toBe("192.0.2.1:3478");
  const guest = rooms.enter(first.room);
  expect(guest?.other).toBe(first.identity);
  expect(rooms.enter(first.room)).toBeUndefined();
  expect(rooms.enter("NOROOM")).toBeUndefined();
  expect(rooms.identityOf(first.token)).toBe(first.identity);
  expect(rooms.identityOf(guest?.token ?? "")).toBe(guest?.identity ?? "");
  expect(rooms.identityOf(first.room)).toBeUndefined();
  expect(rooms.areTogether(first.identity, first.other)).toBe(true);
  expect(rooms.areTogether(first.identity, second.identity)).toBe(false);
});

describe("examples/messages", () => {
  /** Two programs that are told of each other see each other come, go, and come back. */
  const comeAndGo = async (start: (own: string, peer: string) => Program, names: readonly [string, string]) => {
    const [one, other] = names;
    const escaped = other.replaceAll(".", "\\.");
    await using first = start(one, other);
    {
      await using second = start(other, one);
      await first.prints(new RegExp(`^${escaped} is there: tick \\d+$`, "m"));
      await second.prints(new RegExp(`^${one.replaceAll(".", "\\.")} is there: tick \\d+$`, "m"));
    }
    await first.prints(new RegExp(`^${escaped} is gone$`, "m"));
    await using again = start(other, one);
    await first.prints(new RegExp(`is gone\\n${escaped} is there: tick \\d+$`, "m"));
    expect(first.errors + again.errors).toBe("");
  };

  test("over UDP", async () => {
    const ports = await Promise.all([freePort(), freePort()]);
    await comeAndGo(
      (own, peer) => new Program("examples/messages/udp.ts", own, peer),
      [`127.0.0.1:${ports[0]}`, `127.0.0.1:${ports[1]}`],
    );
  });

  test.skipIf(reason !== undefined)("by NetworkingMessages", async () => {
    await using namespace = await Namespace.make();
    await using relay = new Program({ path: "examples/messages/relay.ts", within: namespace }, "0");
    const url = await relay.prints(/^listening at (.+)$/m);
    await comeAndGo(
      (own, peer) => new Program({ path: "examples/messages/messages.ts", within: namespace }, url, own, peer),
      ["str:alice", "str:bob"],
    );
    expect(relay.errors).toBe("");
  });
});

async function freePort(): Promise<number> {
  const socket = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
  const { port } = socket;
  socket.close();
  return port;
}
