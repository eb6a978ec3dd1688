/**
 * Connections by identity, on GameNetworkingSockets.
 *
 * - A listen socket at a virtual port takes what `connectP2P` begins to the network's own identity, by text or Steam ID;
 *   options go to the connections. A virtual port that is taken, somebody else, and nobody who listens there are a
 *   CreationError with the library's own words.
 * - Two connections find each other by signals that native objects carry: the request comes to the context, both ends
 *   come as far as a route can be sought, and the objects are released. Where the library refuses it releases the object
 *   at once. A context that does not answer, and what is no signal, connect nobody.
 * - What a signaling service throws at the last close keeps neither other signals nor the close from happening.
 * - Wrong arguments are errors before the library sees them; an empty signal, which it could not bear, is one of them.
 */
import { describe, expect, test } from "bun:test";
import { ConnectionState, CreationError, Result, SendFlags, type Networking } from "../lib/index.ts";
import { bytesField, fixed32Field, varintField } from "../lib/authority/wire.ts";
import { NativeContext, NativeSignaling } from "./support/native-signaling.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil } from "./support/pump.ts";
import { receiveText } from "./support/receive.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { SignalField } from "./support/signal-fields.ts";
import { shows } from "./support/shows.ts";
import { stateOf } from "./support/state-of.ts";
import { StatusLog } from "./support/status-log.ts";

const { Connecting, FindingRoute, Connected, ClosedByPeer } = ConnectionState;
const noIntegers = ["5", 5n, null, undefined, {}, 1.5, NaN];

/** A request's field that names the virtual port of NetworkingMessages. */
const toSessions = varintField(9, 0x7fffffff);

/** Accepts everything. */
function acceptAll(net: Networking): void {
  net.on("connectionStatusChanged", ({ connectHandle, connection: { listenSocket, connectionState } }) => {
    if (listenSocket !== 0 && connectionState === Connecting) net.sockets.acceptConnection(connectHandle);
  });
}

describe("a listen socket at a virtual port", () => {
  test.each([
    { identity: "str:me", named: "str:me" },
    { identity: "steamid:76561197960287930", named: 76561197960287930n },
  ] as const)("takes connections to our own identity, named as $named", async ({ identity, named }) => {
    using net = openNetworking({ identity });
    const { sockets } = net;
    acceptAll(net);
    const log = new StatusLog(net);
    const listenSocket = sockets.createListenSocketP2P(7, { ConnectionUserData: 12 });
    const client = sockets.connectP2P(named, 7, { ConnectionUserData: 34 });
    expect(sockets.getConnectionUserData(client)).toBe(34);
    await pumpUntil(net, "the connection stood", () => stateOf(net, client) === Connected);

    const server = log.events.find(({ connection }) => connection.listenSocket === listenSocket)!.connectHandle;
    expect(server).not.toBe(client);
    expect(sockets.getConnectionUserData(server)).toBe(12);
    expect(sockets.getConnectionInfo(client)?.identity).toBe(identity);
    expect(sockets.getConnectionInfo(server)?.identity).toBe(identity);
    sockets.sendMessageToConnection(client, "there", SendFlags.ReliableNoNagle);
    expect(await receiveText(net, server)).toBe("there");
    sockets.sendMessageToConnection(server, "and back", SendFlags.ReliableNoNagle);
    expect(await receiveText(net, client)).toBe("and back");

    sockets.closeConnection(server, 1234, "enough");
    await pumpUntil(net, "the client knew", () => stateOf(net, client) === ClosedByPeer);
    expect(sockets.getConnectionInfo(client)).toMatchObject({ endReason: 1234, endDebug: "enough" });
    expect(sockets.closeListenSocket(listenSocket)).toBe(true);
    shows("gns", "createListenSocketP2P", "connectP2P");
  });

  test("has a port of its own, that is free again after its end", () => {
    using net = openNetworking({ identity: "str:me" });
    const { sockets } = net;
    const first = sockets.createListenSocketP2P(0);
    expect(sockets.createListenSocketP2P(0xffff)).not.toBe(first);
    const again = () => sockets.createListenSocketP2P(0);
    expectRefusal(
      again,
      CreationError,
      /virtual port 0.*Already have a listen socket.*Name a virtual port that is free/,
    );
    sockets.closeListenSocket(first);
    expect(again()).not.toBe(0 as typeof first);
  });

  test("is not found by those who name another port, or somebody else", () => {
    using net = openNetworking({ identity: "str:me" });
    const { sockets } = net;
    sockets.createListenSocketP2P(1);
    expectRefusal(() => sockets.connectP2P("str:me", 2), CreationError, /not listening on vport 2/);
    expectRefusal(() => sockets.connectP2P("str:you", 1), CreationError, /str:you.*CreateConnectionSignaling/);
    expectRefusal(() => sockets.connectP2P(76561197960287930n, 1), CreationError, /76561197960287930/);
    expectRefusal(() => sockets.connectP2P("str:me", -1), CreationError, /non-negative/);
  });
});

