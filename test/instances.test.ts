/**
 * Several networks in one process, on GameNetworkingSockets.
 *
 * - An instance has its own identity, and its own request for a certificate.
 * - 1,000 bots in this process, each with an identity and a certificate of its own, connect to a server in another one
 *   that requires certificates: each is seen there as who it is, and gets its own words back. Closing half of them ends
 *   the connections of these, and no other. (Time and memory are printed.)
 * - An instance that has no certificate, or somebody else's, gets nowhere.
 * - Events come to the instance that they are about and to no other, whoever runs callbacks: those of connections, of
 *   sessions, of room that there is again, and of the status. They end with the instance; so do its streams.
 * - An instance listens; what it takes is its own. Connections of instances can be adopted.
 * - Sessions are each instance's own, and so are channels.
 * - Closing an instance ends its connections with a word, its listen sockets and sessions, and leaves the others as they
 *   are; within a handler it waits until that is done; closing it twice does nothing, and use after that is an error.
 * - Closing the network ends its instances first. A Worker that ends leaves none behind. Made and closed 1,000 times,
 *   they leave nothing.
 * - Steam has none, and says where its two are to be had. Signals are the first network's.
 */
import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  Availability,
  ClosedError,
  ConnectError,
  ConnectionState,
  CreationError,
  openNetworking as open,
  Result,
  SendFlags,
  UnsupportedError,
  type Connection,
  type ConnectionStatusChangedEvent,
  type Networking,
  type NetworkInstance,
  type ReceivedMessage,
} from "../lib/index.ts";
import { helperAt, LibraryState } from "../sdk/helper.ts";
import type * as gatekeeper from "./peers/gatekeeper.ts";
import { Authority, keyOf } from "./support/certificate.ts";
import { Journal } from "./support/everyday.ts";
import type { Report } from "./support/life/instances.ts";
import { report } from "./support/life/run.ts";
import { usageIsKnown } from "./support/life/usage.ts";
import { Peer } from "./support/peer.ts";
import { manualPoll, openNetworking } from "./support/poll-mode.ts";
import { pumpUntil, waitUntil } from "./support/pump.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { makeShim, missing } from "./steam/shim.ts";

const many = 1000;
const patience = 30_000;

/** Waits for a promise while the network is pumped. */
async function pumped<T>(net: Networking, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = () => {
    isSettled = true;
  };
  promise.then(settled, settled);
  await waitUntil("it was settled", () => {
    net.pump();
    return isSettled;
  });
  return await promise;
}

/** Pumps until a condition holds. */
async function served(net: Networking, what: string, condition: () => boolean): Promise<void> {
  await waitUntil(what, () => {
    net.pump();
    return condition();
  });
}

/** How many instances there are, as the helper counts them. */
function instancesOf({ library: { path } }: Networking): number {
  const helper = helperAt(path);
  return helper.instances(0, new LibraryState(helper, 0).epoch);
}

function bot(net: Networking, authority: Authority, name: string): NetworkInstance {
  return net.createInstance({ identity: name, certificate: (request) => authority.issue(request, name) });
}

/** A server in another process that lets nobody in without a certificate of the authority. */
async function startGatekeeper(authority: Authority) {
  const peer = new Peer<gatekeeper.Reports, gatekeeper.Orders>("gatekeeper");
  peer.order("listen", { root: Buffer.from(authority.root).toString("base64") });
  const { request } = await peer.report("request");
  const certificate = authority.issue(Buffer.from(request, "base64"), "str:gatekeeper");
  peer.order("certificate", { certificate: Buffer.from(certificate).toString("base64") });
  return { peer, address: (await peer.report("listening")).address };
}

