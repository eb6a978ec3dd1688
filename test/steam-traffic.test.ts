/**
 * Valve's own steam_api with the objects of GameNetworkingSockets behind its flat functions, for want of a Steam client:
 * real traffic through real flat functions, of both versions of Valve's library that are at hand.
 *
 * - A connection over UDP is made, accepted, named, asked about, talked over and ended; every function of sockets that
 *   GameNetworkingSockets has an answer for answers as it does there.
 * - The hot path: pools, outboxes, poll groups and inboxes move noise byte for byte, over lanes too; every slot comes
 *   back, also those of messages that are refused.
 * - listen and connect work on it, and what was sent before the end arrives.
 * - Options cross in every type and scope. Those of everything are common to user and game server, and a second
 *   opening does not take them away.
 * - User, game server and GameNetworkingSockets itself are open in one process, each with its own events, handles and
 *   messages: what is held of one lives on when the others end. After the end every call is refused.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  Availability,
  ClosedError,
  ConnectionState,
  Inbox,
  MessagePool,
  openNetworking,
  Outbox,
  Result,
  SendFlags,
  type ConnectionHandle,
  type Networking,
  type NetworkingOptions,
} from "../lib/index.ts";
import { noise, sameBytes } from "./support/noise.ts";
import { pumpUntil, waitUntil } from "./support/pump.ts";
import { allBack, filledSlot, pushFilled } from "./support/slots.ts";
import { shows } from "./support/shows.ts";
import { makeShim, missing, ShimControl, type ValveLibrary } from "./steam/shim.ts";

const { Connecting, Connected } = ConnectionState;
const { Reliable, Unreliable } = SendFlags;
const asServer = { gamePort: 27015, version: "1.0.0.0", product: "steam-sockets" } as const;

if (missing !== undefined) console.log(`skipped: Valve's libraries with real traffic: ${missing}`);

interface Ends {
  readonly client: ConnectionHandle;
  readonly served: ConnectionHandle;
}

/** Connects a network to itself over UDP. */
async function overUDP(net: Networking): Promise<Ends> {
  const listenSocket = net.sockets.createListenSocketIP("127.0.0.1:0");
  const address = net.sockets.getListenSocketAddress(listenSocket) ?? "";
  let served = 0 as ConnectionHandle;
  net.on("connectionStatusChanged", ({ connectHandle, connection }) => {
    if (connection.listenSocket !== listenSocket || connection.connectionState !== Connecting) return;
    served = connectHandle;
    net.sockets.acceptConnection(connectHandle);
  });
  const client = net.sockets.connectByIPAddress(address);
  const isConnected = (connection: ConnectionHandle) =>
    net.sockets.getConnectionInfo(connection)?.connectionState === Connected;
  await pumpUntil(net, "both ends were connected", () => served !== 0 && isConnected(client) && isConnected(served));
  return { client, served };
}

