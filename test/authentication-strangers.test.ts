/**
 * What strangers say to those who require authentication.
 *
 * - A server that is not the one expected, though its certificate is good, is not heard: neither `open` nor `message` nor
 *   `close` is called, `connect` rejects with who it is.
 * - Nor below: nothing is received from it, by its connection or by a poll group that it was to be in, be it an
 *   instance's connection and the first network's group; nor by who adopts the connection. The one expected is in its
 *   poll group as soon as it is known, and opens where it was adopted.
 * - Who came to a listen socket that was closed before he was told of is not told of.
 * - Where authentication is required nothing is unencrypted.
 * - Without a certificate nobody gets in from the same process; an instance can't change what sessions demand; who was
 *   revoked stays so when a second library is opened.
 * - A message for the application in a signal, which is neither encrypted nor signed, is not taken: the signal is refused,
 *   with a certificate of somebody or with none, and be it disguised from all readers but the library's. So is one that
 *   has two senders.
 */
import { expect, test } from "bun:test";
import {
  ConnectionInfoFlags,
  ConnectionState,
  openNetworking,
  Result,
  SendFlags,
  UnsupportedError,
  type ConnectionHandle,
  type ConnectionStatusChangedEvent,
  type Networking,
} from "../lib/index.ts";
import { bytesField, fixed32Field, varintField } from "../lib/authority/wire.ts";
import { helperAt, LibraryState } from "../sdk/helper.ts";
import { makeShim, missing } from "./steam/shim.ts";
import { Authority } from "./support/certificate.ts";
import { pumpUntil, waitUntil } from "./support/pump.ts";
import { disguisedField, SignalField } from "./support/signal-fields.ts";
import { unacknowledged } from "./support/unacknowledged.ts";

const authority = new Authority();

function open(identity: string): Networking {
  const renew = (request: Uint8Array) => authority.issue(request, identity);
  return openNetworking({ identity, certificates: { roots: authority.root, renew } });
}

test("a server that is somebody else is not heard", async () => {
  using net = open("str:client");
  const player = net.createInstance({
    identity: "str:player",
    certificate: (request) => authority.issue(request, "str:player"),
  });
  await pumpUntil(net, "both have certificates", () =>
    [net, player].every(({ certificates }) => certificates.status.state === "ready"),
  );
  const { sockets } = player;
  const listenSocket = sockets.createListenSocketIP("127.0.0.1:0", { requireAuthentication: true });
  const sent: Result[] = [];
  player.on("connectionStatusChanged", ({ connectHandle, connection: { connectionState } }) => {
    if (connectionState !== ConnectionState.Connecting || sent.length > 0) return;
    sockets.acceptConnection(connectHandle);
    sent.push(sockets.sendMessageToConnection(connectHandle, "from the player", SendFlags.Reliable).result);
  });
  const heard: string[] = [];
  let failure = "";
  void net
    .connect(sockets.getListenSocketAddress(listenSocket) ?? "", {
      requireAuthentication: true,
      expect: "str:server",
      pump: "manual",
      socket: {
        open: () => void heard.push("open"),
        message: () => void heard.push("message"),
        close: () => void heard.push("close"),
      },
    })
    .catch((error) => {
      failure = String(error);
    });
  await pumpUntil(net, "the connection is refused", () => {
    // Long enough for the message to be there before it is known whose it is.
    Bun.sleepSync(20);
    return failure !== "";
  });
  expect(failure).toContain("str:player");
  expect(sent).toEqual([Result.OK]);
  expect(heard).toEqual([]);
});

const begunBy = ["the first network", "an instance"] as const;

/** A server that greets who connects, and a connection to it, begun by one of two, which waits for who it is. */
async function greeted(by: (typeof begunBy)[number], expected: string) {
  using stack = new DisposableStack();
  const net = stack.use(open("str:client"));
  const instance = (identity: string) =>
    net.createInstance({ identity, certificate: (request) => authority.issue(request, identity) });
  const server = instance("str:server");
  const client = by === "an instance" ? instance("str:other") : net;
  await pumpUntil(net, "all have certificates", () =>
    [net, server, client].every(({ certificates }) => certificates.status.state === "ready"),
  );
  const listenSocket = server.sockets.createListenSocketIP("127.0.0.1:0", { requireAuthentication: true });
  let accepted: ConnectionHandle | undefined;
  server.on("connectionStatusChanged", ({ connectHandle, connection: { connectionState } }) => {
    if (connectionState !== ConnectionState.Connecting) return;
    server.sockets.acceptConnection(connectHandle);
    server.sockets.sendMessageToConnection(connectHandle, "hello", SendFlags.Reliable);
    accepted = connectHandle;
  });
  const address = server.sockets.getListenSocketAddress(listenSocket) ?? "";
  const connection = client.sockets.connectByIPAddress(address, { requireAuthentication: true, expect: expected });
  await pumpUntil(net, "the server has accepted", () => accepted !== undefined);
  // From here on no callbacks: the message is there before it is known whose it is.
  await waitUntil("the library has connected", () => {
    return client.sockets.getConnectionInfo(connection)?.connectionState === ConnectionState.Connected;
  });
  await waitUntil("the greeting has arrived", () => unacknowledged(server, accepted!) === 0);
  const close = stack.move();
  return { net, client, connection, [Symbol.dispose]: () => close.dispose() };
}

