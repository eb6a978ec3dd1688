/**
 * Bad input: each piece of it is a typed error whose message says what is wrong or what to do, or the Result that the
 * documents name; and after each test the network carries messages over UDP as before.
 *
 * - Listening and connecting: a port that is taken, addresses that are none, addresses that are not this machine's.
 * - Handles that are 0, were closed, or never were; handles that are no integers of 32 bits: every method.
 * - Messages: too large ones, things that are no bytes, detached buffers, flags and lanes out of range.
 * - Config options: unknown, of a wrong type or range, holding a pointer, global at creation, too wide a scope.
 * - Texts that are too long or hold a zero character, identities that are none, numbers that are negative, fractional,
 *   NaN or out of range.
 * - A network that was closed: every method.
 */
import { describe, expect, test } from "bun:test";
import {
  ClosedError,
  ConfigOptionError,
  CreationError,
  HandleError,
  Result,
  SendFlags,
  type ConfigOptions,
  type ConnectionHandle,
  type ListenSocketHandle,
  type MessageData,
  type Networking,
  type NetworkingSockets,
  type OutgoingMessage,
  type PollGroupHandle,
} from "../lib/index.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { receiveMessages } from "./support/receive.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { expectRoundTrip } from "./support/round-trip.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

/** A test on a network of its own, which must work afterwards. */
function testOnNetwork(name: string, body: (net: Networking) => void | Promise<void>): void {
  test(name, async () => {
    using net = openNetworking();
    await body(net);
    await expectRoundTrip(net);
  });
}

const { InvalidParam, NoConnection } = Result;
const localhost = "127.0.0.1:0";
const noIntegers = ["5", 5n, null, {}, [], true, () => 0];
const outOfRange = [NaN, 1.5, -1, Infinity];

describe("listening and connecting", () => {
  testOnNetwork("at a port that another program has", async ({ sockets }) => {
    const other = await Bun.udpSocket({ hostname: "127.0.0.1" });
    const listen = () => sockets.createListenSocketIP(`127.0.0.1:${other.port}`);
    expectRefusal(listen, CreationError, /Failed to bind socket.*Name a local address whose port is free, or port 0/);
    other.close();
  });

  testOnNetwork("at a port that we have ourselves", ({ sockets }) => {
    const address = sockets.getListenSocketAddress(sockets.createListenSocketIP(localhost)) ?? "";
    expectRefusal(() => sockets.createListenSocketIP(address), CreationError, /Failed to bind socket.*or port 0/);
  });

  testOnNetwork("at an address that is not this machine's", ({ sockets }) => {
    for (const address of ["192.0.2.1:27015", "192.0.2.1:0", "[2001:db8::1]:27015", "[2001:db8::1]:0"]) {
      expectRefusal(() => sockets.createListenSocketIP(address), CreationError, /Name a local address/);
    }
  });

  const noAddresses = [
    ...["", " ", "localhost:27015", "example.com", "27015", ":27015", "127.0.0.1:", "127.0.0.1:65536"],
    ...["127.0.0.1:-1", "127.0.0.1: 80", "127.0.0.1:80 ", "127.0.0.1:80x", "127.0.0.1:0x50", "127.0.0.1:8.0"],
    ...["127.0.0.256:80", "127.0.0:80", "1.2.3.4.5:80", "[::1", "[::1]:", "[::1]x", "[::1]80", "[:::1]:80"],
    ...["[::g]:80", "[127.0.0.1]:80", "udp://127.0.0.1:80", "127.0.0.1:80\n", "127.0.0.1:१"],
  ];
  testOnNetwork("at an address that is none", ({ sockets }) => {
    const words = /is no IP address\. Write "127\.0\.0\.1:27015" or "\[::1\]:27015"; names of hosts must be resolved/;
    for (const address of noAddresses) {
      expectRefusal(() => sockets.createListenSocketIP(address), TypeError, words);
      expectRefusal(() => sockets.connectByIPAddress(address), TypeError, words);
    }
  });

  testOnNetwork("at an address that is no text", ({ sockets }) => {
    for (const address of [undefined, null, 27015, {}, Symbol("address")]) {
      expectRefusal(() => sockets.createListenSocketIP(untyped(address)), TypeError, /address must be a string, not/);
      expectRefusal(() => sockets.connectByIPAddress(untyped(address)), TypeError, /address must be a string, not/);
    }
    expectRefusal(() => sockets.createListenSocketIP("127.0.0.1:0\0"), TypeError, /must not contain a zero character/);
    expectRefusal(() => sockets.connectByIPAddress("127.0.0.1:1\0"), TypeError, /must not contain a zero character/);
  });

  testOnNetwork("to an address that names no host or no port", ({ sockets }) => {
    expectRefusal(() => sockets.connectByIPAddress("127.0.0.1"), RangeError, /has no port: write it after the address/);
    expectRefusal(() => sockets.connectByIPAddress("[::1]:0"), RangeError, /has no port: write it after the address/);
    for (const address of ["0.0.0.0:27015", "[::]:27015", "[::ffff:0.0.0.0]:27015"]) {
      expectRefusal(() => sockets.connectByIPAddress(address), RangeError, /is no host to connect to/);
    }
  });
});

