/**
 * The life of a network.
 *
 * - `using` closes everything: sockets, handles, events that nobody fetched, and config options set for everything.
 * - 1,000 times open and close, each with a connection that stood, leave no file descriptors and no threads, and the
 *   last 800 no memory: less than 4 KiB each, which is less than any of the things that they made.
 * - After a close every method throws ClosedError. Closing twice does nothing.
 * - Opened again on the same thread it is shared: each opening is closed for itself, and the last close ends it. What
 *   is one for the process must agree, else AlreadyOpenError says what differs.
 * - Opened on another thread meanwhile: AlreadyOpenError; after the last close any thread may.
 * - A Worker that goes without closing, in whatever way, takes its sockets along: the peer hears of it, the port is
 *   free, the main thread can open, and the process lives on. A process that ends without closing ends as it would.
 * - `close` waits for reliable data of connections that linger (see udp.test.ts), but not for ever.
 */
import { describe, expect, test } from "bun:test";
import {
  AlreadyOpenError,
  ClosedError,
  ConfigOptionError,
  ConnectionState,
  DebugOutputType,
  PingLocation,
  SendFlags,
  type ConnectionHandle,
  type ListenSocketHandle,
  type Networking,
  type NetworkingMessages,
  type NetworkingSockets,
  type NetworkingUtils,
  type PollGroupHandle,
} from "../lib/index.ts";
import type * as abandoner from "./peers/abandoner.ts";
import { Acceptor } from "./support/acceptor.ts";
import type { Going } from "./support/life/careless-worker.ts";
import { leavings } from "./support/life/leave-open.ts";
import type { Report as OpenAndCloseReport } from "./support/life/open-and-close.ts";
import { OtherThread } from "./support/life/other-thread.ts";
import { report, run } from "./support/life/run.ts";
import { usageIsKnown } from "./support/life/usage.ts";
import { Peer } from "./support/peer.ts";
import { manualPoll, openNetworking } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil, waitUntil } from "./support/pump.ts";
import { receiveText } from "./support/receive.ts";
import { expectRoundTrip } from "./support/round-trip.ts";
import { stateOf } from "./support/state-of.ts";
import { StatusLog } from "./support/status-log.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const { Connected, ClosedByPeer } = ConnectionState;

describe("using", () => {
  test("closes everything", async () => {
    let address: string;
    let connection: ConnectionHandle;
    {
      using net = openNetworking({ config: { FakePacketLag_Send: 1, NagleTime: 1 } });
      const { client, listenSocket } = await connectOverUDP(net);
      address = net.sockets.getListenSocketAddress(listenSocket)!;
      connection = client;
      expect(net.isOpen).toBe(true);
    }
    using net = openNetworking();
    const log = new StatusLog(net);
    expect(net.sockets.getConnectionInfo(connection)).toBeUndefined();
    expect(net.utils.getConfigValue("FakePacketLag_Send")).toBe(0);
    expect(net.utils.getConfigValue("NagleTime")).toBe(5000);
    new Acceptor(net, address);
    await pumpFor(net, 50);
    expect(log.events).toEqual([]);
  });

  test("closes after an error, too", () => {
    const mistake = new Error("a mistake");
    let kept: Networking | undefined;
    const make = () => {
      using net = openNetworking();
      kept = net;
      throw mistake;
    };
    expect(make).toThrow(mistake);
    expect(kept?.isOpen).toBe(false);
  });

  // Each cycle waits for others many times, and on a busy machine they let it wait.
  const timeout = 240_000;
  test.skipIf(!usageIsKnown)(
    "1,000 times leaves nothing behind",
    async () => {
      const { early, middle, late, lateCycles } = await report<OpenAndCloseReport>("open-and-close.ts", [], {
        timeout,
      });
      // The engine has threads and descriptors of its own, which come and go. What a cycle leaves comes 1,000 times.
      expect(late.descriptors - early.descriptors).toBeLessThan(10);
      expect(late.threads - early.threads).toBeLessThan(10);
      expect((late.residentKilobytes - middle.residentKilobytes) / lateCycles).toBeLessThan(4);
    },
    timeout,
  );
  if (!usageIsKnown) console.log("Not counted here: descriptors, threads and memory are read from Linux's /proc");
});