const cases = begunBy.flatMap((by) => ["str:server", "str:player"].map((expected) => [by, expected] as const));

test.each(cases)("below, %s hears a server when it is known to be the one expected: %s", async (by, expected) => {
  using made = await greeted(by, expected);
  const { net, client, connection } = made;
  const { sockets } = net;
  const group = sockets.createPollGroup();
  expect(sockets.setConnectionPollGroup(connection, group)).toBe(true);
  const heard: string[] = [];
  const listen = () => {
    for (const { payload } of [
      ...sockets.receiveMessagesOnPollGroup(group),
      ...client.sockets.receiveMessagesOnConnection(connection),
    ]) {
      heard.push(new TextDecoder().decode(payload));
    }
  };
  listen();
  expect(heard).toEqual([]);
  const isExpected = expected === "str:server";
  await pumpUntil(net, "it is known who the server is", () => {
    listen();
    const { connectionState = ConnectionState.None } = client.sockets.getConnectionInfo(connection) ?? {};
    return isExpected ? heard.length > 0 : connectionState !== ConnectionState.Connected;
  });
  listen();
  expect(heard).toEqual(isExpected ? ["hello"] : []);
});

test.each(cases)(
  "adopted by %s, a server is heard when it is known to be the one expected: %s",
  async (by, expected) => {
    using made = await greeted(by, expected);
    const { net, client, connection } = made;
    const heard: string[] = [];
    let isOver = false;
    client.on("connectionStatusChanged", ({ connection: { connectionState } }) => {
      isOver ||= connectionState === ConnectionState.ProblemDetectedLocally;
    });
    client.adopt(connection, {
      pump: "manual",
      socket: {
        open: () => void heard.push("open"),
        message: (_, message) => void heard.push(message.text()),
      },
    });
    const isExpected = expected === "str:server";
    await waitUntil("it is known who the server is", () => {
      net.pump();
      return isExpected ? heard.length > 1 : isOver;
    });
    expect(heard).toEqual(isExpected ? ["open", "hello"] : []);
  },
);

test("what requires authentication is encrypted, whatever its options say", async () => {
  using net = openNetworking({
    identity: "str:client",
    certificates: { roots: authority.root, renew: (request) => authority.issue(request, "str:client") },
    config: { Unencrypted: 3 },
  });
  const server = net.createInstance({
    identity: "str:server",
    certificate: (request) => authority.issue(request, "str:server"),
  });
  await pumpUntil(net, "both have certificates", () =>
    [net, server].every(({ certificates }) => certificates.status.state === "ready"),
  );
  const options = { requireAuthentication: true, Unencrypted: 3 } as const;
  for (const [ours, theirs] of [
    [options, options],
    [options, { Unencrypted: 3 }],
    [{ Unencrypted: 3 }, options],
  ] as const) {
    const listenSocket = server.sockets.createListenSocketIP("127.0.0.1:0", theirs);
    const accept = ({ connectHandle, connection }: ConnectionStatusChangedEvent) => {
      if (connection.connectionState === ConnectionState.Connecting) server.sockets.acceptConnection(connectHandle);
    };
    server.on("connectionStatusChanged", accept);
    const address = server.sockets.getListenSocketAddress(listenSocket) ?? "";
    const connection = net.sockets.connectByIPAddress(address, ours);
    const state = () => net.sockets.getConnectionInfo(connection);
    await pumpUntil(net, "it is settled", () => (state()?.connectionState ?? 0) > ConnectionState.Connecting);
    const { connectionState, infoFlags = 0 } = state() ?? {};
    const isPlain =
      connectionState === ConnectionState.Connected && (infoFlags & ConnectionInfoFlags.Unencrypted) !== 0;
    expect(isPlain).toBe(false);
    net.sockets.closeConnection(connection);
    server.off("connectionStatusChanged", accept);
  }
});