/** Every method that takes a handle, and what it answers when there is no such thing. */
const handleMethods: { name: string; call: (net: Networking, handle: number) => unknown; answer: unknown }[] = [
  method("acceptConnection", (sockets, handle) => sockets.acceptConnection(connection(handle)), InvalidParam),
  method("closeConnection", (sockets, handle) => sockets.closeConnection(connection(handle), 1000, "bye", true), false),
  method("closeListenSocket", (sockets, handle) => sockets.closeListenSocket(listenSocket(handle)), false),
  method("destroyPollGroup", (sockets, handle) => sockets.destroyPollGroup(pollGroup(handle)), false),
  method(
    "setConnectionPollGroup",
    (sockets, handle) => sockets.setConnectionPollGroup(connection(handle), pollGroup(0)),
    false,
  ),
  method("setConnectionUserData", (sockets, handle) => sockets.setConnectionUserData(connection(handle), 5), false),
  method("getConnectionUserData", (sockets, handle) => sockets.getConnectionUserData(connection(handle)), -1),
  method(
    "getConnectionUserDataBigInt",
    (sockets, handle) => sockets.getConnectionUserDataBigInt(connection(handle)),
    -1n,
  ),
  method("setConnectionName", (sockets, handle) => sockets.setConnectionName(connection(handle), "name"), undefined),
  method("getConnectionName", (sockets, handle) => sockets.getConnectionName(connection(handle)), ""),
  method("getConnectionInfo", (sockets, handle) => sockets.getConnectionInfo(connection(handle)), undefined),
  method(
    "getConnectionRealTimeStatus",
    (sockets, handle) => sockets.getConnectionRealTimeStatus(connection(handle), 2),
    {
      result: NoConnection,
      lanesStatus: [],
    },
  ),
  method("getDetailedConnectionStatus", (sockets, handle) => sockets.getDetailedConnectionStatus(connection(handle)), {
    success: -1,
    buffer: "",
  }),
  method(
    "getListenSocketAddress",
    (sockets, handle) => sockets.getListenSocketAddress(listenSocket(handle)),
    undefined,
  ),
  method(
    "configureConnectionLanes",
    (sockets, handle) => sockets.configureConnectionLanes(connection(handle), 2),
    NoConnection,
  ),
  method(
    "sendMessageToConnection",
    (sockets, handle) => sockets.sendMessageToConnection(connection(handle), "hello", SendFlags.Reliable),
    { result: InvalidParam, messageNumber: 0 },
  ),
  method("sendMessages", (sockets, handle) => sockets.sendMessages([{ connection: connection(handle), data: "a" }]), [
    -InvalidParam,
  ]),
  method("sendMessages over one connection", (sockets, handle) => sockets.sendMessages(["a"], connection(handle), 0), [
    -InvalidParam,
  ]),
  method(
    "flushMessagesOnConnection",
    (sockets, handle) => sockets.flushMessagesOnConnection(connection(handle)),
    InvalidParam,
  ),
  method(
    "receiveMessagesOnConnection",
    (sockets, handle) => sockets.receiveMessagesOnConnection(connection(handle)),
    HandleError,
  ),
  method(
    "receiveMessagesOnPollGroup",
    (sockets, handle) => sockets.receiveMessagesOnPollGroup(pollGroup(handle)),
    HandleError,
  ),
];

function method(name: string, call: (sockets: NetworkingSockets, handle: number) => unknown, answer: unknown) {
  return { name, call: (net: Networking, handle: number) => call(net.sockets, handle), answer };
}

function connection(handle: number): ConnectionHandle {
  return handle as ConnectionHandle;
}

function listenSocket(handle: number): ListenSocketHandle {
  return handle as ListenSocketHandle;
}