/** Two connections in this process, and all that goes between them. */
class Signals {
  readonly there = new NativeSignaling();
  readonly back = new NativeSignaling();
  readonly atServer = new NativeContext(this.back);
  readonly atClient = new NativeContext();

  carry({ sockets }: Networking): void {
    for (const signal of this.there.take()) expect(sockets.receivedP2PCustomSignal(signal, this.atServer)).toBe(true);
    for (const signal of this.back.take()) expect(sockets.receivedP2PCustomSignal(signal, this.atClient)).toBe(true);
  }
}

describe("connections by signals", () => {
  test.each([["with the expected peer", "str:me"] as const, ["with whomever", null] as const])(
    "find each other, %s",
    async (_, expected) => {
      const signals = new Signals();
      {
        using net = openNetworking({ identity: "str:me" });
        const { sockets } = net;
        const log = new StatusLog(net);
        const client = sockets.connectP2PCustomSignaling(signals.there, expected, 3, { ConnectionUserData: 5 });
        expect(sockets.getConnectionUserData(client)).toBe(5);
        await pumpUntil(net, "the request came", () => {
          signals.carry(net);
          return signals.atServer.connection !== 0;
        });
        const server = signals.atServer.connection;
        expect(sockets.getConnectionInfo(server)).toMatchObject({ identity: "str:me", connectionState: Connecting });
        expect(sockets.acceptConnection(server)).toBe(Result.OK);
        // From here on it takes a network interface that is not the loopback's.
        await pumpUntil(net, "both looked for a route", () => {
          signals.carry(net);
          return log.of(client).some(({ connection }) => connection.connectionState === FindingRoute);
        });
        expect([FindingRoute, Connected].some((state) => state === stateOf(net, server))).toBe(true);
        expect(sockets.getConnectionInfo(client)?.identity).toBe("str:me");
        expect([signals.there.isReleased, signals.back.isReleased]).toEqual([false, false]);
      }
      expect([signals.there.isReleased, signals.back.isReleased]).toEqual([true, true]);
      shows("gns", "connectP2PCustomSignaling", "receivedP2PCustomSignal");
    },
  );

  test("are not begun where the options forbid it, and the object is released at once", () => {
    using net = openNetworking({ identity: "str:me" });
    const signaling = new NativeSignaling();
    const begin = () => net.sockets.connectP2PCustomSignaling(signaling, "str:you", 0, { P2P_Transport_ICE_Enable: 0 });
    expectRefusal(begin, CreationError, /str:you by signals.*See that the options allow it/);
    expect(signaling.isReleased).toBe(true);
  });

  test("come to nobody by a context that does not answer", async () => {
    using net = openNetworking({ identity: "str:me" });
    const { sockets } = net;
    const log = new StatusLog(net);
    const signaling = new NativeSignaling();
    const silent = new NativeContext();
    const client = sockets.connectP2PCustomSignaling(signaling, null, 0);
    await pumpUntil(net, "the request came", () => {
      for (const signal of signaling.take()) sockets.receivedP2PCustomSignal(signal, silent);
      return silent.connection !== 0;
    });
    await pumpFor(net, 50);
    expect(log.events.map(({ connectHandle }) => connectHandle)).toEqual([client]);
    expect(stateOf(net, client)).toBe(Connecting);
  });

  test("are not made of what is no signal", () => {
    using net = openNetworking({ identity: "str:me" });
    const context = new NativeContext(new NativeSignaling());
    for (const signal of ["no signal", new Uint8Array(1), new Uint8Array(5000).fill(0xff)]) {
      expect(net.sockets.receivedP2PCustomSignal(signal, context)).toBe(false);
    }
    expect(context.connection).toBe(0 as typeof context.connection);
  });
});

