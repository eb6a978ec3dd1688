/**
 * What strangers say to those who require authentication.
 *
 * - A server that is not the one expected, though its certificate is good, is not heard: neither `open` nor `message` nor
 *   `close` is called, `connect` rejects with who it is.
 * - Nor below: nothing is received from it, by its connection or by a poll group that it was to be in. The one expected
 *   is in its poll group as soon as it is known.
 * - A message for the application in a signal, which is neither encrypted nor signed, is not taken: the signal is refused,
 *   with a certificate of somebody or with none.
 */
import { expect, test } from "bun:test";
import {
  ConnectionState,
  openNetworking,
  Result,
  SendFlags,
  type Networking,
  type ReceivedMessage,
} from "../lib/index.ts";
import { Authority } from "./support/certificate.ts";
import { pumpUntil, waitUntil } from "./support/pump.ts";

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

test.each(["str:server", "str:player"])(
  "below, a server is heard when it is known to be the one expected: %s",
  async (expected) => {
    using net = open("str:client");
    const server = net.createInstance({
      identity: "str:server",
      certificate: (request) => authority.issue(request, "str:server"),
    });
    await pumpUntil(net, "both have certificates", () =>
      [net, server].every(({ certificates }) => certificates.status.state === "ready"),
    );
    const listenSocket = server.sockets.createListenSocketIP("127.0.0.1:0", { requireAuthentication: true });
    let isAccepted = false;
    server.on("connectionStatusChanged", ({ connectHandle, connection: { connectionState } }) => {
      if (connectionState !== ConnectionState.Connecting) return;
      isAccepted = server.sockets.acceptConnection(connectHandle) === Result.OK;
      server.sockets.sendMessageToConnection(connectHandle, "hello", SendFlags.Reliable);
    });
    const { sockets } = net;
    const address = server.sockets.getListenSocketAddress(listenSocket) ?? "";
    const connection = sockets.connectByIPAddress(address, { requireAuthentication: true, expect: expected });
    const group = sockets.createPollGroup();
    expect(sockets.setConnectionPollGroup(connection, group)).toBe(true);
    await pumpUntil(net, "the server has accepted", () => isAccepted);
    await waitUntil("the library has connected", () => {
      return sockets.getConnectionInfo(connection)?.connectionState === ConnectionState.Connected;
    });
    // Long enough for the message to be there before it is known whose it is.
    Bun.sleepSync(50);
    const heard: string[] = [];
    const note = (messages: ReceivedMessage[] | undefined) => {
      for (const { payload } of messages ?? []) heard.push(new TextDecoder().decode(payload));
    };
    note(sockets.receiveMessagesOnConnection(connection));
    note(sockets.receiveMessagesOnPollGroup(group));
    expect(heard).toEqual([]);
    const isExpected = expected === "str:server";
    await pumpUntil(net, "it is known who the server is", () => {
      note(sockets.receiveMessagesOnPollGroup(group));
      note(sockets.receiveMessagesOnConnection(connection));
      const { connectionState = ConnectionState.None } = sockets.getConnectionInfo(connection) ?? {};
      return isExpected ? heard.length > 0 : connectionState !== ConnectionState.Connected;
    });
    note(sockets.receiveMessagesOnConnection(connection));
    expect(heard).toEqual(isExpected ? ["hello"] : []);
  },
);

/** Fields of the library's signals: a number of 32 bits, and bytes. */
const fixed = (field: number, value: number) => {
  const bytes = Buffer.alloc(5);
  bytes[0] = (field << 3) | 5;
  bytes.writeUInt32LE(value, 1);
  return bytes;
};
const bytesOf = (field: number, value: Uint8Array) =>
  Buffer.concat([Buffer.of((field << 3) | 2), lengthOf(value), value]);
const lengthOf = ({ length }: Uint8Array) =>
  length < 128 ? Buffer.of(length) : Buffer.of((length & 127) | 128, length >> 7);

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
          fixed(1, connection),
          bytesOf(8, Buffer.from("str:mallory")),
          fixed(9, 77),
          ...(certificate === undefined ? [] : [bytesOf(4, bytesOf(7, certificate))]),
          ...message,
        ]);
      const message = bytesOf(15, Buffer.concat([bytesOf(1, Buffer.from("from nobody")), Buffer.of(2 << 3, 5)]));
      expect(net.signaling.receive("str:mallory", signal(message))).toBe(false);
      expect(net.sockets.receiveMessagesOnConnection(connection)).toEqual([]);
      net.sockets.closeConnection(connection);
    }
  }
});