function pollGroup(handle: number): PollGroupHandle {
  return handle as PollGroupHandle;
}

describe.each(handleMethods)("$name", ({ call, answer }) => {
  testOnNetwork("with a handle that is 0, was closed, or never was", async (net) => {
    const { sockets } = net;
    const { client, server } = await connectOverUDP(net);
    sockets.closeConnection(client);
    sockets.closeConnection(server);
    const closedListenSocket = sockets.createListenSocketIP(localhost);
    sockets.closeListenSocket(closedListenSocket);
    const destroyedGroup = sockets.createPollGroup();
    sockets.destroyPollGroup(destroyedGroup);
    for (const handle of [0, client, server, closedListenSocket, destroyedGroup, 1, 0x7fff_ffff, 0xffff_ffff]) {
      if (answer === HandleError)
        expectRefusal(() => call(net, handle), HandleError, /is no open (connection|poll group)/);
      else expect(call(net, handle)).toEqual(answer);
    }
  });

  testOnNetwork("with a handle that is no integer of 32 bits", (net) => {
    for (const handle of noIntegers)
      expectRefusal(() => call(net, untyped(handle)), TypeError, /must be a number, not/);
    for (const handle of [...outOfRange, 2 ** 32]) {
      expectRefusal(() => call(net, handle), RangeError, /must be an integer from 0 to 4294967295, not/);
    }
  });
});