describe("an instance", () => {
  test("is somebody of its own", () => {
    using net = openNetworking({ identity: "str:first" });
    using alice = net.createInstance({ identity: "str:alice" });
    using bob = net.createInstance({ identity: "steamid:76561197960287930" });
    using nobody = net.createInstance();
    const all = [net, alice, bob, nobody];
    const identities = ["str:first", "str:alice", "steamid:76561197960287930", "ip:::1"];
    expect(all.map(({ sockets }) => sockets.getIdentity())).toEqual(identities);
    const keys = all.map(({ sockets }) => keyOf(sockets.getCertificateRequest().certificate).toString());
    expect(new Set(keys).size).toBe(all.length);
    expect([alice.net, alice.utils, alice.isOpen]).toEqual([net, net.utils, true]);
    expect(instancesOf(net)).toBe(3);
  });

  test("is made of options that are right", () => {
    using net = openNetworking();
    expectRefusal(() => net.createInstance({ identity: untyped(5) }), TypeError, /identity/);
    expectRefusal(() => net.createInstance({ identity: "nobody" }), TypeError, /identity/);
    expectRefusal(() => net.createInstance({ certificate: untyped("bytes") }), TypeError, /must be a function/);
    expect(instancesOf(net)).toBe(0);
  });

  test("has a status of its own", async () => {
    const authority = new Authority();
    using net = openNetworking({ certificates: { roots: authority.root } });
    const told: string[] = [];
    using alice = bot(net, authority, "str:alice");
    using bob = net.createInstance({ identity: "str:bob" });
    for (const [name, network] of Object.entries({ net, alice, bob })) {
      network.on("networkAuthenticationStatus", ({ state }) => told.push(`${name} ${state}`));
    }
    await pumpUntil(net, "alice had a certificate", () => told.includes("alice ready"));
    expect(told.filter((line) => !line.startsWith("alice"))).toEqual([]);
    const states = [net, alice, bob].map(({ sockets }) => sockets.getAuthenticationStatus().available);
    expect(states).toEqual([Availability.CannotTry, Availability.Current, Availability.CannotTry]);
    expect(alice.certificates.expires).toBeInstanceOf(Date);
    expect(bob.certificates.expires).toBeUndefined();
  });

  test("gets nowhere without a certificate of its own", async () => {
    const authority = new Authority();
    using net = openNetworking({ identity: "str:first", certificates: { roots: authority.root } });
    const { peer, address } = await startGatekeeper(authority);
    await using _peer = peer;
    using alice = bot(net, authority, "str:alice");
    using bob = net.createInstance({ identity: "str:bob" });
    using mallory = bot(net, new Authority(), "str:mallory");
    const connection = await pumped(net, alice.connect(address, { requireAuthentication: true }));
    expect([connection.identity, connection.isOpen]).toEqual(["str:gatekeeper", true]);
    for (const stranger of [bob, mallory]) {
      const refused = stranger.connect(address).then(
        () => "in",
        (error: unknown) => (error instanceof ConnectError ? error.name : error),
      );
      expect(await pumped(net, refused)).toBe("ConnectError");
    }
    expect(() => bob.sockets.connectByIPAddress(address, { requireAuthentication: true })).toThrow(CreationError);
    peer.order("count", { connections: 1 });
    expect(await peer.report("here")).toEqual({ identities: ["str:alice"], opened: 1 });
    peer.order("end", null);
  });
});