describe("after a close", () => {
  const connection = 1 as ConnectionHandle;
  const listenSocket = 1 as ListenSocketHandle;
  const group = 1 as PollGroupHandle;

  // The types see to it that none is forgotten.
  const ofSockets: { readonly [Name in keyof NetworkingSockets]: (sockets: NetworkingSockets) => unknown } = {
    createListenSocketIP: (sockets) => sockets.createListenSocketIP("127.0.0.1:0"),
    connectByIPAddress: (sockets) => sockets.connectByIPAddress("127.0.0.1:27015"),
    acceptConnection: (sockets) => sockets.acceptConnection(connection),
    closeConnection: (sockets) => sockets.closeConnection(connection),
    closeListenSocket: (sockets) => sockets.closeListenSocket(listenSocket),
    createSocketPair: (sockets) => sockets.createSocketPair(),
    createPollGroup: (sockets) => sockets.createPollGroup(),
    destroyPollGroup: (sockets) => sockets.destroyPollGroup(group),
    setConnectionPollGroup: (sockets) => sockets.setConnectionPollGroup(connection, group),
    setConnectionUserData: (sockets) => sockets.setConnectionUserData(connection, 1),
    getConnectionUserData: (sockets) => sockets.getConnectionUserData(connection),
    getConnectionUserDataBigInt: (sockets) => sockets.getConnectionUserDataBigInt(connection),
    setConnectionName: (sockets) => sockets.setConnectionName(connection, "name"),
    getConnectionName: (sockets) => sockets.getConnectionName(connection),
    getConnectionInfo: (sockets) => sockets.getConnectionInfo(connection),
    getConnectionRealTimeStatus: (sockets) => sockets.getConnectionRealTimeStatus(connection),
    getDetailedConnectionStatus: (sockets) => sockets.getDetailedConnectionStatus(connection),
    getListenSocketAddress: (sockets) => sockets.getListenSocketAddress(listenSocket),
    getIdentity: (sockets) => sockets.getIdentity(),
    resetIdentity: (sockets) => sockets.resetIdentity(),
    initAuthentication: (sockets) => sockets.initAuthentication(),
    getAuthenticationStatus: (sockets) => sockets.getAuthenticationStatus(),
    getCertificateRequest: (sockets) => sockets.getCertificateRequest(),
    setCertificate: (sockets) => sockets.setCertificate("certificate"),
    createListenSocketP2P: (sockets) => sockets.createListenSocketP2P(0),
    connectP2P: (sockets) => sockets.connectP2P("str:alice", 0),
    connectP2PCustomSignaling: (sockets) => sockets.connectP2PCustomSignaling({ address: 1 }, null, 0),
    receivedP2PCustomSignal: (sockets) => sockets.receivedP2PCustomSignal("signal", { address: 1 }),
    beginAsyncRequestFakeIP: (sockets) => sockets.beginAsyncRequestFakeIP(1),
    getFakeIP: (sockets) => sockets.getFakeIP(),
    createListenSocketP2PFakeIP: (sockets) => sockets.createListenSocketP2PFakeIP(0),
    getRemoteFakeIPForConnection: (sockets) => sockets.getRemoteFakeIPForConnection(connection),
    createFakeUDPPort: (sockets) => sockets.createFakeUDPPort(-1),
    connectToHostedDedicatedServer: (sockets) => sockets.connectToHostedDedicatedServer("str:alice", 0),
    createHostedDedicatedServerListenSocket: (sockets) => sockets.createHostedDedicatedServerListenSocket(0),
    getHostedDedicatedServerAddress: (sockets) => sockets.getHostedDedicatedServerAddress(),
    getHostedDedicatedServerPOPId: (sockets) => sockets.getHostedDedicatedServerPOPId(),
    getHostedDedicatedServerPort: (sockets) => sockets.getHostedDedicatedServerPort(),
    getGameCoordinatorServerLogin: (sockets) => sockets.getGameCoordinatorServerLogin(),
    receivedRelayAuthTicket: (sockets) => sockets.receivedRelayAuthTicket("ticket"),
    findRelayAuthTicketForServer: (sockets) => sockets.findRelayAuthTicketForServer("str:alice", 0),
    configureConnectionLanes: (sockets) => sockets.configureConnectionLanes(connection, 2),
    sendMessageToConnection: (sockets) => sockets.sendMessageToConnection(connection, "text", SendFlags.Reliable),
    sendMessages: (sockets) => sockets.sendMessages([{ connection, data: "text" }]),
    getUnacknowledgedSegments: (sockets) => sockets.getUnacknowledgedSegments(connection),
    flushMessagesOnConnection: (sockets) => sockets.flushMessagesOnConnection(connection),
    receiveMessagesOnConnection: (sockets) => sockets.receiveMessagesOnConnection(connection),
    receiveMessagesOnPollGroup: (sockets) => sockets.receiveMessagesOnPollGroup(group),
    runNetworkingCallbacks: (sockets) => sockets.runNetworkingCallbacks(),
  };
  const ofMessages: { readonly [Name in keyof NetworkingMessages]: (messages: NetworkingMessages) => unknown } = {
    requireAuthentication: (messages) => messages.requireAuthentication(),
    sendMessageToUser: (messages) => messages.sendMessageToUser("str:alice", "text", SendFlags.Reliable),
    receiveMessagesOnChannel: (messages) => messages.receiveMessagesOnChannel(0),
    acceptSessionWithUser: (messages) => messages.acceptSessionWithUser("str:alice"),
    acceptSessions: (messages) => messages.acceptSessions(() => true),
    closeSessionWithUser: (messages) => messages.closeSessionWithUser("str:alice"),
    closeChannelWithUser: (messages) => messages.closeChannelWithUser("str:alice", 0),
    getSessionConnectionInfo: (messages) => messages.getSessionConnectionInfo("str:alice"),
  };
  const ofUtils: { readonly [Name in keyof NetworkingUtils]: (utils: NetworkingUtils) => unknown } = {
    getLocalTimestamp: (utils) => utils.getLocalTimestamp(),
    configOptions: (utils) => utils.configOptions(),
    setConfigValue: (utils) => utils.setConfigValue("NagleTime", 1),
    getConfigValue: (utils) => utils.getConfigValue("NagleTime"),
    getConfigValueInfo: (utils) => utils.getConfigValueInfo("NagleTime"),
    isConfigValueSet: (utils) => utils.isConfigValueSet("NagleTime", "global"),
    resetConfigValue: (utils) => utils.resetConfigValue("NagleTime"),
    setDebugOutputFunction: (utils) => utils.setDebugOutputFunction(DebugOutputType.None),
    setDebugOutputLevel: (utils) => utils.setDebugOutputLevel("Message", DebugOutputType.None),
    debugOutputsDropped: (utils) => utils.debugOutputsDropped,
    initRelayNetworkAccess: (utils) => utils.initRelayNetworkAccess(),
    getRelayNetworkStatus: (utils) => utils.getRelayNetworkStatus(),
    checkPingDataUpToDate: (utils) => utils.checkPingDataUpToDate(60),
    getPingToDataCenter: (utils) => utils.getPingToDataCenter(1),
    getDirectPingToPOP: (utils) => utils.getDirectPingToPOP(1),
    getPOPCount: (utils) => utils.getPOPCount(),
    getPOPList: (utils) => utils.getPOPList(),
    getLocalPingLocation: (utils) => utils.getLocalPingLocation(),
    estimatePingTimeBetweenTwoLocations: (utils) =>
      utils.estimatePingTimeBetweenTwoLocations(new PingLocation(), new PingLocation()),
    estimatePingTimeFromLocalHost: (utils) => utils.estimatePingTimeFromLocalHost(new PingLocation()),
    convertPingLocationToString: (utils) => utils.convertPingLocationToString(new PingLocation()),
    parsePingLocationString: (utils) => utils.parsePingLocationString("fra=5"),
    isFakeIPv4: (utils) => utils.isFakeIPv4("127.0.0.1"),
    getIPv4FakeIPType: (utils) => utils.getIPv4FakeIPType("127.0.0.1"),
    getRealIdentityForFakeIP: (utils) => utils.getRealIdentityForFakeIP("127.0.0.1:1"),
  };

  /** A network after its close: alone, while another opening lives on, and while a later one is open. */
  const closings = {
    "of the only one": () => {
      const closed = openNetworking();
      closed.close();
      return { closed, [Symbol.dispose]: () => {} };
    },
    "while another opening lives on": () => {
      const other = openNetworking();
      const closed = openNetworking();
      closed.close();
      return { closed, [Symbol.dispose]: () => other.close() };
    },
    "while a later one is open": () => {
      const closed = openNetworking();
      closed.close();
      const later = openNetworking();
      return { closed, [Symbol.dispose]: () => later.close() };
    },
  };

  for (const [situation, make] of Object.entries(closings)) {
    test(`${situation} every method throws ClosedError`, () => {
      using made = make();
      const { closed } = made;
      expect(closed.isOpen).toBe(false);
      for (const call of Object.values(ofSockets)) expect(() => call(closed.sockets)).toThrow(ClosedError);
      for (const call of Object.values(ofUtils)) expect(() => call(closed.utils)).toThrow(ClosedError);
      for (const call of Object.values(ofMessages)) expect(() => call(closed.messages)).toThrow(ClosedError);
      expect(() => closed.runCallbacks()).toThrow(ClosedError);
      expect(() => closed.events()).toThrow(ClosedError);
      expect(() => closed.poll()).toThrow(ClosedError);
    });
  }

  test("another close does nothing, not even to another opening", async () => {
    using net = openNetworking();
    const twice = openNetworking();
    twice.close();
    twice.close();
    twice[Symbol.dispose]();
    expect(net.isOpen).toBe(true);
    await expectRoundTrip(net);
  });
});