describe("a message", () => {
  const tooLarge = new Uint8Array(512 * 1024 + 1);

  testOnNetwork("of more than 512 KiB over UDP", async (net) => {
    const { client, server } = await connectOverUDP(net, { options: { SendBufferSize: 4 << 20 } });
    const { sockets } = net;
    expect(sockets.sendMessageToConnection(client, tooLarge, SendFlags.Reliable)).toEqual({
      result: InvalidParam,
      messageNumber: 0,
    });
    expect(sockets.sendMessages([tooLarge, "later"], client, SendFlags.Reliable)).toEqual([-InvalidParam, 0]);
    expect(sockets.sendMessageToConnection(client, tooLarge, SendFlags.Unreliable).result).toBe(InvalidParam);
    expect(sockets.sendMessageToConnection(client, "small", SendFlags.Reliable)).toEqual({
      result: Result.OK,
      messageNumber: 1,
    });
    expect((await receiveMessages(net, server, 1)).map(({ size }) => size)).toEqual([5]);
  });

  testOnNetwork("whose view says it is longer than it is", async (net) => {
    const { client, server } = await connectOverUDP(net);
    const liar = Object.defineProperty(new Uint8Array(new ArrayBuffer(16)), "length", { value: 300_000 });
    expect(net.sockets.sendMessageToConnection(client, liar, SendFlags.Reliable).result).toBe(Result.OK);
    expect(net.sockets.sendMessages([liar], client, SendFlags.Reliable)).toEqual([2]);
    expect((await receiveMessages(net, server, 2)).map(({ size }) => size)).toEqual([16, 16]);
  });

  testOnNetwork("that changes its batch while it is looked at", async (net) => {
    const { client, server } = await connectOverUDP(net);
    const { sockets } = net;
    sockets.sendMessages(["secret", "secret"], client, SendFlags.Reliable);
    const batch = [
      {
        data: "first",
        flags: SendFlags.Reliable,
        get connection() {
          while (batch.length < 40) batch.push({ connection: client, data: "more", flags: SendFlags.Reliable });
          sockets.sendMessages(["within"], client, SendFlags.Reliable);
          return client;
        },
      },
    ];
    const results = sockets.sendMessages(batch);
    expect(results.every((result) => result > 0)).toBe(true);
    const texts = (await receiveMessages(net, server, 3 + results.length)).map(({ payload }) => payload);
    expect(texts.map((payload) => new TextDecoder().decode(payload)).slice(0, 4)).toEqual([
      "secret",
      "secret",
      "within",
      "first",
    ]);
  });

  testOnNetwork("of more bytes than C can count", async (net) => {
    const { client } = await connectOverUDP(net);
    const huge = new Uint8Array(2 ** 32);
    expectRefusal(() => net.sockets.sendMessageToConnection(client, huge, 0), RangeError, /2147483647 bytes/);
    expectRefusal(() => net.sockets.sendMessages([huge], client, 0), RangeError, /2147483647 bytes/);
  });

  testOnNetwork("of more than the send buffer holds", async (net) => {
    const { client } = await connectOverUDP(net, { options: { SendBufferSize: 1000 } });
    expect(net.sockets.sendMessageToConnection(client, new Uint8Array(100_000), SendFlags.Reliable).result).toBe(
      Result.LimitExceeded,
    );
  });

  testOnNetwork("that is no bytes", async (net) => {
    const { sockets } = net;
    const { client } = await connectOverUDP(net);
    for (const data of [undefined, null, 5, 5n, true, {}, [1, 2, 3], () => 0, Symbol("data")]) {
      const words = /must be a string, a view or a buffer, not/;
      expectRefusal(() => sockets.sendMessageToConnection(client, untyped(data), 0), TypeError, words);
      expectRefusal(() => sockets.sendMessages([untyped(data)], client, 0), TypeError, words);
      expectRefusal(
        () => sockets.sendMessages([{ connection: client, data: untyped<MessageData>(data) }]),
        TypeError,
        words,
      );
    }
  });

  testOnNetwork("whose buffer was detached", async (net) => {
    const { sockets } = net;
    const { client } = await connectOverUDP(net);
    const whole = new ArrayBuffer(8);
    const gone = [whole, new Uint8Array(whole), new Uint8Array(whole, 4), new DataView(whole), new Float64Array(whole)];
    structuredClone(whole, { transfer: [whole] });
    for (const data of gone) {
      expectRefusal(() => sockets.sendMessageToConnection(client, data, 0), TypeError, /buffer was detached/);
      expectRefusal(() => sockets.sendMessages([data], client, 0), TypeError, /buffer was detached/);
    }
  });

  testOnNetwork("that is empty is no bad input", async (net) => {
    const { client, server } = await connectOverUDP(net);
    const empty = [
      "",
      new Uint8Array(0),
      new ArrayBuffer(0),
      new SharedArrayBuffer(0),
      new DataView(new ArrayBuffer(0)),
    ];
    for (const data of empty) {
      expect(net.sockets.sendMessageToConnection(client, data, SendFlags.Reliable).result).toBe(Result.OK);
    }
    net.sockets.sendMessages(empty, client, SendFlags.Reliable);
    expect((await receiveMessages(net, server, 2 * empty.length)).every(({ size }) => size === 0)).toBe(true);
  });

  testOnNetwork("with flags or a lane that are none", async (net) => {
    const { sockets } = net;
    const { client } = await connectOverUDP(net);
    for (const flags of noIntegers) {
      expectRefusal(
        () => sockets.sendMessageToConnection(client, "", untyped(flags)),
        TypeError,
        /flags must be a number/,
      );
      expectRefusal(() => sockets.sendMessages([""], client, untyped(flags)), TypeError, /flags must be a number/);
    }
    for (const flags of [NaN, 1.5, 2 ** 31, Infinity]) {
      expectRefusal(() => sockets.sendMessageToConnection(client, "", flags), RangeError, /flags must be an integer/);
      expectRefusal(() => sockets.sendMessages([""], client, flags), RangeError, /flags must be an integer/);
    }
    for (const lane of [...outOfRange, 65536]) {
      const message = { connection: client, data: "", lane };
      expectRefusal(() => sockets.sendMessages([message]), RangeError, /lane must be an integer from 0 to/);
    }
    const message = { connection: client, data: "", lane: untyped<number>("0") };
    expectRefusal(() => sockets.sendMessages([message]), TypeError, /lane must be a number/);
  });

  testOnNetwork("among others that are fine keeps all from being sent", async (net) => {
    const { sockets } = net;
    const { client, server } = await connectOverUDP(net);
    const good = { connection: client, data: "good", flags: SendFlags.Reliable };
    for (const bad of [undefined, null, "text", 5]) {
      const words = /must be an object \{ connection, data, flags, lane \}, not .*name a connection and flags/;
      expectRefusal(() => sockets.sendMessages([good, untyped<OutgoingMessage>(bad)]), TypeError, words);
    }
    expectRefusal(
      () => sockets.sendMessages([good, untyped<OutgoingMessage>({})]),
      TypeError,
      /must be a string, a view or a buffer/,
    );
    const sparse = [good];
    sparse[2] = good;
    expectRefusal(() => sockets.sendMessages(sparse), TypeError, /must be an object .* not undefined/);
    const sparsePayloads = ["good"];
    sparsePayloads[2] = "good";
    expectRefusal(() => sockets.sendMessages(sparsePayloads, client, 8), TypeError, /not undefined/);
    expectRefusal(() => sockets.sendMessages([good, { ...good, lane: -1 }]), RangeError, /lane/);
    for (const messages of [undefined, null, "text", 5, {}, new Uint8Array(5)]) {
      expectRefusal(() => sockets.sendMessages(untyped(messages)), TypeError, /messages must be an array, not/);
    }
    expect(sockets.sendMessages([])).toEqual([]);
    expect(sockets.sendMessages([good])).toEqual([1]);
    await receiveMessages(net, server, 1);
  });
});

