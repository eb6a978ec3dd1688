/**
 * Valve's own steam_api with recording objects behind its flat functions, of both versions of Valve's library that are
 * at hand: every function of sockets, messages and fake UDP ports is called with arguments that tell each other apart,
 * each of them is seen to arrive, and each answer and filled struct is seen to come back, field by field. What
 * GameNetworkingSockets has no answer for is shown here only: fake addresses, hosted servers, tickets, logins. Problems
 * that Steam may answer come back as the results and errors that the documents tell.
 */
import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import {
  Availability,
  ConnectionState,
  CreationError,
  FakeIPType,
  Inbox,
  openNetworking,
  Result,
  SendFlags,
  type ConnectionHandle,
  type ListenSocketHandle,
  type Networking,
  type PollGroupHandle,
  UnsupportedError,
} from "../lib/index.ts";
import { layoutOf } from "../ffi/layout.ts";
import { addressOf } from "../ffi/memory.ts";
import {
  SteamDatagramGameCoordinatorServerLogin,
  SteamDatagramHostedAddress,
  SteamDatagramRelayAuthTicket,
  SteamDatagramRelayAuthTicket_ExtraField,
  SteamNetAuthenticationStatus_t,
  SteamNetConnectionInfo_t,
  SteamNetConnectionRealTimeLaneStatus_t,
  SteamNetConnectionRealTimeStatus_t,
  SteamNetworkingFakeIPResult_t,
  SteamNetworkingMessage_t,
} from "../ffi/structs.ts";
import { noise, sameBytes } from "./support/noise.ts";
import { shows } from "./support/shows.ts";
import { makeShim, missing, ShimControl, type Note, type ValveLibrary } from "./steam/shim.ts";
import { hex, ipv4Address, steamIdentity, structOf, textIdentity, word } from "./steam/struct.ts";

if (missing !== undefined) console.log(`skipped: every call through Valve's libraries: ${missing}`);

const connection = 0x8123_4567 as ConnectionHandle;
const listenSocket = 0x8000_0042 as ListenSocketHandle;
const group = 0x9000_0007 as PollGroupHandle;
const alice = 76561197960265729n;
const server = 90071992547409920n;
const someBytes = noise(1, 40);

const infoValues = {
  identityRemote: steamIdentity(alice),
  userData: -77n,
  listenSocket,
  addressRemote: ipv4Address([192, 0, 2, 33], 27099),
  popRemote: 0x66_72_61,
  popRelay: 0x61_6d_73,
  state: ConnectionState.Connected,
  endReason: 5003,
  endDebug: "why it ended",
  description: "#7 UDP somebody",
  flags: 16,
} as const;
const info = {
  identity: `steamid:${alice}`,
  userData: -77,
  listenSocket,
  remoteAddress: "192.0.2.33:27099",
  remotePop: 0x66_72_61,
  popRelay: 0x61_6d_73,
  connectionState: ConnectionState.Connected,
  endReason: 5003,
  endDebug: "why it ended",
  debugDescription: "#7 UDP somebody",
  infoFlags: 16,
} as const;
const statusValues = {
  state: ConnectionState.FindingRoute,
  ping: 51,
  connectionQualityLocal: 0.25,
  connectionQualityRemote: 0.5,
  outPacketsPerSecond: 60.5,
  outBytesPerSecond: 6000.5,
  inPacketsPerSecond: 30.5,
  inBytesPerSecond: 3000.5,
  sendRateBytesPerSecond: 262_144,
  pendingUnreliable: 101,
  pendingReliable: 102,
  sentUnackedReliable: 103,
  queueTime: 5_000_000_000n,
  maxJitter: 1234,
} as const;
const status = {
  state: ConnectionState.FindingRoute,
  ping: 51,
  localQuality: 0.25,
  remoteQuality: 0.5,
  packetsOutPerSecond: 60.5,
  bytesOutPerSecond: 6000.5,
  packetsInPerSecond: 30.5,
  bytesInPerSecond: 3000.5,
  sendRate: 262_144,
  pendingUnreliable: 101,
  pendingReliable: 102,
  sentUnacknowledgedReliable: 103,
  queueTime: 5_000_000_000,
  maxJitter: 1234,
} as const;
// What native code would have made, and nobody looks at here.
const nativeMemory = new BigUint64Array(8);
const native = { address: Number(addressOf(nativeMemory)) };
const hostedAddress = structOf(SteamDatagramHostedAddress, { byteLength: 20, data: noise(5, 20) });
/** An option of each type, and what arrives of them: option, type, value. */
const config = {
  SendBufferSize: 123_456,
  ConnectionUserData: 1_234_567_890_123,
  P2P_STUN_ServerList: "stun.example.org:3478",
} as const;
const configNoted = [
  [9, 1, 123_456],
  [40, 2, "1234567890123"],
  [103, 4, "stun.example.org:3478"],
] as const;