describe("1,000 instances", () => {
  test(
    "are 1,000 people to a server that wants to see certificates",
    async () => {
      const authority = new Authority();
      using net = openNetworking({ certificates: { roots: authority.root } });
      const { peer, address } = await startGatekeeper(authority);
      await using _peer = peer;
      const names = Array.from({ length: many }, (_, i) => `str:bot-${i}`);
      const resident = () => process.memoryUsage.rss() / 1024 / many;
      const emptyKilobytes = resident();
      let start = performance.now();
      const bots = names.map((name) => bot(net, authority, name));
      const made = performance.now() - start;
      expect(instancesOf(net)).toBe(many);

      start = performance.now();
      const answers: string[] = [];
      const connections = await pumped(
        net,
        Promise.all(
          bots.map((each, i) =>
            each.connect(address, {
              requireAuthentication: true,
              expect: "str:gatekeeper",
              timeout: patience,
              socket: {
                open: (connection) => void connection.send(names[i]!),
                message: (_, message) => void (answers[i] = message.text()),
              },
            }),
          ),
        ),
      );
      const connected = performance.now() - start;
      const kilobytes = resident() - emptyKilobytes;
      await served(net, "all had an answer", () => answers.filter((answer) => answer !== undefined).length === many);
      expect(answers).toEqual(names);
      peer.order("count", { connections: many });
      const { identities, opened } = await peer.report("here");
      expect([identities.toSorted(), opened]).toEqual([names.toSorted(), many]);
      expect(new Set(connections.map(({ identity }) => identity))).toEqual(new Set(["str:gatekeeper"]));

      for (const each of bots.slice(0, many / 2)) each.close();
      expect(connections.map(({ isOpen }) => isOpen)).toEqual(names.map((_, i) => i >= many / 2));
      peer.order("count", { connections: many / 2 });
      const pumping = setInterval(() => net.pump(), 1);
      const { identities: left } = await peer.report("here").finally(() => clearInterval(pumping));
      expect(left.toSorted()).toEqual(names.slice(many / 2).toSorted());
      expect([instancesOf(net), connections[many - 1]?.send("still here")]).toEqual([many / 2, 1]);
      await served(net, "the last one was answered", () => answers[many - 1] === "still here");
      net.close();
      expect(bots.some(({ isOpen }) => isOpen)).toBe(false);
      peer.order("end", null);
      const figures = [`made in ${made.toFixed(0)} ms`, `connected in ${connected.toFixed(0)} ms`];
      console.log(`${many} bots with certificates: ${figures.join(", ")}, ${kilobytes.toFixed(1)} KiB each`);
    },
    4 * patience,
  );
});

describe("events", () => {
  test("come to the instance that they are about", async () => {
    using net = openNetworking();
    using alice = net.createInstance({ identity: "str:alice" });
    using bob = net.createInstance({ identity: "str:bob" });
    const told: [string, ConnectionStatusChangedEvent][] = [];
    for (const [name, network] of Object.entries({ net, alice, bob })) {
      network.on("connectionStatusChanged", (event) => told.push([name, event]));
    }
    net.on("connectionStatusChanged", ({ connectHandle, connection }) => {
      if (connection.connectionState === ConnectionState.Connecting) net.sockets.acceptConnection(connectHandle);
    });
    const stream = alice.events();
    const listenSocket = net.sockets.createListenSocketIP("127.0.0.1:0");
    const address = net.sockets.getListenSocketAddress(listenSocket)!;
    const ours = { alice: alice.sockets.connectByIPAddress(address), bob: bob.sockets.connectByIPAddress(address) };
    const states = (name: string) =>
      told.filter(([of]) => of === name).map(([, { connection }]) => connection.connectionState);
    const { Connecting, FindingRoute, Connected } = ConnectionState;
    await pumpUntil(net, "all stood", () => {
      const stood = told.filter(([, { connection }]) => connection.connectionState === Connected);
      return stood.length === 4;
    });
    expect(states("alice")).toEqual(states("bob"));
    expect(states("net").filter((state) => state !== FindingRoute)).toHaveLength(4);
    expect(states("alice")[0]).toBe(Connecting);
    for (const name of ["alice", "bob"] as const) {
      const handles = told.filter(([of]) => of === name).map(([, { connectHandle }]) => connectHandle);
      expect(new Set(handles)).toEqual(new Set([ours[name]]));
    }
    const atServer = told.filter(([of]) => of === "net").map(([, { connection }]) => connection.identity);
    expect(new Set(atServer)).toEqual(new Set(["str:alice", "str:bob"]));
    const first = await stream.next();
    expect(first.value?.name).toBe("connectionStatusChanged");

    // An instance runs callbacks for all.
    told.length = 0;
    expect(alice.sockets.closeConnection(ours.alice, 1234, "bye")).toBe(true);
    await waitUntil("the server heard of it", () => {
      bob.runCallbacks();
      return states("net").includes(ConnectionState.ClosedByPeer);
    });
    expect([states("alice"), states("bob")]).toEqual([[], []]);
    bob.close();
    let isOver = false;
    const read = (async () => {
      for await (const _ of stream);
      isOver = true;
    })();
    alice.close();
    await read;
    expect(isOver).toBe(true);
    for (const closed of [alice, bob]) expect(() => closed.runCallbacks()).toThrow(ClosedError);
  });

  test("tell an instance of room again", async () => {
    using net = openNetworking();
    using alice = net.createInstance({ identity: "str:alice" });
    const drained: string[] = [];
    for (const [name, network] of Object.entries({ net, alice })) network.on("drain", () => drained.push(name));
    const server = net.listen({ address: "127.0.0.1:0", socket: {}, pump: "manual" });
    const config = { SendBufferSize: 100_000, SendRateMin: 200_000, SendRateMax: 200_000 };
    const connection = await pumped(net, alice.connect(server.address, { config, pump: "manual" }));
    const payload = new Uint8Array(30_000);
    let refused = 0;
    for (let i = 0; i < 10; i++) {
      const { result } = alice.sockets.sendMessageToConnection(connection.handle, payload, SendFlags.Reliable);
      if (result !== 1) refused++;
    }
    expect(refused).toBeGreaterThan(0);
    await served(net, "there was room", () => drained.length > 0);
    expect(new Set(drained)).toEqual(new Set(["alice"]));
  });
});