describe("a config option", () => {
  /** Each way to set an option that takes a bad one. */
  function expectRefusedEverywhere(
    net: Networking,
    options: object,
    type: new (...args: never[]) => Error,
    words: RegExp,
  ): void {
    const bad = untyped<ConfigOptions>(options);
    expectRefusal(() => net.sockets.createListenSocketIP(localhost, bad), type, words);
    expectRefusal(() => net.sockets.connectByIPAddress("127.0.0.1:27015", bad), type, words);
    expectRefusal(() => openNetworking({ config: bad }), type, words);
    for (const [name, value] of Object.entries(options)) {
      expectRefusal(() => net.utils.setConfigValue(untyped<"NagleTime">(name), untyped(value)), type, words);
    }
  }

  testOnNetwork("that does not exist", (net) => {
    expectRefusedEverywhere(
      net,
      { SendRate: 5 },
      ConfigOptionError,
      /SendRate: .*did you mean SendRateMin, SendRateMax,/,
    );
    expectRefusedEverywhere(net, { Colour: 5 }, ConfigOptionError, /utils\.configOptions\(\) lists them/);
    for (const name of ["", "sendratemax", "toString", "__proto__", "constructor", "Invalid", "25", "SendRateMax\0"]) {
      expectRefusal(
        () => net.utils.setConfigValue(untyped<"NagleTime">(name), 5),
        ConfigOptionError,
        /there is no such option/,
      );
      expectRefusal(
        () => net.utils.getConfigValue(untyped<"NagleTime">(name)),
        ConfigOptionError,
        /there is no such option/,
      );
    }
    for (const name of [undefined, null, 25, {}]) {
      expectRefusal(
        () => net.utils.setConfigValue(untyped<"NagleTime">(name), 5),
        TypeError,
        /name.* must be a string, not/,
      );
      expectRefusal(
        () => net.utils.getConfigValue(untyped<"NagleTime">(name)),
        TypeError,
        /name.* must be a string, not/,
      );
    }
  });

  testOnNetwork("of a wrong type", (net) => {
    for (const value of ["5", 5n, null, {}, [], true]) {
      expectRefusedEverywhere(net, { SendRateMax: value }, TypeError, /SendRateMax must be a number, not/);
    }
    for (const value of ["5", null, {}, true]) {
      expectRefusedEverywhere(
        net,
        { ConnectionUserData: value },
        TypeError,
        /ConnectionUserData must be a number, not/,
      );
      expectRefusal(
        () => net.utils.setConfigValue("FakePacketLoss_Send", untyped(value)),
        TypeError,
        /FakePacketLoss_Send must be a number, not/,
      );
    }
    for (const value of [5, null, {}, true]) {
      expectRefusedEverywhere(
        net,
        { P2P_STUN_ServerList: value },
        TypeError,
        /P2P_STUN_ServerList must be a string, not/,
      );
    }
  });

  testOnNetwork("out of range", (net) => {
    for (const value of [NaN, 0.5, 2 ** 31, -(2 ** 31) - 1, Infinity]) {
      expectRefusedEverywhere(net, { SendRateMax: value }, RangeError, /SendRateMax must be an integer from/);
    }
    for (const value of [NaN, 0.5, 2 ** 53, Infinity, 2n ** 63n]) {
      expectRefusedEverywhere(net, { ConnectionUserData: value }, RangeError, /user data must/);
    }
    for (const value of [NaN, Infinity, 1e39]) {
      expectRefusal(
        () => net.utils.setConfigValue("FakePacketLoss_Send", value),
        RangeError,
        /must be a finite number/,
      );
    }
    expectRefusedEverywhere(net, { P2P_STUN_ServerList: "a\0b" }, TypeError, /must not contain a zero character/);
  });

  testOnNetwork("that holds a pointer", (net) => {
    const pointers = [
      "Callback_ConnectionStatusChanged",
      "Callback_AuthStatusChanged",
      "Callback_MessagesSessionRequest",
      "Callback_MessagesSessionFailed",
      "Callback_CreateConnectionSignaling",
    ];
    for (const name of pointers) {
      for (const value of [0, 0n, 4096, null, () => 0]) {
        expectRefusedEverywhere(net, { [name]: value }, ConfigOptionError, /holds a C function; listen to the events/);
      }
      expectRefusal(
        () => net.utils.getConfigValue(untyped<"NagleTime">(name)),
        ConfigOptionError,
        /holds a C function/,
      );
    }
  });

  testOnNetwork("that is global, at creation or for one connection", async (net) => {
    const { client, listenSocket: listening } = await connectOverUDP(net);
    const words = /global: set it with utils\.setConfigValue or at openNetworking/;
    const options = untyped<ConfigOptions>({ FakePacketLoss_Send: 5 });
    expectRefusal(() => net.sockets.createListenSocketIP(localhost, options), ConfigOptionError, words);
    expectRefusal(() => net.sockets.connectByIPAddress("127.0.0.1:27015", options), ConfigOptionError, words);
    for (const target of [{ connection: client }, { listenSocket: listening }]) {
      expectRefusal(
        () => net.utils.setConfigValue("FakePacketLoss_Send", 5, target),
        ConfigOptionError,
        /can't be set for a (connection|listen socket), only for: global/,
      );
    }
    expect(net.utils.getConfigValue("FakePacketLoss_Send")).toBe(0);
  });

  testOnNetwork("for a target that is none", (net) => {
    for (const target of [undefined, "global"] as const) net.utils.setConfigValue("NagleTime", 5000, target);
    for (const target of [null, "local", 5, {}, []]) {
      expectRefusal(() => net.utils.setConfigValue("NagleTime", 5, untyped(target)), TypeError, /A target is "global"/);
      expectRefusal(() => net.utils.getConfigValue("NagleTime", untyped(target)), TypeError, /A target is "global"/);
    }
    for (const handle of [0, 12345]) {
      for (const target of [{ connection: connection(handle) }, { listenSocket: listenSocket(handle) }]) {
        expectRefusal(() => net.utils.setConfigValue("NagleTime", 5, target), HandleError, /is no open/);
        expect(net.utils.getConfigValue("NagleTime", target)).toBeUndefined();
      }
    }
  });

  testOnNetwork("among others keeps all from being set", (net) => {
    const options = untyped<ConfigOptions>({ NagleTime: 1234, Colour: 5 });
    expectRefusal(() => openNetworking({ config: options }), ConfigOptionError, /Colour/);
    expect(net.utils.getConfigValue("NagleTime")).toBe(5000);
  });

  testOnNetwork("that comes in no object", (net) => {
    for (const options of [null, 5, "SendRateMax", [], true, () => 0]) {
      const words = /options must be an object, not/;
      expectRefusal(() => net.sockets.createListenSocketIP(localhost, untyped(options)), TypeError, words);
      expectRefusal(() => net.sockets.connectByIPAddress("127.0.0.1:27015", untyped(options)), TypeError, words);
      expectRefusal(() => openNetworking({ config: untyped(options) }), TypeError, words);
    }
  });
});