describe.skipIf(missing !== undefined).each<ValveLibrary>(["crate", "npm"])("Valve's library of the %s", (valve) => {
  let library = "";
  let control: ShimControl;

  beforeAll(async () => {
    library = await makeShim("gns", valve);
    control = new ShimControl(library);
  }, 120_000);
  afterAll(() => expect(control.runs).toBe("nobody"));

  const open = (options: NetworkingOptions = {}) =>
    openNetworking({ backend: "steam", library, appId: 480, ...options });
  const openServer = () => openNetworking({ library, appId: 480, gameServer: asServer });

  test("tells what it is", () => {
    using net = open();
    expect(net.library).toEqual({ kind: "steam", path: library, version: "SteamNetworkingSockets012" });
    expect(net.gameServer).toBeUndefined();
    expect(net.sockets.getIdentity()).toBe("steamid:76561197960287930");
    expect(control.runs).toBe("user");
  });

  test("connections over UDP", async () => {
    using net = open();
    const { sockets } = net;
    const { client, served } = await overUDP(net);

    const sent = sockets.sendMessageToConnection(client, "over Valve's own functions", Reliable);
    expect(sent).toEqual({ result: Result.OK, messageNumber: 1 });
    expect(sockets.flushMessagesOnConnection(client)).toBe(Result.OK);
    let received = sockets.receiveMessagesOnConnection(served);
    await pumpUntil(net, "the message had come", () => {
      if (received.length === 0) received = sockets.receiveMessagesOnConnection(served);
      return received.length > 0;
    });
    expect(received).toHaveLength(1);
    expect(new TextDecoder().decode(received[0]?.payload)).toBe("over Valve's own functions");
    expect(received[0]).toMatchObject({ connection: served, identity: "steamid:76561197960287930" });

    expect(sockets.setConnectionUserData(client, 2n ** 60n)).toBe(true);
    expect(sockets.getConnectionUserDataBigInt(client)).toBe(2n ** 60n);
    sockets.setConnectionName(client, "the client");
    expect(sockets.getConnectionName(client)).toBe("the client");
    expect(sockets.getConnectionInfo(client)).toMatchObject({ identity: "steamid:76561197960287930", listenSocket: 0 });
    expect(sockets.getConnectionRealTimeStatus(client).connectionStatus).toMatchObject({ state: Connected });
    expect(sockets.getDetailedConnectionStatus(client).buffer).toStartWith("End-to-end connection: connected");
    expect(sockets.getConnectionInfo(12345 as ConnectionHandle)).toBeUndefined();

    const told: string[] = [];
    net.on("connectionStatusChanged", ({ connectHandle, connection: { endReason, endDebug } }) =>
      told.push(`${connectHandle} ${endReason} ${endDebug}`),
    );
    expect(sockets.closeConnection(client, 1234, "that was all")).toBe(true);
    await pumpUntil(net, "the other end was told", () => told.length > 0);
    expect(told).toEqual([`${served} 1234 that was all`]);
    expect(sockets.closeConnection(client)).toBe(false);
    expect(sockets.closeConnection(served)).toBe(true);
    shows("steam_api", "createListenSocketIP", "getListenSocketAddress", "connectByIPAddress", "acceptConnection");
    shows("steam_api", "closeConnection", "getConnectionInfo", "getConnectionRealTimeStatus", "getConnectionName");
    shows(
      "steam_api",
      "setConnectionName",
      "setConnectionUserData",
      "getConnectionUserData",
      "connectionStatusChanged",
    );
    shows("steam_api", "getDetailedConnectionStatus", "sendMessageToConnection", "flushMessagesOnConnection");
    shows("steam_api", "receiveMessagesOnConnection", "getIdentity", "runNetworkingCallbacks");
  });

  test("listen sockets and poll groups end", () => {
    using net = open();
    const { sockets } = net;
    const listenSocket = sockets.createListenSocketIP("127.0.0.1:0");
    expect(sockets.closeListenSocket(listenSocket)).toBe(true);
    expect(sockets.closeListenSocket(listenSocket)).toBe(false);
    const group = sockets.createPollGroup();
    expect(sockets.destroyPollGroup(group)).toBe(true);
    expect(sockets.destroyPollGroup(group)).toBe(false);
    shows("steam_api", "closeListenSocket", "createPollGroup", "destroyPollGroup");
  });

  test("authentication", () => {
    using net = open();
    expect(net.sockets.initAuthentication()).toBe(net.sockets.getAuthenticationStatus().available);
    expect(Object.values<number>(Availability)).toContain(net.sockets.getAuthenticationStatus().available);
    shows("steam_api", "initAuthentication", "getAuthenticationStatus");
  });

  test("the hot path: noise over lanes through a pool, an outbox, a poll group and an inbox", async () => {
    using net = open({ config: { SendRateMin: 50_000_000, SendRateMax: 50_000_000 } });
    const { client, served } = await overUDP(net);
    const { sockets } = net;
    expect(sockets.configureConnectionLanes(client, 3, [0, 0, 1], [1, 2, 1])).toBe(Result.OK);
    const group = sockets.createPollGroup();
    expect(sockets.setConnectionPollGroup(served, group)).toBe(true);
    using pool = new MessagePool({ slots: 64, slotBytes: 8000 });
    using outbox = new Outbox(pool);
    using inbox = new Inbox();
    const total = 600;
    const payloadOf = (index: number) => noise(index, 1 + ((index * 7919) % 8000));
    const spoilt: number[] = [];
    let [sent, received] = [0, 0];
    await pumpUntil(net, "all had come", () => {
      while (sent < total && pool.available > 0) {
        const content = payloadOf(sent);
        outbox.push(client, filledSlot(pool, content), content.length, Reliable, sent++ % 3);
      }
      const waiting = outbox.count;
      expect(sockets.sendMessages(outbox)).toBe(waiting);
      const came = sockets.receiveMessagesOnPollGroup(group, inbox);
      for (let i = 0; i < came; i++) {
        // Each lane numbers its own.
        const index = inbox.lane(i) + 3 * (inbox.messageNumber(i) - 1);
        if (inbox.connection(i) !== served || !sameBytes(inbox.bytes(i), payloadOf(index))) spoilt.push(index);
      }
      received += came;
      return received === total;
    });
    expect(spoilt).toEqual([]);
    await allBack(net, pool);

    // What is refused gives its slot back, or leaves it where that is wanted.
    using keeping = new Outbox(pool, { onFailure: "keep" });
    const nowhere = 4711 as ConnectionHandle;
    const kept = filledSlot(pool, noise(1, 10));
    pushFilled(pool, outbox, nowhere, noise(2, 10), Reliable);
    keeping.push(nowhere, kept, 10, Reliable);
    expect([sockets.sendMessages(outbox), sockets.sendMessages(keeping)]).toEqual([0, 0]);
    expect([outbox.result(0), keeping.result(0)]).toEqual([-Result.InvalidParam, -Result.InvalidParam]);
    expect(pool.available).toBe(63);
    pool.free(kept);
    expect(pool.available).toBe(64);
    shows("steam_api", "configureConnectionLanes", "setConnectionPollGroup", "sendMessages");
    shows("steam_api", "receiveMessagesOnPollGroup");
  });

  test("messages of every size, reliable or not, alone and in lists", async () => {
    using net = open();
    for (const useNetworkLoopback of [false, true]) {
      const { connection1, connection2 } = net.sockets.createSocketPair(useNetworkLoopback);
      const sizes = [0, 1, 1000, 1200, 16_000, 100_000, 524_288];
      const flags = [Reliable, Reliable, Unreliable, Unreliable, Reliable, Reliable, Reliable];
      net.utils.setConfigValue("SendBufferSize", 2_000_000, { connection: connection1 });
      const results = net.sockets.sendMessages(
        sizes.map((size, at) => ({ connection: connection1, data: noise(at, size), flags: flags[at] ?? Reliable })),
      );
      expect(results.every((result) => result > 0)).toBe(true);
      const came: Uint8Array[] = [];
      await pumpUntil(net, "all had come", () => {
        came.push(...net.sockets.receiveMessagesOnConnection(connection2).map(({ payload }) => payload));
        return came.length === sizes.length;
      });
      const bySize = came.toSorted((one, other) => one.length - other.length);
      expect(bySize.every((payload, at) => sameBytes(payload, noise(at, sizes[at] ?? 0)))).toBe(true);
    }
    shows("steam_api", "createSocketPair");
  });

  test("listen and connect", async () => {
    using net = open();
    const lines: string[] = [];
    const server = net.listen({
      address: "127.0.0.1:0",
      socket: {
        open: ({ identity }) => void lines.push(`open ${identity}`),
        message(connection, message) {
          lines.push(`message ${message.text()}`);
          connection.send(`${message.text()}?`);
        },
        close: (_, { code, text, by }) => void lines.push(`close ${code} ${text} ${by}`),
      },
    });
    let answer = "";
    const client = await net.connect(server.address, {
      socket: { message: (_, message) => void (answer = message.text()) },
    });
    client.send("hello");
    await waitUntil("there was an answer", () => answer !== "");
    expect(answer).toBe("hello?");
    client.send("a last word");
    client.close(1001, "goodbye");
    await waitUntil("the server was told", () => lines.length === 4);
    expect(lines).toEqual([
      "open steamid:76561197960287930",
      "message hello",
      "message a last word",
      "close 1001 goodbye peer",
    ]);
    await server.stop();
  });

  test("a close of the network waits for what lingers", async () => {
    const [net, gns] = [open(), openNetworking()];
    try {
      const listenSocket = gns.sockets.createListenSocketIP("127.0.0.1:0", { IP_AllowWithoutAuth: 1 });
      const group = gns.sockets.createPollGroup();
      gns.on("connectionStatusChanged", ({ connectHandle, connection }) => {
        if (connection.connectionState !== Connecting) return;
        gns.sockets.acceptConnection(connectHandle);
        gns.sockets.setConnectionPollGroup(connectHandle, group);
      });
      const address = gns.sockets.getListenSocketAddress(listenSocket) ?? "";
      const connection = net.sockets.connectByIPAddress(address, { IP_AllowWithoutAuth: 1 });
      await waitUntil("the two were connected", () => {
        gns.runCallbacks();
        net.runCallbacks();
        return net.sockets.getConnectionInfo(connection)?.connectionState === Connected;
      });
      net.utils.setConfigValue("SendRateMax", 4_000_000, { connection });
      net.utils.setConfigValue("SendRateMin", 4_000_000, { connection });
      const sent = Array.from({ length: 30 }, (_, at) => noise(at, 10_000));
      for (const payload of sent) net.sockets.sendMessageToConnection(connection, payload, Reliable);
      expect(net.sockets.closeConnection(connection, 0, "", true)).toBe(true);
      net.close();
      const came: Uint8Array[] = [];
      await pumpUntil(gns, "all had come", () => {
        came.push(...gns.sockets.receiveMessagesOnPollGroup(group).map(({ payload }) => payload));
        return came.length === sent.length;
      });
      expect(came.every((payload, at) => sameBytes(payload, sent[at] ?? payload.subarray(1)))).toBe(true);
    } finally {
      net.close();
      gns.close();
    }
  });

  test("options of every type, common to user and game server", async () => {
    const user = open({ config: { SendRateMax: 3_000_000 } });
    const server = openServer();
    try {
      expect(server.utils.getConfigValue("SendRateMax")).toBe(3_000_000);
      server.utils.setConfigValue("FakePacketLag_Send", 1);
      expect(user.utils.getConfigValue("FakePacketLag_Send")).toBe(1);
      user.utils.setConfigValue("FakePacketLoss_Send", 0.25);
      expect(user.utils.getConfigValue("FakePacketLoss_Send")).toBe(0.25);
      user.utils.setConfigValue("FakePacketLoss_Send", 0);
      user.utils.setConfigValue("P2P_STUN_ServerList", "stun.example.org:3478");
      expect(server.utils.getConfigValue("P2P_STUN_ServerList")).toBe("stun.example.org:3478");
      expect(user.utils.configOptions().length).toBeGreaterThan(40);
      const again = open();
      expect(again.utils.getConfigValue("SendRateMax")).toBe(3_000_000);
      again.close();
      user.close();
      expect(server.utils.getConfigValue("SendRateMax")).toBe(3_000_000);
      const { client } = await overUDP(server);
      expect(server.utils.getConfigValue("SendRateMax", { connection: client })).toBe(3_000_000);
    } finally {
      user.close();
      server.close();
    }
    using afterwards = open();
    expect(afterwards.utils.getConfigValue("SendRateMax")).not.toBe(3_000_000);
  });

  test("user, game server and GameNetworkingSockets at once", async () => {
    const networks = [open(), openServer(), openNetworking()];
    const [user, server, gns] = networks as [Networking, Networking, Networking];
    try {
      expect(control.runs).toBe("both");
      const told = networks.map(() => new Set<ConnectionHandle>());
      for (const [at, net] of networks.entries()) {
        net.on("connectionStatusChanged", ({ connectHandle }) => told[at]?.add(connectHandle));
      }
      const ends = [await overUDP(user), await overUDP(server), await overUDP(gns)];
      for (const [at, { client, served }] of ends.entries()) {
        expect([...(told[at] ?? [])].toSorted()).toEqual([client, served].toSorted());
      }
      const inboxes = networks.map(() => new Inbox({ mode: "auto" }));
      for (const [at, net] of networks.entries()) {
        const { client, served } = ends[at] ?? { client: 0 as ConnectionHandle, served: 0 as ConnectionHandle };
        net.sockets.sendMessageToConnection(client, noise(at, 60_000), Reliable);
        const inbox = inboxes[at] ?? new Inbox();
        await pumpUntil(net, "it had come", () => net.sockets.receiveMessagesOnConnection(served, inbox) === 1);
      }
      const isWhole = (at: number) => sameBytes(inboxes[at]?.bytes(0) ?? noise(9, 1), noise(at, 60_000));
      expect([isWhole(0), isWhole(1), isWhole(2)]).toEqual([true, true, true]);
      user.close();
      expect(control.runs).toBe("server");
      expect(() => user.sockets.createPollGroup()).toThrow(ClosedError);
      expect(() => user.utils.getLocalTimestamp()).toThrow(ClosedError);
      expect([isWhole(1), isWhole(2)]).toEqual([true, true]);
      const pair = server.sockets.createSocketPair();
      expect(server.sockets.sendMessageToConnection(pair.connection1, "on", Reliable).result).toBe(Result.OK);
      expect(server.sockets.receiveMessagesOnConnection(pair.connection2)).toHaveLength(1);
      gns.close();
      expect(isWhole(1)).toBe(true);
      for (const inbox of inboxes) inbox.close();
    } finally {
      for (const net of networks) net.close();
    }
    expect(control.runs).toBe("nobody");
  });

  test("calls after the end are refused, whatever they are given", async () => {
    const net = open();
    const connection = net.sockets.createSocketPair().connection1;
    net.close();
    const { sockets, utils, messages } = net;
    for (const call of [
      () => sockets.createListenSocketIP("127.0.0.1:0"),
      () => sockets.connectByIPAddress("127.0.0.1:27015"),
      () => sockets.getConnectionInfo(connection),
      () => sockets.getIdentity(),
      () => sockets.sendMessageToConnection(connection, "x", Reliable),
      () => sockets.receiveMessagesOnConnection(connection),
      () => sockets.connectP2P("str:alice", 0),
      () => messages.sendMessageToUser("steamid:76561197960287930", "x", Reliable),
      () => utils.setConfigValue("SendRateMax", 1),
      () => utils.getConfigValue("SendRateMax"),
      () => net.runCallbacks(),
    ]) {
      expect(call).toThrow(ClosedError);
    }
  });
});