describe("listen, connect and adopt", () => {
  test("serve the connections of instances", async () => {
    using net = openNetworking({ identity: "str:first" });
    using host = net.createInstance({ identity: "str:host" });
    using guest = net.createInstance({ identity: "str:guest" });
    const journal = new Journal();
    const server = host.listen({
      address: "127.0.0.1:0",
      socket: journal.handlers("host", { message: (c, m) => void c.send(`${c.identity} said ${m.text()}`) }),
      pump: "manual",
    });
    const options = (name: string) => ({ socket: journal.handlers(name), pump: "manual" as const });
    const ours = await pumped(net, guest.connect(server.address, options("guest")));
    const first = await pumped(net, net.connect(server.address, options("first")));
    expect([ours.identity, first.identity]).toEqual(["str:host", "str:host"]);
    ours.send("hello");
    first.send("hi");
    await served(net, "both were answered", () => journal.has("guest message") && journal.has("first message"));
    expect(journal.of("guest").at(-1)).toBe("message str:guest said hello");
    expect(journal.of("first").at(-1)).toBe("message str:first said hi");

    const { connection1, connection2 } = guest.sockets.createSocketPair();
    const [one, two] = [connection1, connection2].map((handle, i) => guest.adopt(handle, options(`pair ${i}`)));
    one?.send("to the other");
    await served(net, "it came", () => journal.has("pair 1 message to the other"));

    guest.close();
    expect(journal.of("guest").at(-1)).toBe("close 1000 local: the instance was closed");
    expect(journal.of("pair 0").at(-1)).toBe("close 1000 local: the instance was closed");
    expect([ours.isOpen, one?.isOpen, two?.isOpen, first.isOpen]).toEqual([false, false, false, true]);
    await served(net, "the host heard of it", () => journal.has("host close 1000 peer"));
    expect(server.connections).toBe(1);
    first.send("still here");
    await served(net, "the first was answered", () => journal.has("first message str:first said still here"));

    host.close();
    expect([server.connections, server.isListening]).toEqual([0, false]);
    await served(net, "the first heard of it", () => journal.has("first close 1000 peer"));
    await server.stop();
  });

  test("are refused by one that was closed", async () => {
    using net = openNetworking();
    const alice = net.createInstance({ identity: "str:alice" });
    alice.close();
    alice.close();
    expect(alice.isOpen).toBe(false);
    expect(() => alice.sockets.getIdentity()).toThrow(ClosedError);
    expect(() => alice.sockets.createPollGroup()).toThrow(ClosedError);
    expect(() => alice.messages.receiveMessagesOnChannel(0)).toThrow(ClosedError);
    expect(() => alice.events()).toThrow(ClosedError);
    expect(() => alice.listen({ address: "127.0.0.1:0", socket: {} })).toThrow(ClosedError);
    expect(alice.connect("127.0.0.1:1")).rejects.toThrow(ClosedError);
    expect(instancesOf(net)).toBe(0);
  });

  test("end what is being begun when the instance is closed", async () => {
    using net = openNetworking();
    using silent = net.createInstance();
    const attempt = silent.connect("127.0.0.1:9", { pump: "manual" }).then(
      () => "connected",
      (error: unknown) => (error instanceof Error ? error.message : "?"),
    );
    silent.close();
    expect(await attempt).toContain("the instance was closed");
  });
});