describe("a text", () => {
  testOnNetwork("that is too long for a name", async (net) => {
    const { sockets } = net;
    const { client } = await connectOverUDP(net);
    sockets.setConnectionName(client, "x".repeat(31));
    for (const name of ["x".repeat(300), "x".repeat(32), "ä".repeat(16)]) {
      expectRefusal(
        () => sockets.setConnectionName(client, name),
        RangeError,
        /name must be at most 31 bytes of UTF-8/,
      );
    }
    expect(sockets.getConnectionName(client)).toBe("x".repeat(31));
    sockets.setConnectionName(client, `${"ä".repeat(15)}x`);
    expect(sockets.getConnectionName(client)).toBe(`${"ä".repeat(15)}x`);
  });

  testOnNetwork("with a zero character, or that is none", async (net) => {
    const { sockets } = net;
    const { client } = await connectOverUDP(net);
    expectRefusal(() => sockets.setConnectionName(client, "a\0b"), TypeError, /must not contain a zero character/);
    expectRefusal(() => sockets.closeConnection(client, 0, "a\0b"), TypeError, /must not contain a zero character/);
    expectRefusal(() => sockets.createSocketPair(false, "str:a\0b"), TypeError, /must not contain a zero character/);
    for (const value of [null, 5, {}, true]) {
      expectRefusal(() => sockets.setConnectionName(client, untyped(value)), TypeError, /name must be a string/);
      expectRefusal(() => sockets.closeConnection(client, 0, untyped(value)), TypeError, /message must be a string/);
      expectRefusal(() => sockets.createSocketPair(false, untyped(value)), TypeError, /identity must be a string/);
    }
    expect(sockets.closeConnection(client, 0, "x".repeat(100_000))).toBe(true);
  });

  const noIdentities = [
    ...["", "alice", "invalid", "anonymous", "steamid:", "steamid:0", "steamid:abc", "steamid:-1", "ip:", "ip:host"],
    ...[`str:${"x".repeat(32)}`, `str:${"ä".repeat(16)}`, "gen:", "gen:xyz", `gen:${"5a".repeat(33)}`, "STR:alice"],
  ];
  testOnNetwork("that is no identity", (net) => {
    const words = /is no identity\. Write "steamid:" and the number, "str:"/;
    for (const identity of noIdentities) {
      expectRefusal(() => net.sockets.createSocketPair(false, identity), TypeError, words);
      expectRefusal(() => net.sockets.createSocketPair(true, undefined, identity), TypeError, words);
      expectRefusal(() => openNetworking({ identity }), TypeError, words);
    }
  });
});