describe("opened again on the same thread", () => {
  test("the opening that was closed neither sends nor receives what is the other's", async () => {
    using net = openNetworking();
    const closed = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    expect(net.sockets.sendMessages(["kept"], connection1, SendFlags.Reliable)).toEqual([1]);
    closed.close();
    expect(() => closed.sockets.sendMessages(["ghost"], connection1, SendFlags.Reliable)).toThrow(ClosedError);
    expect(() => closed.sockets.receiveMessagesOnConnection(connection2)).toThrow(ClosedError);
    expect(net.sockets.receiveMessagesOnConnection(connection2).map(({ messageNumber }) => messageNumber)).toEqual([1]);
  });

  test("it is shared until the last close", async () => {
    const first = openNetworking({ identity: "str:first" });
    const second = openNetworking();
    expect(second.sockets.getIdentity()).toBe("str:first");
    const { client, server } = await connectOverUDP(first);
    expect(stateOf(second, client)).toBe(Connected);

    first.close();
    expect([first.isOpen, second.isOpen]).toEqual([false, true]);
    second.sockets.sendMessageToConnection(client, "still there", SendFlags.ReliableNoNagle);
    expect(await receiveText(second, server)).toBe("still there");

    const third = openNetworking({ identity: "str:first", manualPoll });
    second.close();
    expect(stateOf(third, client)).toBe(Connected);
    third.close();
    using next = openNetworking();
    expect(stateOf(next, client)).toBeUndefined();
  });

  test("what is one for the process must agree", async () => {
    const named = openNetworking({ identity: "str:alice" });
    expect(() => openNetworking({ identity: "str:bob" })).toThrow(AlreadyOpenError);
    expect(() => openNetworking({ identity: "str:bob" })).toThrow(/identity/);
    await expectRoundTrip(named);
    // None of those refused counts.
    named.close();

    const anonymous = openNetworking();
    expect(() => openNetworking({ identity: "str:alice" })).toThrow(/identity/);
    openNetworking().close();
    anonymous.close();
    using other = openNetworking({ identity: "str:bob" });
    expect(other.sockets.getIdentity()).toBe("str:bob");
  });

  test("one that fails does not count", () => {
    // @ts-expect-error What JavaScript lets happen.
    expect(() => openNetworking({ config: { NoSuchOption: 1 } })).toThrow(ConfigOptionError);
    // @ts-expect-error What JavaScript lets happen.
    expect(() => openNetworking({ config: { NagleTime: "long" } })).toThrow(TypeError);
    // @ts-expect-error What JavaScript lets happen.
    expect(() => openNetworking({ debugOutput: { level: DebugOutputType.Msg, handler: "none" } })).toThrow(TypeError);
    expect(() => openNetworking({ identity: "no identity" })).toThrow();
    using net = openNetworking({ identity: "str:carol", manualPoll: !manualPoll });
    expect(net.sockets.getIdentity()).toBe("str:carol");
  });
});