describe("sessions", () => {
  test("are each instance's own", async () => {
    using net = openNetworking({ identity: "str:first" });
    using alice = net.createInstance({ identity: "str:alice" });
    using bob = net.createInstance({ identity: "str:bob" });
    const asked: string[] = [];
    for (const [name, network] of Object.entries({ net, alice, bob })) {
      network.on("messagesSessionRequest", ({ identity }) => asked.push(`${name} by ${identity}`));
    }
    bob.messages.acceptSessions(() => true);
    // Sessions are had by those who have looked for messages, or sent one.
    expect(bob.messages.receiveMessagesOnChannel(3)).toEqual([]);
    expect(net.messages.receiveMessagesOnChannel(3)).toEqual([]);
    expect(alice.messages.sendMessageToUser("str:bob", "hello bob", SendFlags.Reliable, 3)).toBe(1);
    let got: ReceivedMessage[] = [];
    await pumpUntil(net, "it came", () => (got = bob.messages.receiveMessagesOnChannel(3)).length > 0);
    expect(got.map(({ identity, payload, channel }) => [identity, Buffer.from(payload).toString(), channel])).toEqual([
      ["str:alice", "hello bob", 3],
    ]);
    expect(asked).toEqual(["bob by str:alice"]);
    expect(bob.messages.sendMessageToUser("str:alice", "hello alice", SendFlags.Reliable, 3)).toBe(1);
    await pumpUntil(net, "the answer came", () => (got = alice.messages.receiveMessagesOnChannel(3)).length > 0);
    expect(got.map(({ identity }) => identity)).toEqual(["str:bob"]);
    expect(net.messages.receiveMessagesOnChannel(3)).toEqual([]);
    alice.close();
    expect(bob.messages.receiveMessagesOnChannel(3)).toEqual([]);
    expect(bob.isOpen).toBe(true);
  });

  test("reach other processes by the first network only", async () => {
    using net = openNetworking({ identity: "str:first" });
    using alice = net.createInstance({ identity: "str:alice" });
    const carried: string[] = [];
    net.signaling.use({ send: (to) => void carried.push(to) });
    expect(() => alice.sockets.connectP2PCustomSignaling(net.signaling, "str:far", 0)).toThrow(UnsupportedError);
    expect(() => alice.sockets.connectP2P("str:far", 0)).toThrow(CreationError);
    expect(alice.messages.sendMessageToUser("str:far", "hello", SendFlags.Reliable)).toBe(Result.Fail);
    expect(net.messages.sendMessageToUser("str:near", "hello", SendFlags.Reliable)).toBe(Result.OK);
    await pumpUntil(net, "signals are carried", () => carried.length > 0);
    expect(new Set(carried)).toEqual(new Set(["str:near"]));
  });
});