describe("a number", () => {
  testOnNetwork("that is no reason to close", async (net) => {
    const { sockets } = net;
    const { client } = await connectOverUDP(net);
    for (const reason of [...outOfRange, 1, 999, 3000, 5003, 2 ** 31]) {
      expectRefusal(
        () => sockets.closeConnection(client, reason),
        RangeError,
        /a reason other than 0 must be an integer from 1000 to 2999/,
      );
    }
    for (const reason of noIntegers) {
      expectRefusal(
        () => sockets.closeConnection(client, untyped(reason)),
        TypeError,
        /a reason other than 0 must be a number/,
      );
    }
    expect(sockets.closeConnection(client, 2999)).toBe(true);
  });

  testOnNetwork("that counts no messages", async (net) => {
    const { sockets } = net;
    const { client } = await connectOverUDP(net);
    const group = sockets.createPollGroup();
    for (const most of [...outOfRange, 2 ** 31]) {
      expectRefusal(() => sockets.receiveMessagesOnConnection(client, most), RangeError, /must be an integer from 0/);
      expectRefusal(() => sockets.receiveMessagesOnPollGroup(group, most), RangeError, /must be an integer from 0/);
    }
    for (const most of noIntegers) {
      expectRefusal(() => sockets.receiveMessagesOnConnection(client, untyped(most)), TypeError, /must be a number/);
      expectRefusal(() => sockets.receiveMessagesOnPollGroup(group, untyped(most)), TypeError, /must be a number/);
    }
  });

  testOnNetwork("that is no user data", async (net) => {
    const { sockets } = net;
    const { client } = await connectOverUDP(net);
    sockets.setConnectionUserData(client, 77);
    for (const data of [NaN, 1.5, Infinity, 2 ** 53, -(2 ** 53), 2n ** 63n, -(2n ** 63n) - 1n]) {
      expectRefusal(() => sockets.setConnectionUserData(client, data), RangeError, /user data must/);
    }
    for (const data of ["5", null, {}, true]) {
      expectRefusal(
        () => sockets.setConnectionUserData(client, untyped(data)),
        TypeError,
        /user data must be a number/,
      );
    }
    expect(sockets.getConnectionUserData(client)).toBe(77);
  });

  testOnNetwork("that counts no lanes, or lists of another length", async (net) => {
    const { sockets } = net;
    const { client } = await connectOverUDP(net);
    for (const lanes of [...outOfRange, 0, 256]) {
      expectRefusal(
        () => sockets.configureConnectionLanes(client, lanes),
        RangeError,
        /lanes must be an integer from 1/,
      );
    }
    for (const lanes of [...outOfRange, 256]) {
      expectRefusal(() => sockets.getConnectionRealTimeStatus(client, lanes), RangeError, /lanes must be an integer/);
    }
    for (const lanes of noIntegers) {
      expectRefusal(
        () => sockets.configureConnectionLanes(client, untyped(lanes)),
        TypeError,
        /lanes must be a number/,
      );
      expectRefusal(
        () => sockets.getConnectionRealTimeStatus(client, untyped(lanes)),
        TypeError,
        /lanes must be a number/,
      );
    }
    for (const list of [[], [1], [1, 2, 3]]) {
      const words = /must hold one for each of 2 lanes, not/;
      expectRefusal(() => sockets.configureConnectionLanes(client, 2, list), RangeError, words);
      expectRefusal(() => sockets.configureConnectionLanes(client, 2, null, list), RangeError, words);
    }
    for (const list of ["12", 12, {}, new Int32Array(2)]) {
      const words = /must be an array, not/;
      expectRefusal(() => sockets.configureConnectionLanes(client, 2, untyped(list)), TypeError, words);
      expectRefusal(() => sockets.configureConnectionLanes(client, 2, null, untyped(list)), TypeError, words);
    }
    const sparse: number[] = [];
    sparse[1] = 1;
    expectRefusal(
      () => sockets.configureConnectionLanes(client, 2, sparse),
      TypeError,
      /must be a number, not undefined/,
    );
    expectRefusal(() => sockets.configureConnectionLanes(client, 2, null, sparse), TypeError, /not undefined/);
    for (const priority of [NaN, 0.5, 2 ** 31]) {
      expectRefusal(() => sockets.configureConnectionLanes(client, 1, [priority]), RangeError, /priorit/);
    }
    for (const weight of [...outOfRange, 0, 65536]) {
      expectRefusal(
        () => sockets.configureConnectionLanes(client, 1, null, [weight]),
        RangeError,
        /weight.*from 1 to 65535/,
      );
    }
    expect(sockets.getConnectionRealTimeStatus(client, 2).result).toBe(InvalidParam);
  });

  testOnNetwork("where true or false belongs", async (net) => {
    const { sockets } = net;
    const { client, listenSocket: listening } = await connectOverUDP(net);
    const words = /must be true or false, not/;
    for (const value of [0, 1, "true", null]) {
      expectRefusal(() => sockets.closeConnection(client, 0, "", untyped(value)), TypeError, words);
      expectRefusal(() => sockets.createSocketPair(untyped(value)), TypeError, words);
      expectRefusal(() => sockets.getConnectionRealTimeStatus(client, 0, untyped(value)), TypeError, words);
      expectRefusal(() => sockets.getListenSocketAddress(listening, untyped(value)), TypeError, words);
      expectRefusal(() => sockets.getListenSocketAddress(listenSocket(1), untyped(value)), TypeError, words);
      expectRefusal(() => openNetworking({ manualPoll: untyped(value) }), TypeError, words);
    }
  });

  testOnNetwork("that is no level of debug output, no time to wait, no handler", (net) => {
    const ignore = () => undefined;
    for (const level of [...outOfRange, 9]) {
      expectRefusal(
        () => net.utils.setDebugOutputFunction(untyped(level), ignore),
        RangeError,
        /level of debug output/,
      );
      expectRefusal(
        () => openNetworking({ debugOutput: { level: untyped(level), handler: ignore } }),
        RangeError,
        /level/,
      );
    }
    for (const handler of [5, "text", {}, null]) {
      expectRefusal(() => net.utils.setDebugOutputFunction(4, untyped(handler)), TypeError, /must be a function/);
      expectRefusal(() => net.on("error", untyped(handler)), TypeError, /must be a function/);
    }
    for (const wait of [...outOfRange, 2 ** 31]) {
      expectRefusal(() => net.poll(wait), RangeError, /wait must be an integer from 0/);
    }
    expectRefusal(() => openNetworking({ backend: untyped("tcp") }), TypeError, /backend must be "gns"/);
  });
});

test("a network that was closed refuses every method, and the next one works", async () => {
  const net = openNetworking();
  net.close();
  const { sockets, utils } = net;
  const others: (() => unknown)[] = [
    () => sockets.createListenSocketIP(localhost),
    () => sockets.connectByIPAddress("127.0.0.1:27015"),
    () => sockets.createSocketPair(),
    () => sockets.createPollGroup(),
    () => sockets.getIdentity(),
    () => sockets.runNetworkingCallbacks(),
    () => utils.getLocalTimestamp(),
    () => utils.configOptions(),
    () => utils.setConfigValue("NagleTime", 5),
    () => utils.getConfigValue("NagleTime"),
    () => utils.setDebugOutputFunction(0),
    () => net.runCallbacks(),
    () => net.poll(),
  ];
  for (const { call } of handleMethods) others.push(() => call(net, 1));
  for (const call of others) expectRefusal(call, ClosedError, /was closed\. Open it again with openNetworking\(\)/);
  using next = openNetworking();
  await expectRoundTrip(next);
});