describe.skipIf(missing !== undefined).each<ValveLibrary>(["crate", "npm"])("Valve's library of the %s", (valve) => {
  let library = "";
  let control: ShimControl;
  let net: Networking;

  beforeAll(async () => {
    library = await makeShim("recorder", valve);
    control = new ShimControl(library);
  }, 120_000);
  afterEach(() => {
    net.close();
    expect(control.runs).toBe("nobody");
    expect(control.messagesAlive).toBe(0);
    control.clear();
  });

  function open(): Networking["sockets"] {
    net = openNetworking({ backend: "steam", library, appId: 480 });
    control.clear();
    return net.sockets;
  }

  /** The only call of this name, as object and arguments. */
  function noted(call: string): unknown[] {
    const notes = control.notes(call);
    expect(notes.map((note: Note) => note.call)).toEqual([call]);
    return [notes[0]?.self, ...(notes[0]?.arguments ?? [])];
  }

  test("listen sockets and connections by address", () => {
    const sockets = open();
    control.answer("CreateListenSocketIP", listenSocket);
    expect(sockets.createListenSocketIP("192.0.2.1:27015", config)).toBe(listenSocket);
    const address = hex(ipv4Address([192, 0, 2, 1], 27015));
    expect(noted("CreateListenSocketIP")).toEqual(["user", address, configNoted]);
    control.answer("GetListenSocketAddress", 1, { 1: ipv4Address([192, 0, 2, 1], 27016) });
    expect(sockets.getListenSocketAddress(listenSocket)).toBe("192.0.2.1:27016");
    expect(noted("GetListenSocketAddress")).toEqual(["user", listenSocket]);
    control.answer("GetListenSocketAddress", 0);
    expect(sockets.getListenSocketAddress(listenSocket)).toBeUndefined();
    control.clear();
    control.answer("ConnectByIPAddress", connection);
    expect(sockets.connectByIPAddress("192.0.2.1:27015", config)).toBe(connection);
    expect(noted("ConnectByIPAddress")).toEqual(["user", address, configNoted]);
    control.answer("ConnectByIPAddress", 0);
    expect(() => sockets.connectByIPAddress("192.0.2.1:27015")).toThrow(CreationError);
    expect(sockets.closeListenSocket(listenSocket)).toBe(true);
    control.clear();
    control.answer("CloseListenSocket", 0);
    expect(sockets.closeListenSocket(listenSocket)).toBe(false);
    expect(noted("CloseListenSocket")).toEqual(["user", listenSocket]);
  });

  test("what is done with a connection", () => {
    const sockets = open();
    control.answer("AcceptConnection", Result.InvalidState);
    expect(sockets.acceptConnection(connection)).toBe(Result.InvalidState);
    expect(noted("AcceptConnection")).toEqual(["user", connection]);
    expect(sockets.setConnectionUserData(connection, -(2n ** 63n))).toBe(true);
    expect(noted("SetConnectionUserData")).toEqual(["user", connection, "-9223372036854775808"]);
    control.answer("GetConnectionUserData", 2n ** 62n + 1n);
    expect(sockets.getConnectionUserDataBigInt(connection)).toBe(2n ** 62n + 1n);
    sockets.setConnectionName(connection, "Zoë");
    expect(noted("SetConnectionName")).toEqual(["user", connection, "Zoë"]);
    control.answer("GetConnectionName", 1, { 1: "Zoë" });
    expect(sockets.getConnectionName(connection)).toBe("Zoë");
    control.answer("GetConnectionInfo", 1, { 1: structOf(SteamNetConnectionInfo_t, infoValues) });
    expect(sockets.getConnectionInfo(connection)).toEqual(info);
    const lane = { pendingUnreliable: 11, pendingReliable: 12, sentUnackedReliable: 13, queueTime: 14n };
    control.answer("GetConnectionRealTimeStatus", Result.OK, {
      1: structOf(SteamNetConnectionRealTimeStatus_t, statusValues),
      3: structOf(SteamNetConnectionRealTimeLaneStatus_t, lane),
    });
    control.notes();
    expect(sockets.getConnectionRealTimeStatus(connection, 1)).toEqual({
      result: Result.OK,
      connectionStatus: status,
      lanesStatus: [{ pendingUnreliable: 11, pendingReliable: 12, sentUnacknowledgedReliable: 13, queueTime: 14 }],
    });
    expect(noted("GetConnectionRealTimeStatus")).toEqual(["user", connection, 1]);
    control.answer("GetDetailedConnectionStatus", 0, { 1: "all of it" });
    expect(sockets.getDetailedConnectionStatus(connection)).toEqual({ success: 0, buffer: "all of it" });
    control.notes();
    expect(sockets.configureConnectionLanes(connection, 2, [3, 1], [500, 65_535])).toBe(Result.OK);
    expect(noted("ConfigureConnectionLanes")).toEqual(["user", connection, 2, [3, 1], [500, 65_535]]);
    expect(sockets.flushMessagesOnConnection(connection)).toBe(Result.OK);
    control.notes();
    expect(sockets.closeConnection(connection, 1999, "the end", true)).toBe(true);
    expect(noted("CloseConnection")).toEqual(["user", connection, 1999, "the end", true]);
    control.answer("CreatePollGroup", group);
    expect(sockets.createPollGroup()).toBe(group);
    control.notes();
    expect(sockets.setConnectionPollGroup(connection, group)).toBe(true);
    expect(noted("SetConnectionPollGroup")).toEqual(["user", connection, group]);
    expect(sockets.destroyPollGroup(group)).toBe(true);
    expect(noted("DestroyPollGroup")).toEqual(["user", group]);
    control.answer("CreateSocketPair", 1, { 0: word(7), 1: word(8) });
    expect(sockets.createSocketPair(true, "str:bob", `steamid:${alice}`)).toMatchObject({
      connection1: 7,
      connection2: 8,
    });
    expect(noted("CreateSocketPair")).toEqual(["user", true, hex(textIdentity("bob")), hex(steamIdentity(alice))]);
  });

  test("messages that go out and come in", () => {
    const sockets = open();
    control.answer("SendMessages", 2n ** 40n);
    const { Reliable, NoNagle } = SendFlags;
    expect(sockets.sendMessageToConnection(connection, someBytes, Reliable)).toEqual({
      result: Result.OK,
      messageNumber: 2 ** 40,
    });
    expect(noted("SendMessages")).toEqual(["user", connection, hex(someBytes), Reliable, 0]);
    control.answer("SendMessages", -Result.NoConnection);
    const failed = sockets.sendMessages([{ connection, data: "abc", flags: Reliable | NoNagle, lane: 7 }]);
    expect(failed).toEqual([-Result.NoConnection]);
    expect(noted("SendMessages")).toEqual(["user", connection, hex(Buffer.from("abc")), Reliable | NoNagle, 7]);
    const like = structOf(SteamNetworkingMessage_t, {
      connection,
      identityPeer: steamIdentity(alice),
      connectionUserData: 2n ** 50n,
      timeReceived: 123_456_789_012n,
      messageNumber: 2n ** 33n,
      channel: -5,
      flags: Reliable,
      userData: 99n,
      lane: 3,
    });
    const expected = {
      connection,
      identity: `steamid:${alice}`,
      timeReceived: 123_456_789_012,
      messageNumber: 2 ** 33,
      channel: -5,
      lane: 3,
      flags: Reliable,
    };
    const large = noise(3, 50_000);
    for (const payload of [someBytes, large]) {
      control.arrive(like, payload);
      const [message] = sockets.receiveMessagesOnConnection(connection, 10);
      expect(message).toMatchObject({ ...expected, receiverUserData: 2 ** 50 });
      expect(sameBytes(message?.payload ?? large.subarray(1), payload)).toBe(true);
      control.arrive(like, payload);
      using inbox = new Inbox();
      expect(sockets.receiveMessagesOnPollGroup(group, inbox)).toBe(1);
      expect({
        connection: inbox.connection(0),
        identity: inbox.identity(0),
        timeReceived: inbox.timeReceived(0),
        messageNumber: inbox.messageNumber(0),
        channel: inbox.channel(0),
        lane: inbox.lane(0),
        flags: inbox.flags(0),
      }).toEqual(expected);
      expect(inbox.userData(0)).toBe(2 ** 50);
      expect(sameBytes(inbox.bytes(0), payload)).toBe(true);
    }
    const notes = control.notes();
    expect(notes.find(({ call }) => call === "ReceiveMessagesOnConnection")?.arguments[0]).toBe(connection);
    expect(notes.find(({ call }) => call === "ReceiveMessagesOnPollGroup")?.arguments[0]).toBe(group);
  });

  test("identity, authentication, certificates", () => {
    const sockets = open();
    control.answer("GetIdentity", 1, { 0: steamIdentity(alice) });
    expect(sockets.getIdentity()).toBe(`steamid:${alice}`);
    sockets.resetIdentity(alice);
    expect(noted("ResetIdentity")).toEqual(["user", hex(steamIdentity(alice))]);
    sockets.resetIdentity();
    expect(noted("ResetIdentity")).toEqual(["user", null]);
    control.answer("InitAuthentication", Availability.Attempting);
    expect(sockets.initAuthentication()).toBe(Availability.Attempting);
    const values = { availability: Availability.Failed, debugMessage: "no certificate" };
    control.answer("GetAuthenticationStatus", Availability.Failed, {
      0: structOf(SteamNetAuthenticationStatus_t, values),
    });
    expect(sockets.getAuthenticationStatus()).toEqual({
      available: Availability.Failed,
      debugMessage: "no certificate",
      state: "failed",
    });
    control.answer("GetCertificateRequest", 1, { 0: word(someBytes.length), 1: someBytes });
    expect(sockets.getCertificateRequest()).toEqual({
      certificate: Uint8Array.from(someBytes),
      certSize: someBytes.length,
      errorMessage: "",
    });
    control.answer("GetCertificateRequest", 0, { 2: "not now" });
    expect(sockets.getCertificateRequest()).toMatchObject({ certSize: 0, errorMessage: "not now" });
    control.notes();
    expect(sockets.setCertificate(someBytes)).toEqual({ success: true, errorMessage: "" });
    expect(noted("SetCertificate")).toEqual(["user", hex(someBytes)]);
    control.answer("SetCertificate", 0, { 2: "it is none" });
    expect(sockets.setCertificate(someBytes)).toEqual({
      success: false,
      errorMessage: "it is none",
      reason: "refused",
    });
    shows("steam_api", "resetIdentity", "getCertificateRequest", "setCertificate");
  });

  test("authentication that is required: the library itself keeps others out", () => {
    const sockets = open();
    const required = { requireAuthentication: true };
    const never = [
      [23, 1, 0],
      [52, 1, 0],
    ];
    control.answer("CreateListenSocketIP", listenSocket);
    expect(sockets.createListenSocketIP("192.0.2.1:27015", required)).toBe(listenSocket);
    expect(noted("CreateListenSocketIP").at(-1)).toEqual(never);
    control.answer("ConnectByIPAddress", connection);
    expect(sockets.connectByIPAddress("192.0.2.1:27015", { ...required, expect: alice })).toBe(connection);
    expect(noted("ConnectByIPAddress").at(-1)).toEqual(never);
    const { certificates, messages } = net;
    messages.requireAuthentication();
    for (const call of [
      () => certificates.trust("AAAA"),
      () => certificates.revoke(1n),
      () => certificates.isTrusted(1n),
    ]) {
      expect(call).toThrow(UnsupportedError);
    }
    expect(() => openNetworking({ backend: "steam", library, appId: 480, certificates: {} })).toThrow(TypeError);
    sockets.closeConnection(connection);
    control.clear();
  });

  test("peer to peer", () => {
    const sockets = open();
    control.answer("CreateListenSocketP2P", listenSocket);
    expect(sockets.createListenSocketP2P(65_535, config)).toBe(listenSocket);
    expect(noted("CreateListenSocketP2P")).toEqual(["user", 65_535, configNoted]);
    control.answer("ConnectP2P", connection);
    expect(sockets.connectP2P(alice, 12, config)).toBe(connection);
    expect(noted("ConnectP2P")).toEqual(["user", hex(steamIdentity(alice)), 12, configNoted]);
    control.answer("ConnectP2P", 0);
    expect(() => sockets.connectP2P("str:bob", 12)).toThrow(CreationError);
    control.notes();
    control.answer("ConnectP2PCustomSignaling", connection);
    expect(sockets.connectP2PCustomSignaling(native, "str:bob", 3, config)).toBe(connection);
    const bob = hex(textIdentity("bob"));
    expect(noted("ConnectP2PCustomSignaling")).toEqual(["user", true, bob, 3, configNoted]);
    control.answer("ReceivedP2PCustomSignal", 1);
    expect(sockets.receivedP2PCustomSignal(someBytes, native)).toBe(true);
    expect(noted("ReceivedP2PCustomSignal")).toEqual(["user", hex(someBytes), true]);
    shows("steam_api", "createListenSocketP2P", "connectP2P", "connectP2PCustomSignaling", "receivedP2PCustomSignal");
  });

  test("fake addresses", () => {
    const sockets = open();
    expect(sockets.beginAsyncRequestFakeIP(4)).toBe(true);
    expect(noted("BeginAsyncRequestFakeIP")).toEqual(["user", 4]);
    control.answer("BeginAsyncRequestFakeIP", 0);
    expect(sockets.beginAsyncRequestFakeIP(1)).toBe(false);
    const given = {
      result: Result.OK,
      identity: steamIdentity(alice),
      ip: (169 << 24) | (254 << 16) | (3 << 8) | 4,
      ports: new Uint8Array(Uint16Array.of(27_001, 65_535, 1025).buffer),
    };
    control.answer("GetFakeIP", 0, { 1: structOf(SteamNetworkingFakeIPResult_t, given) });
    control.notes();
    expect(sockets.getFakeIP()).toEqual({
      result: Result.OK,
      identity: `steamid:${alice}`,
      fakeIP: "169.254.3.4",
      portList: [27_001, 65_535, 1025],
    });
    expect(noted("GetFakeIP")).toEqual(["user", 0]);
    control.answer("CreateListenSocketP2PFakeIP", listenSocket);
    expect(sockets.createListenSocketP2PFakeIP(2, config)).toBe(listenSocket);
    expect(noted("CreateListenSocketP2PFakeIP")).toEqual(["user", 2, configNoted]);
    control.answer("CreateListenSocketP2PFakeIP", 0);
    expect(() => sockets.createListenSocketP2PFakeIP(2)).toThrow(CreationError);
    control.notes();
    control.answer("GetRemoteFakeIPForConnection", Result.OK, { 1: ipv4Address([169, 254, 9, 8], 4321) });
    control.answer("GetIPv4FakeIPType", FakeIPType.LocalIPv4);
    expect(sockets.getRemoteFakeIPForConnection(connection)).toEqual({
      result: Result.OK,
      ipAddress: "169.254.9.8",
      port: 4321,
      ipType: FakeIPType.LocalIPv4,
    });
    expect(noted("GetRemoteFakeIPForConnection")).toEqual(["user", connection]);
    control.answer("GetRemoteFakeIPForConnection", Result.IPNotFound);
    expect(sockets.getRemoteFakeIPForConnection(connection)).toEqual({ result: Result.IPNotFound });
    shows("steam_api", "beginAsyncRequestFakeIP", "getFakeIP", "createListenSocketP2PFakeIP");
    shows("steam_api", "getRemoteFakeIPForConnection");
  });

  test("fake UDP ports", () => {
    const sockets = open();
    const port = sockets.createFakeUDPPort(1);
    const other = sockets.createFakeUDPPort(-1);
    expect(sockets.createFakeUDPPort(1)).toBe(port);
    expect(control.notes("CreateFakeUDPPort").map(({ arguments: [index] }) => index)).toEqual([1, -1, 1]);
    control.answer("SendMessageToFakeIP", Result.Busy);
    const { UnreliableNoNagle } = SendFlags;
    expect(port.sendMessageToFakeIP("169.254.1.2:27015", someBytes, UnreliableNoNagle)).toBe(Result.Busy);
    const address = hex(ipv4Address([169, 254, 1, 2], 27015));
    expect(noted("SendMessageToFakeIP")).toEqual(["fakePort1", address, hex(someBytes), UnreliableNoNagle]);
    const identityPeer = steamIdentity(alice);
    control.arrive(structOf(SteamNetworkingMessage_t, { identityPeer, messageNumber: 5n }), someBytes);
    expect(other.receiveMessages(3)).toMatchObject([{ identity: `steamid:${alice}`, messageNumber: 5 }]);
    expect(control.notes("ReceiveMessages").map(({ self }) => self)).toEqual(["fakePort-1"]);
    using inbox = new Inbox();
    control.arrive(structOf(SteamNetworkingMessage_t, { identityPeer }), someBytes);
    expect(port.receiveMessages(inbox)).toBe(1);
    expect(sameBytes(inbox.bytes(0), someBytes)).toBe(true);
    control.notes();
    port.scheduleCleanup("169.254.1.2:27015");
    expect(noted("ScheduleCleanup")).toEqual(["fakePort1", address]);
    port.destroy();
    other.destroy();
    expect(control.notes().map(({ self, call }) => `${self} ${call}`)).toEqual([
      "fakePort1 DestroyFakeUDPPort",
      "fakePort-1 DestroyFakeUDPPort",
    ]);
    control.answer("CreateFakeUDPPort", 0);
    expect(() => sockets.createFakeUDPPort(0)).toThrow(CreationError);
    shows("steam_api", "createFakeUDPPort");
  });

  test("hosted servers", () => {
    const sockets = open();
    control.answer("ConnectToHostedDedicatedServer", connection);
    expect(sockets.connectToHostedDedicatedServer(server, 9, config)).toBe(connection);
    expect(noted("ConnectToHostedDedicatedServer")).toEqual(["user", hex(steamIdentity(server)), 9, configNoted]);
    control.answer("CreateHostedDedicatedServerListenSocket", listenSocket);
    expect(sockets.createHostedDedicatedServerListenSocket(8, config)).toBe(listenSocket);
    expect(noted("CreateHostedDedicatedServerListenSocket")).toEqual(["user", 8, configNoted]);
    control.answer("GetHostedDedicatedServerPort", 65_534);
    expect(sockets.getHostedDedicatedServerPort()).toBe(65_534);
    control.answer("GetHostedDedicatedServerPOPID", 0x81_66_72_61);
    expect(sockets.getHostedDedicatedServerPOPId()).toBe(0x81_66_72_61);
    control.answer("GetHostedDedicatedServerAddress", Result.OK, { 0: hostedAddress });
    const { result, address } = sockets.getHostedDedicatedServerAddress();
    expect(result).toBe(Result.OK);
    expect(hex(address?.routing ?? noise(1, 1))).toBe(hex(noise(5, 20)));
    control.answer("GetHostedDedicatedServerAddress", Result.InvalidState);
    expect(sockets.getHostedDedicatedServerAddress()).toMatchObject({ result: Result.InvalidState });
    shows("steam_api", "connectToHostedDedicatedServer", "createHostedDedicatedServerListenSocket");
    shows("steam_api", "getHostedDedicatedServerPort", "getHostedDedicatedServerPOPId");
    shows("steam_api", "getHostedDedicatedServerAddress");
  });

  test("logins of hosted servers", () => {
    const sockets = open();
    const filled = structOf(SteamDatagramGameCoordinatorServerLogin, {
      identity: steamIdentity(server),
      routing: hostedAddress,
      appID: 730,
      time: 1_700_000_000,
      appDataByteLength: 3,
      appData: Buffer.from("abc"),
    });
    const blob = noise(8, 300);
    control.answer("GetGameCoordinatorServerLogin", Result.OK, { 0: filled, 1: word(blob.length), 2: blob });
    const answer = sockets.getGameCoordinatorServerLogin("the application's own");
    expect(answer).toMatchObject({
      result: Result.OK,
      login: { identity: `steamid:${server}`, appId: 730, time: 1_700_000_000 },
    });
    expect(hex(answer.login?.appData ?? noise(1, 1))).toBe(hex(Buffer.from("abc")));
    expect(sameBytes(answer.signedBlob ?? noise(1, 1), blob)).toBe(true);
    const [self, handedOver, room] = noted("GetGameCoordinatorServerLogin");
    const { offsets } = layoutOf(SteamDatagramGameCoordinatorServerLogin);
    const memory = Buffer.from(String(handedOver), "hex");
    expect([self, room]).toEqual(["user", 4096]);
    expect(memory.readInt32LE(offsets.appDataByteLength)).toBe(21);
    expect(memory.toString("latin1", offsets.appData, offsets.appData + 21)).toBe("the application's own");
    control.answer("GetGameCoordinatorServerLogin", Result.NotLoggedOn, { 2: "log on first" });
    expect(sockets.getGameCoordinatorServerLogin()).toEqual({
      result: Result.NotLoggedOn,
      debugMessage: "log on first",
    });
    shows("steam_api", "getGameCoordinatorServerLogin");
  });

  test("tickets", () => {
    const sockets = open();
    const field = (type: number, name: string, value: Record<string, string | bigint>) =>
      structOf(SteamDatagramRelayAuthTicket_ExtraField, { type, name, ...value });
    const ticket = structOf(SteamDatagramRelayAuthTicket, {
      identityGameserver: steamIdentity(server),
      identityAuthorizedClient: steamIdentity(alice),
      publicIP: (192 << 24) | (2 << 8) | 77,
      ticketExpiry: 1_800_000_000,
      routing: hostedAddress,
      appID: 570,
      restrictToVirtualPort: -1,
      extraFieldCount: 3,
      extraFields: Buffer.concat([
        field(0, "map", { stringValue: "dust" }),
        field(1, "team", { intValue: -2n }),
        field(2, "lobby", { fixed64Value: 2n ** 60n }),
      ]),
    });
    const expected = {
      gameServer: `steamid:${server}`,
      authorizedClient: `steamid:${alice}`,
      publicIP: "192.0.2.77",
      expiry: 1_800_000_000,
      appId: 570,
      restrictToVirtualPort: -1,
      extraFields: [
        { name: "map", type: "string", value: "dust" },
        { name: "team", type: "int", value: -2n },
        { name: "lobby", type: "fixed64", value: 2n ** 60n },
      ],
    } as const;
    control.answer("ReceivedRelayAuthTicket", 1, { 2: ticket });
    expect(sockets.receivedRelayAuthTicket(someBytes)).toMatchObject(expected);
    expect(noted("ReceivedRelayAuthTicket")).toEqual(["user", hex(someBytes)]);
    control.answer("ReceivedRelayAuthTicket", 0);
    expect(sockets.receivedRelayAuthTicket(someBytes)).toBeUndefined();
    control.notes();
    control.answer("FindRelayAuthTicketForServer", 3600, { 2: ticket });
    const found = sockets.findRelayAuthTicketForServer(server, 5);
    expect(found).toMatchObject({ secondsUntilExpiry: 3600, ticket: expected });
    expect(hex(found.ticket?.routing.routing ?? noise(1, 1))).toBe(hex(noise(5, 20)));
    expect(noted("FindRelayAuthTicketForServer")).toEqual(["user", hex(steamIdentity(server)), 5]);
    control.answer("FindRelayAuthTicketForServer", 0);
    expect(sockets.findRelayAuthTicketForServer(server, 5)).toEqual({ secondsUntilExpiry: 0 });
    shows("steam_api", "receivedRelayAuthTicket", "findRelayAuthTicketForServer");
  });

  test("messages by user", () => {
    open();
    const { messages } = net;
    const { Reliable, AutoRestartBrokenSession } = SendFlags;
    expect(messages.sendMessageToUser(alice, someBytes, Reliable | AutoRestartBrokenSession, -3)).toBe(Result.OK);
    const to = hex(steamIdentity(alice));
    const flags = Reliable | AutoRestartBrokenSession;
    expect(noted("SendMessageToUser")).toEqual(["userMessages", to, hex(someBytes), flags, -3]);
    control.answer("SendMessageToUser", Result.ConnectFailed);
    expect(messages.sendMessageToUser(alice, someBytes, Reliable)).toBe(Result.ConnectFailed);
    control.arrive(structOf(SteamNetworkingMessage_t, { identityPeer: steamIdentity(alice), channel: -3 }), someBytes);
    expect(messages.receiveMessagesOnChannel(-3, 5)).toMatchObject([{ identity: `steamid:${alice}`, channel: -3 }]);
    expect(control.notes("ReceiveMessagesOnChannel")[0]).toMatchObject({ self: "userMessages", arguments: [-3, 5] });
    expect(messages.acceptSessionWithUser(alice)).toBe(true);
    expect(noted("AcceptSessionWithUser")).toEqual(["userMessages", to]);
    control.answer("CloseSessionWithUser", 0);
    expect(messages.closeSessionWithUser(alice)).toBe(false);
    expect(noted("CloseSessionWithUser")).toEqual(["userMessages", to]);
    expect(messages.closeChannelWithUser(alice, 4)).toBe(true);
    expect(noted("CloseChannelWithUser")).toEqual(["userMessages", to, 4]);
    control.answer("GetSessionConnectionInfo", ConnectionState.Connected, {
      1: structOf(SteamNetConnectionInfo_t, infoValues),
      2: structOf(SteamNetConnectionRealTimeStatus_t, statusValues),
    });
    expect(messages.getSessionConnectionInfo(alice)).toEqual({ ...info, ...status, state: ConnectionState.Connected });
    expect(noted("GetSessionConnectionInfo")).toEqual(["userMessages", to, true, true]);
    shows("steam_api", "sendMessageToUser", "receiveMessagesOnChannel", "acceptSessionWithUser");
    shows("steam_api", "closeSessionWithUser", "closeChannelWithUser", "getSessionConnectionInfo");
  });

  test.each<[string, number, (net: Networking) => unknown, unknown]>([
    [
      "AcceptConnection",
      Result.InvalidParam,
      ({ sockets }) => sockets.acceptConnection(connection),
      Result.InvalidParam,
    ],
    ["AcceptSessionWithUser", 0, ({ messages }) => messages.acceptSessionWithUser(alice), false],
    ["CloseChannelWithUser", 0, ({ messages }) => messages.closeChannelWithUser(alice, 1), false],
    ["CloseConnection", 0, ({ sockets }) => sockets.closeConnection(connection), false],
    [
      "ConfigureConnectionLanes",
      Result.InvalidState,
      ({ sockets }) => sockets.configureConnectionLanes(connection, 2),
      Result.InvalidState,
    ],
    [
      "ConnectP2PCustomSignaling",
      0,
      ({ sockets }) => sockets.connectP2PCustomSignaling(native, alice, 0),
      CreationError,
    ],
    [
      "ConnectToHostedDedicatedServer",
      0,
      ({ sockets }) => sockets.connectToHostedDedicatedServer(server, 0),
      CreationError,
    ],
    [
      "CreateHostedDedicatedServerListenSocket",
      0,
      ({ sockets }) => sockets.createHostedDedicatedServerListenSocket(0),
      CreationError,
    ],
    ["CreateListenSocketIP", 0, ({ sockets }) => sockets.createListenSocketIP("192.0.2.1:1"), CreationError],
    ["CreateListenSocketP2P", 0, ({ sockets }) => sockets.createListenSocketP2P(0), CreationError],
    ["CreatePollGroup", 0, ({ sockets }) => sockets.createPollGroup(), CreationError],
    ["CreateSocketPair", 0, ({ sockets }) => sockets.createSocketPair(), CreationError],
    ["DestroyPollGroup", 0, ({ sockets }) => sockets.destroyPollGroup(group), false],
    [
      "FlushMessagesOnConnection",
      Result.NoConnection,
      ({ sockets }) => sockets.flushMessagesOnConnection(connection),
      Result.NoConnection,
    ],
    ["GetConnectionInfo", 0, ({ sockets }) => sockets.getConnectionInfo(connection), undefined],
    ["GetConnectionName", 0, ({ sockets }) => sockets.getConnectionName(connection), ""],
    [
      "GetConnectionRealTimeStatus",
      Result.NoConnection,
      ({ sockets }) => sockets.getConnectionRealTimeStatus(connection, 1),
      { result: Result.NoConnection, lanesStatus: [] },
    ],
    ["GetConnectionUserData", -1, ({ sockets }) => sockets.getConnectionUserData(connection), -1],
    [
      "GetDetailedConnectionStatus",
      -1,
      ({ sockets }) => sockets.getDetailedConnectionStatus(connection),
      { success: -1, buffer: "" },
    ],
    [
      "GetGameCoordinatorServerLogin",
      Result.Pending,
      ({ sockets }) => sockets.getGameCoordinatorServerLogin(),
      { result: Result.Pending, debugMessage: "" },
    ],
    [
      "GetHostedDedicatedServerAddress",
      Result.Pending,
      ({ sockets }) => sockets.getHostedDedicatedServerAddress(),
      { result: Result.Pending, debugMessage: "" },
    ],
    ["GetHostedDedicatedServerPOPID", 0, ({ sockets }) => sockets.getHostedDedicatedServerPOPId(), 0],
    ["GetHostedDedicatedServerPort", 0, ({ sockets }) => sockets.getHostedDedicatedServerPort(), 0],
    ["GetIdentity", 0, ({ sockets }) => sockets.getIdentity(), "invalid"],
    [
      "GetRemoteFakeIPForConnection",
      Result.InvalidParam,
      ({ sockets }) => sockets.getRemoteFakeIPForConnection(connection),
      { result: Result.InvalidParam },
    ],
    ["ReceivedP2PCustomSignal", 0, ({ sockets }) => sockets.receivedP2PCustomSignal(someBytes, native), false],
    [
      "SendMessages",
      -Result.LimitExceeded,
      ({ sockets }) => sockets.sendMessageToConnection(connection, "x", SendFlags.Reliable),
      { result: Result.LimitExceeded, messageNumber: 0 },
    ],
    ["SetConnectionPollGroup", 0, ({ sockets }) => sockets.setConnectionPollGroup(connection, group), false],
    ["SetConnectionUserData", 0, ({ sockets }) => sockets.setConnectionUserData(connection, 1), false],
  ])("a problem that %s answers, %d, comes back as the documents tell", (name, answer, call, expected) => {
    open();
    control.answer(name, answer);
    if (expected === CreationError) expect(() => call(net)).toThrow(CreationError);
    else expect(call(net)).toEqual(expected);
    expect(control.notes(name).length).toBeGreaterThan(0);
  });

  test.each([Result.Busy, Result.InvalidParam, Result.LimitExceeded, Result.NoMatch])(
    "a fake address that was not given, for the reason %d",
    (result) => {
      const sockets = open();
      control.answer("GetFakeIP", 0, { 1: structOf(SteamNetworkingFakeIPResult_t, { result }) });
      expect(sockets.getFakeIP()).toEqual({ result, identity: "invalid", fakeIP: "0.0.0.0", portList: [] });
    },
  );

  test("options and the log", () => {
    open();
    const { utils } = net;
    utils.setConfigValue("SendBufferSize", 111, { connection });
    utils.setConfigValue("P2P_STUN_ServerList", "a:1", { listenSocket });
    utils.setConfigValue("FakePacketLoss_Send", 0.5);
    expect(control.notes("SetConfigValue").map((note) => note.arguments)).toEqual([
      [4, String(connection), [[9, 1, 111]]],
      [3, String(listenSocket), [[103, 4, "a:1"]]],
      [1, "0", [[2, 3, 0.5]]],
    ]);
    control.answer("GetConfigValue", 1, { 4: word(4242), 5: new Uint8Array(BigUint64Array.of(4n).buffer) });
    expect(utils.getConfigValue("SendBufferSize", { connection })).toBe(4242);
    expect(control.notes("GetConfigValue").at(-1)?.arguments).toEqual([9, 4, String(connection)]);
    const lines: string[] = [];
    utils.setDebugOutputFunction(5, ({ level, message }) => void lines.push(`${level} ${message}`));
    expect(control.notes("SetDebugOutputFunction").at(-1)?.arguments).toEqual([5, true]);
    expect([control.say(5, "a message"), control.say(6, "more of it")]).toEqual([true, false]);
    net.runCallbacks();
    expect(lines).toEqual(["5 a message"]);
    control.answer("ConnectByIPAddress", 0);
    net.close();
    expect(control.say(1, "nobody listens")).toBe(false);
  });
});