describe("on another thread", () => {
  test("it cannot be opened until the last close here", async () => {
    await using thread = new OtherThread();
    const net = openNetworking();
    const shared = openNetworking();
    expect(await thread.open()).toMatchObject({ errorName: "AlreadyOpenError" });
    net.close();
    const { errorName, errorMessage } = await thread.open();
    expect(errorName).toBe("AlreadyOpenError");
    expect(errorMessage).toContain("another thread");
    await expectRoundTrip(shared);
    shared.close();

    expect(await thread.open()).toEqual({ errorName: "", errorMessage: "" });
    expect(() => openNetworking()).toThrow(AlreadyOpenError);
    expect(await thread.close()).toEqual({ errorName: "", errorMessage: "" });
    using again = openNetworking();
    await expectRoundTrip(again);
  });
});

describe("a Worker that goes without closing", () => {
  const goings: Going[] = ["terminated", "ended", "thrown"];
  test.each(goings)("takes its sockets along: %s", async (going) => {
    using net = openNetworking();
    await using peer = new Peer<abandoner.Reports, abandoner.Orders>("abandoner");
    peer.order("begin", going);
    const { address, refusal } = await peer.report("listening");
    expect(refusal).toBe("AlreadyOpenError");
    // Longer than the test is patient: it must hear, not guess.
    const options = { TimeoutConnected: 60_000 };
    const connection = net.sockets.connectByIPAddress(address, options);
    await pumpUntil(net, "the Worker took it", () => stateOf(net, connection) === Connected);

    peer.order("letGo", null);
    expect(await peer.report("reopened")).toEqual({ address });
    await pumpUntil(net, "we heard of the end", () => stateOf(net, connection) === ClosedByPeer);
    const another = net.sockets.connectByIPAddress(address, options);
    await pumpUntil(net, "the main thread took it", () => stateOf(net, another) === Connected);
    peer.order("end", null);
    expect(await peer.exit()).toBe(0);
  });
});

describe("a process that ends without closing", () => {
  test.each(Object.entries(leavings))("ends as it would: %s", async (leaving, exitCode) => {
    const { end, errors } = await run("leave-open.ts", [leaving]);
    expect(end).toBe(exitCode);
    if (exitCode === 1) expect(errors).toContain("a mistake in a handler");
    else expect(errors).toBe("");
  });
});

describe("a connection that lingers", () => {
  test("and gets no answer is waited for two seconds", async () => {
    const net = openNetworking();
    const { client } = await connectOverUDP(net);
    net.utils.setConfigValue("FakePacketLoss_Send", 100);
    net.sockets.sendMessageToConnection(client, "never to arrive", SendFlags.ReliableNoNagle);
    net.sockets.closeConnection(client, 0, "", true);
    const start = performance.now();
    net.close();
    const waited = performance.now() - start;
    expect(waited).toBeGreaterThan(1900);
    expect(waited).toBeLessThan(10_000);
    await waitUntil("the network was closed", () => !net.isOpen);
  });
});
