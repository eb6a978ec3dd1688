/**
 * What GameNetworkingSockets lacks: each such function throws an UnsupportedError that names the function, the library
 * and where it is to be had. Before that, arguments are looked at, with the errors that they have on any library.
 */
import { describe, expect, test } from "bun:test";
import { UnsupportedError, type ConnectionHandle, type Networking, type NetworkingSockets } from "../lib/index.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { expectRoundTrip } from "./support/round-trip.ts";

const connection = 1 as ConnectionHandle;

/** By the name in C: how it is called. */
const lacking: Readonly<Record<string, (sockets: NetworkingSockets) => unknown>> = {
  BeginAsyncRequestFakeIP: (sockets) => sockets.beginAsyncRequestFakeIP(1),
  GetFakeIP: (sockets) => sockets.getFakeIP(),
  CreateListenSocketP2PFakeIP: (sockets) => sockets.createListenSocketP2PFakeIP(0, { NagleTime: 1 }),
  GetRemoteFakeIPForConnection: (sockets) => sockets.getRemoteFakeIPForConnection(connection),
  CreateFakeUDPPort: (sockets) => sockets.createFakeUDPPort(-1),
  ConnectToHostedDedicatedServer: (sockets) => sockets.connectToHostedDedicatedServer("str:server", 0),
  CreateHostedDedicatedServerListenSocket: (sockets) => sockets.createHostedDedicatedServerListenSocket(0),
  GetHostedDedicatedServerAddress: (sockets) => sockets.getHostedDedicatedServerAddress(),
  GetHostedDedicatedServerPOPID: (sockets) => sockets.getHostedDedicatedServerPOPId(),
  GetHostedDedicatedServerPort: (sockets) => sockets.getHostedDedicatedServerPort(),
  GetGameCoordinatorServerLogin: (sockets) => sockets.getGameCoordinatorServerLogin(),
  ReceivedRelayAuthTicket: (sockets) => sockets.receivedRelayAuthTicket("ticket"),
  FindRelayAuthTicketForServer: (sockets) => sockets.findRelayAuthTicketForServer(76561197960287930n, 0),
  ResetIdentity: (sockets) => sockets.resetIdentity("str:alice"),
};

describe("a function that the library lacks", () => {
  test.each(Object.entries(lacking))("is told of with where it is to be had: %s", (name, call) => {
    using net = openNetworking();
    let thrown: unknown;
    try {
      call(net.sockets);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UnsupportedError);
    if (!(thrown instanceof UnsupportedError)) return;
    const symbol = `SteamAPI_ISteamNetworkingSockets_${name}`;
    expect([thrown.functionName, thrown.library]).toEqual([symbol, net.library.path]);
    expect(thrown.message).toStartWith(`${symbol} is not supported by ${net.library.path}. `);
    expect(thrown.message).toMatch(/steam_api \(Steamworks SDK\)(, which| has|$)/);
  });

  test("harms nothing", async () => {
    using net = openNetworking();
    for (const call of Object.values(lacking)) expect(() => call(net.sockets)).toThrow(UnsupportedError);
    await expectRoundTrip(net);
  });
});

describe("wrong arguments", () => {
  const noIntegers = ["1", 1n, null, {}, [], true];

  /** Expects that an argument must be an integer from `least` to `most`. */
  function expectInteger(
    net: Networking,
    what: RegExp,
    least: number,
    most: number,
    call: (sockets: NetworkingSockets, value: number) => unknown,
  ): void {
    for (const wrong of [least - 1, most + 1, least + 0.5, NaN, Infinity]) {
      expectRefusal(() => call(net.sockets, wrong), RangeError, what);
    }
    for (const wrong of noIntegers) expectRefusal(() => call(net.sockets, untyped(wrong)), TypeError, what);
    for (const right of [least, most]) expect(() => call(net.sockets, right)).toThrow(UnsupportedError);
  }

  test("of fake addresses", () => {
    using net = openNetworking();
    expectInteger(net, /number of ports/, 1, 8, (sockets, ports) => sockets.beginAsyncRequestFakeIP(ports));
    expectInteger(net, /the first port/, 0, 2 ** 31 - 1, (sockets, port) => sockets.getFakeIP(port));
    expectInteger(net, /index of a fake port/, 0, 7, (sockets, port) => sockets.createListenSocketP2PFakeIP(port));
    expectInteger(net, /index of a fake port/, -1, 7, (sockets, port) => sockets.createFakeUDPPort(port));
    expectInteger(net, /connection/, 0, 2 ** 32 - 1, (sockets, handle) =>
      sockets.getRemoteFakeIPForConnection(handle as ConnectionHandle),
    );
    const options = untyped<{ NagleTime: number }>({ NagleTime: "1" });
    expectRefusal(() => net.sockets.createListenSocketP2PFakeIP(0, options), TypeError, /NagleTime/);
  });

  test("of hosted servers", () => {
    using net = openNetworking();
    const { sockets } = net;
    const most = 0xffff;
    expectInteger(net, /virtual port/, 0, most, (to, port) => to.connectToHostedDedicatedServer("str:server", port));
    expectInteger(net, /virtual port/, 0, most, (to, port) => to.createHostedDedicatedServerListenSocket(port));
    expectInteger(net, /virtual port/, 0, most, (to, port) => to.findRelayAuthTicketForServer("str:server", port));
    for (const nobody of ["server", "", 5, null, undefined]) {
      const who = untyped<string>(nobody);
      expectRefusal(() => sockets.connectToHostedDedicatedServer(who, 0), TypeError, /identity/);
      expectRefusal(() => sockets.findRelayAuthTicketForServer(who, 0), TypeError, /identity/);
    }
    expectRefusal(() => sockets.connectToHostedDedicatedServer(0n, 0), RangeError, /Steam ID/);
    expectRefusal(() => sockets.receivedRelayAuthTicket(""), RangeError, /at least one byte/);
    for (const wrong of [5, null, undefined, {}]) {
      expectRefusal(() => sockets.receivedRelayAuthTicket(untyped(wrong)), TypeError, /must be a string, a view/);
    }
    expectRefusal(() => sockets.getGameCoordinatorServerLogin(untyped(5)), TypeError, /must be a string, a view/);
    const tooMuch = new Uint8Array(2049);
    expectRefusal(() => sockets.getGameCoordinatorServerLogin(tooMuch), RangeError, /from 0 to 2048/);
    const options = untyped<{ NagleTime: number }>({ NoSuchOption: 1 });
    expect(() => sockets.connectToHostedDedicatedServer("str:server", 0, options)).toThrow(/NoSuchOption/);
    expect(() => sockets.createHostedDedicatedServerListenSocket(0, options)).toThrow(/NoSuchOption/);
  });

  test("of identities", () => {
    using net = openNetworking();
    for (const nobody of ["alice", "", 5, null, {}]) {
      expectRefusal(() => net.sockets.resetIdentity(untyped(nobody)), TypeError, /identity/);
    }
    expectRefusal(() => net.sockets.resetIdentity(-1n), RangeError, /Steam ID/);
  });
});