test("who has no certificate does not get in from the same process either", async () => {
  using net = open("str:server");
  await pumpUntil(net, "there is a certificate", () => net.certificates.status.state === "ready");
  net.sockets.createListenSocketP2P(0, { requireAuthentication: true });
  const refused: string[] = [];
  const told: ConnectionState[] = [];
  net.on("authenticationRefused", ({ identity, reason }) => void refused.push(`${identity}: ${reason}`));
  net.on("connectionStatusChanged", ({ connection }) => void told.push(connection.connectionState));
  const bot = net.createInstance({ identity: "str:bot" });
  const connection = bot.sockets.connectP2P("str:server", 0);
  await pumpUntil(net, "the bot is refused", () => {
    const { connectionState } = bot.sockets.getConnectionInfo(connection) ?? {};
    return connectionState === ConnectionState.ClosedByPeer && refused.length > 0;
  });
  expect(refused).toEqual(["str:bot: there is no certificate"]);
  expect(told).toEqual([]);
});

test.each([true, false])(
  "who came to a listen socket before it was closed is told of after, but not where he has to prove who he is: %p",
  async (requireAuthentication) => {
    using net = openNetworking({ identity: "str:bot", certificates: { roots: authority.root } });
    const server = net.createInstance({
      identity: "str:server",
      certificate: (request) => authority.issue(request, "str:server"),
    });
    await pumpUntil(net, "there is a certificate", () => server.certificates.status.state === "ready");
    const told: ConnectionState[] = [];
    server.on("connectionStatusChanged", ({ connection }) => void told.push(connection.connectionState));
    const listenSocket = server.sockets.createListenSocketIP("127.0.0.1:0", { requireAuthentication });
    net.sockets.connectByIPAddress(server.sockets.getListenSocketAddress(listenSocket) ?? "");
    // What an instance tells waits in the helper, and what the first network tells in the library.
    const state = new LibraryState(helperAt(net.library.path), 0);
    await waitUntil("it has come", () => state.events > 0);
    server.sockets.closeListenSocket(listenSocket);
    net.runCallbacks();
    expect(told.includes(ConnectionState.Connecting)).toBe(!requireAuthentication);
  },
);

test("sessions of an instance, which has no signals, have no demands that would be the first network's", () => {
  using net = open("str:first");
  const instance = net.createInstance({ identity: "str:other" });
  for (const required of [true, false]) {
    expect(() => instance.messages.requireAuthentication(required)).toThrow(UnsupportedError);
  }
});

test.skipIf(missing !== undefined)("who was revoked stays so when another library is opened", async () => {
  using net = open("str:server");
  const bob = net.createInstance({
    identity: "str:bob",
    certificate: (request) => authority.issue(request, "str:bob"),
  });
  await pumpUntil(net, "both have certificates", () =>
    [net, bob].every(({ certificates }) => certificates.status.state === "ready"),
  );
  net.certificates.revoke("str:bob");
  using _steam = openNetworking({ backend: "steam", library: await makeShim("recorder", "crate") });
  const refused: string[] = [];
  net.on("authenticationRefused", ({ reason }) => void refused.push(reason));
  const listenSocket = net.sockets.createListenSocketIP("127.0.0.1:0", { requireAuthentication: true });
  bob.sockets.connectByIPAddress(net.sockets.getListenSocketAddress(listenSocket) ?? "");
  await pumpUntil(net, "bob is refused", () => refused.length > 0);
  expect(refused).toEqual(["the identity was revoked"]);
});
if (missing !== undefined) console.log(`Nothing is revoked beside another library here: ${missing}`);

test("a message in a signal is not taken", async () => {
  using net = open("str:client");
  await pumpUntil(net, "there is a certificate", () => net.certificates.status.state === "ready");
  net.signaling.use({ send: () => {} });
  const anybodys = authority.certificate({ key: new Uint8Array(32).fill(9), identity: "str:alice" });
  for (const requireAuthentication of [true, false]) {
    for (const certificate of [undefined, anybodys]) {
      const connection = net.sockets.connectP2PCustomSignaling(net.signaling, "str:mallory", 0, {
        requireAuthentication,
      });
      net.runCallbacks();
      const signal = (...message: Uint8Array[]) =>
        Buffer.concat([
          fixed32Field(SignalField.ToConnection, connection),
          bytesField(SignalField.FromIdentity, Buffer.from("str:mallory")),
          fixed32Field(SignalField.FromConnection, 77),
          ...(certificate === undefined ? [] : [bytesField(SignalField.ConnectRequest, bytesField(7, certificate))]),
          ...message,
        ]);
      const text = Buffer.concat([bytesField(1, Buffer.from("from nobody")), varintField(2, 5)]);
      for (const field of [bytesField, disguisedField]) {
        const message = field(SignalField.ApplicationMessage, text);
        expect(net.signaling.receive("str:mallory", signal(message))).toBe(false);
        expect(net.sockets.receiveMessagesOnConnection(connection)).toEqual([]);
      }
      // Nor does a signal have two senders, of whom the service vouches for one.
      const sender = disguisedField(SignalField.FromIdentity, Buffer.from("str:alice"));
      expect(net.signaling.receive("str:mallory", signal(sender))).toBe(false);
      net.sockets.closeConnection(connection);
    }
  }
});