describe("the end", () => {
  test("of an instance waits for the handler that asks for it", async () => {
    using net = openNetworking();
    using alice = net.createInstance({ identity: "str:alice" });
    const server = net.listen({ address: "127.0.0.1:0", socket: {}, pump: "manual" });
    const within: boolean[] = [];
    const socket = {
      open() {
        alice.close();
        within.push(alice.isOpen);
      },
      close: () => void within.push(alice.isOpen),
    };
    const attempt = alice.connect(server.address, { socket, pump: "manual" }).catch(() => undefined);
    await served(net, "it was closed", () => !alice.isOpen);
    await attempt;
    expect(within).toEqual([true, true]);
    await served(net, "the server heard of it", () => server.connections === 0);
    using again = net.createInstance({ identity: "str:alice" });
    expect(await pumped(net, again.connect(server.address, { pump: "manual" }))).toHaveProperty("isOpen", true);
  });

  test("of the network is the end of its instances, and of no other opening's", async () => {
    const net = openNetworking();
    using other = openNetworking();
    const journal = new Journal();
    const server = other.listen({ address: "127.0.0.1:0", socket: journal.handlers("server"), pump: "manual" });
    const [mine, its] = [net, other].map((network) => network.createInstance({ identity: "str:bot" }));
    const connect = (instance: NetworkInstance | undefined, name: string) =>
      instance!.connect(server.address, { socket: journal.handlers(name), pump: "manual" });
    const connections: Connection[] = [];
    for (const [instance, name] of [
      [mine, "mine"],
      [its, "its"],
    ] as const) {
      const attempt = connect(instance, name).then((connection) => connections.push(connection));
      await waitUntil("it stood", () => {
        net.pump();
        other.pump();
        return connections.some(({ isOpen }, i) => isOpen && i === (name === "mine" ? 0 : 1));
      });
      await attempt;
    }
    expect(instancesOf(other)).toBe(2);
    net.close();
    expect([mine?.isOpen, its?.isOpen, instancesOf(other)]).toEqual([false, true, 1]);
    expect(journal.of("mine").at(-1)).toBe("close 1000 local: the instance was closed");
    expect(connections.map(({ isOpen }) => isOpen)).toEqual([false, true]);
    await served(other, "the server heard of it", () => server.connections === 1);
  });

  for (const going of ["terminated", "ended"] as const) {
    test(`of a Worker that is ${going} leaves none behind`, async () => {
      const signal = new SharedArrayBuffer(4);
      const worker = new Worker(join(import.meta.dir, "support", "life", "instances-worker.ts"), {
        workerData: { going, instances: 20, signal },
      });
      await once(worker, "message");
      expect(() => open()).toThrow(/another thread/);
      const exit = once(worker, "exit");
      if (going === "terminated") await worker.terminate();
      else Atomics.store(new Int32Array(signal), 0, 1);
      await exit;
      let net: Networking | undefined;
      await waitUntil("the network was free", () => {
        try {
          net = openNetworking({ identity: "str:next" });
          return true;
        } catch {
          return false;
        }
      });
      using next = net!;
      expect([instancesOf(next), next.sockets.getIdentity()]).toEqual([0, "str:next"]);
      using instance = next.createInstance({ identity: "str:0" });
      expect(instance.sockets.getIdentity()).toBe("str:0");
    });
  }

  test.skipIf(!usageIsKnown)(
    "leaves nothing behind",
    async () => {
      const { before, after, times, left } = await report<Report>("instances.ts");
      expect(left).toBe(0);
      // The engine has threads and descriptors of its own, which come and go. What an instance leaves comes each time.
      expect(after.descriptors - before.descriptors).toBeLessThan(10);
      expect(after.threads - before.threads).toBeLessThan(10);
      const bytes = ((after.residentKilobytes - before.residentKilobytes) * 1024) / times;
      console.log(`${times} instances made and closed: ${bytes.toFixed(0)} bytes each are left of resident memory`);
      expect(bytes).toBeLessThan(8192);
    },
    4 * patience,
  );
  if (!usageIsKnown) console.log("Not counted here: descriptors, threads and memory are read from Linux's /proc");
});

// A second library in the process would be there for all other tests of that mode.
describe.skipIf(missing !== undefined || manualPoll)("steam_api", () => {
  test("has no instances, and says where its two are to be had", async () => {
    const library = await makeShim("recorder", "crate");
    using net = open({ backend: "steam", library, appId: 480 });
    expectRefusal(
      () => net.createInstance({ identity: "str:alice" }),
      UnsupportedError,
      /its user and one for a game server/,
    );
  }, 120_000);
});
if (missing !== undefined) console.log(`Steam is not tried here: ${missing}`);
else if (manualPoll) console.log("Only in the other poll mode: Steam, which has no manual one");