test("a network ends although its signaling service does not send", () => {
  const net = openNetworking({ identity: "str:me" });
  const asked: string[] = [];
  let closed = 0;
  net.signaling.use({
    send: (to) => {
      asked.push(to);
      throw new Error(`nobody brings it to ${to}`);
    },
    close: () => void closed++,
  });
  // Both are refused at once, and the news of that waits for the last close.
  net.messages.requireAuthentication();
  for (const peer of ["str:alice", "str:bob"]) {
    const request = [
      bytesField(SignalField.FromIdentity, Buffer.from(peer)),
      fixed32Field(SignalField.FromConnection, 78),
      bytesField(
        SignalField.ConnectRequest,
        Buffer.concat([bytesField(7, bytesField(4, Buffer.of(8, 1))), toSessions]),
      ),
    ];
    expect(net.signaling.receive(peer, Buffer.concat(request))).toBe(false);
  }
  expect(() => net.close()).toThrow(AggregateError);
  expect([asked.toSorted(), closed, net.isOpen]).toEqual([["str:alice", "str:bob"], 1, false]);
  using next = openNetworking({ identity: "str:another" });
  expect(next.sockets.getIdentity()).toBe("str:another");
});

describe("wrong arguments", () => {
  test("are told before the library sees them", () => {
    using net = openNetworking({ identity: "str:me" });
    const { sockets } = net;
    for (const wrong of [-1, 0x1_0000, ...noIntegers]) {
      const error = typeof wrong === "number" ? RangeError : TypeError;
      const port = untyped<number>(wrong);
      expectRefusal(() => sockets.createListenSocketP2P(port), error, /a virtual port must be/);
      expectRefusal(
        () => sockets.connectP2PCustomSignaling({ address: 8 }, null, port),
        error,
        /a virtual port must be/,
      );
      if (wrong !== -1) expectRefusal(() => sockets.connectP2P("str:you", port), error, /a virtual port must be/);
    }
    for (const nobody of ["", "alice", "steamid:1", 5, null, {}]) {
      expectRefusal(() => sockets.connectP2P(untyped(nobody), 0), TypeError, /identity/);
      if (nobody !== null) {
        expectRefusal(
          () => sockets.connectP2PCustomSignaling({ address: 8 }, untyped(nobody), 0),
          TypeError,
          /identity/,
        );
      }
    }
    for (const steamID of [0n, -1n, 2n ** 64n]) {
      expectRefusal(() => sockets.connectP2P(steamID, 0), RangeError, /a Steam ID must fit in 64 bits/);
    }
    for (const object of [5, null, undefined, "8"]) {
      const connect = () => sockets.connectP2PCustomSignaling(untyped(object), null, 0);
      expectRefusal(connect, TypeError, /a signaling object must be an object \{ address \}/);
      const receive = () => sockets.receivedP2PCustomSignal("signal", untyped(object));
      expectRefusal(receive, TypeError, /a context must be an object \{ address \}/);
    }
    for (const address of [0, -8, 1.5, 2 ** 60]) {
      expectRefusal(() => sockets.connectP2PCustomSignaling({ address }, null, 0), RangeError, /the address of/);
      expectRefusal(() => sockets.receivedP2PCustomSignal("signal", { address }), RangeError, /the address of/);
    }
    const context = new NativeContext();
    expectRefusal(() => sockets.receivedP2PCustomSignal("", context), RangeError, /at least one byte/);
    expectRefusal(() => sockets.receivedP2PCustomSignal(untyped(5), context), TypeError, /must be a string, a view/);
  });
});
