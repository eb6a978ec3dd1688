/**
 * Identities and addresses as values.
 *
 * - For thousands of random identities of each kind and addresses: what the setters of GameNetworkingSockets and of
 *   Valve's own steam_api make of them is, byte for byte, what we make; their getters give back what went in; what
 *   GameNetworkingSockets, asked by itself and through Valve's functions, prints and reads is what we print and read; all
 *   agree on what is equal, local, or IPv4.
 * - Of random texts that look like identities or addresses we take none that the library does not take, and those that
 *   we take we read as it does. Of Steam IDs exactly those that it takes.
 * - Print and parse are each other's inverse, and every text for one thing is equal to every other.
 * - What is wrong is refused, and says what.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { maxAddressString, maxIdentityString } from "../ffi/constants.ts";
import { SharedMemory } from "../ffi/memory.ts";
import { Address, FakeIPType, Identity, IdentityType, openNetworking, type Networking } from "../lib/index.ts";
import { addressOfText } from "../lib/values/address-parts.ts";
import { addressBytes, formatAddress, parseAddress, writeAddress } from "../lib/values/native-address.ts";
import { formatIdentity, identityBytes, parseIdentity, writeIdentity } from "../lib/values/native-identity.ts";
import { NativeLibrary } from "../sdk/library.ts";
import { locateLibrary } from "../sdk/locate.ts";
import { makeShim, missing, valveLibraries } from "./steam/shim.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";

const runs = { numRuns: 3000 };
const gns = NativeLibrary.load(locateLibrary().path);
const libraries = [gns, ...(await steamLibrary())];

async function steamLibrary(): Promise<NativeLibrary[]> {
  if (missing !== undefined) {
    console.log(`Without steam_api: ${missing}`);
    return [];
  }
  console.log(
    "Not asked of steam_api by itself: ToString, ParseString, and whether an address is a FakeIP. They ask the interface of a running Steam, and crash where none runs",
  );
  return [NativeLibrary.load(await valveLibraries.crate())];
}

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const port = fc.oneof(fc.constant(0), fc.nat(0xffff));
// A mark of byte order at the start is text, too.
const shortText = (least: number, most: number) =>
  fc
    .oneof({ weight: 9, arbitrary: fc.string({ unit: "binary", maxLength: most }) }, fc.constant("\ufeffa"))
    .filter((value) => {
      const length = Buffer.byteLength(value);
      return length >= least && length <= most && !value.includes("\0");
    });

// Steam IDs as they are given out, and any at all with each part now and then out of its range.
const steamID = fc
  .tuple(fc.nat(6), fc.nat(15), fc.oneof(fc.nat(2), fc.nat(0xf_ffff)), fc.oneof(fc.nat(1), fc.nat(0xffff_ffff)))
  .map(([universe, type, instance, account]) =>
    [universe, type, instance, account]
      .map(BigInt)
      .reduce((bits, part, at) => (bits << [8n, 4n, 20n, 32n][at]!) | part),
  );
const validSteamID = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 0xffff_ffff }))
  .map(([universe, account]) => (BigInt(universe) << 56n) | (1n << 52n) | (1n << 32n) | BigInt(account));

// Half of all groups zero, so that runs of them come in every length and place.
const ip = fc.oneof(
  fc
    .array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 })
    .map((quads) => Uint8Array.from(quads.flatMap((quad) => [quad >> 8, quad & 0xff]))),
  fc.nat(0xffff_ffff).map((bits) => {
    const bytes = new Uint8Array(16).fill(0xff, 10, 12);
    new DataView(bytes.buffer).setUint32(12, bits);
    return bytes;
  }),
  fc.constantFrom(...["::1", "::", "127.0.0.1", "0.0.0.0", "127.0.0.2"].map((text) => addressOfText(text).ip)),
);
const socketAddress = fc.record({ ip, port });
const addressText = socketAddress.map((address) => {
  const memory = new SharedMemory(addressBytes);
  writeAddress(memory, 0, address);
  return formatAddress(gns, memory, 0, true);
});

const parts = fc.oneof(
  validSteamID.map((id) => ({ type: IdentityType.SteamID, steamID: id })),
  uint64.map((psnID) => ({ type: IdentityType.SonyPSN, psnID })),
  shortText(0, 31).map((text) => ({ type: IdentityType.GenericString, text })),
  shortText(1, 32).map((xboxPairwiseID) => ({ type: IdentityType.XboxPairwiseID, xboxPairwiseID })),
  fc.uint8Array({ minLength: 1, maxLength: 32 }).map((bytes) => ({ type: IdentityType.GenericBytes, bytes })),
  addressText.map((address) => ({ type: IdentityType.IPAddress, address })),
);

const identityOf = (value: Identity.Parts) => {
  const memory = new SharedMemory(identityBytes);
  writeIdentity(memory, 0, value);
  return memory;
};
const nativeAddressOf = (address: string) => parseAddress(gns, address).memory;

/** An identity as a library's own setters make it. */
function made({ functions: { identity } }: NativeLibrary, value: Identity.Parts): SharedMemory {
  const memory = new SharedMemory(identityBytes);
  const self = memory.bytes;
  switch (value.type) {
    case IdentityType.SteamID:
      identity.SetSteamID64(self, value.steamID);
      break;
    case IdentityType.SonyPSN:
      identity.SetPSNID(self, value.psnID);
      break;
    case IdentityType.GenericString:
      expect(identity.SetGenericString(self, value.text)).toBe(true);
      break;
    case IdentityType.XboxPairwiseID:
      expect(identity.SetXboxPairwiseID(self, value.xboxPairwiseID)).toBe(true);
      break;
    case IdentityType.GenericBytes:
      expect(identity.SetGenericBytes(self, value.bytes, value.bytes.length)).toBe(true);
      break;
    case IdentityType.IPAddress:
      identity.SetIPAddr(self, nativeAddressOf(value.address).bytes);
      break;
    default:
      throw new Error("A type that nobody can set");
  }
  return memory;
}

/** Whether this library has a setter for it. */
const canMake = ({ kind }: NativeLibrary, { type }: Identity.Parts) =>
  kind === "steam" || type !== IdentityType.SonyPSN;

function readBy({ kind, functions: { identity } }: NativeLibrary, text: string): SharedMemory | undefined {
  const memory = new SharedMemory(identityBytes);
  const isRead =
    kind === "steam"
      ? identity.ParseString(memory.bytes, text)
      : identity.ParseStringSized(memory.bytes, identityBytes, text);
  return isRead ? memory : undefined;
}

describe.each(libraries)("beside $kind, an identity", (library) => {
  const { identity } = library.functions;

  test("lies in memory as the library's setters put it", () => {
    fc.assert(
      fc.property(parts, (value) => {
        fc.pre(canMake(library, value));
        expect(identityOf(value).bytes).toEqual(made(library, value).bytes);
      }),
      runs,
    );
  });

  test("gives back by the library's getters what went in", () => {
    fc.assert(
      fc.property(parts, (value) => {
        const { bytes: self } = parseIdentity(library, Identity.print(value));
        expect(identity.IsInvalid(self)).toBe(false);
        expect(identity.GetSteamID64(self)).toBe(Identity.steamIDOf(Identity.print(value)) ?? 0n);
        expect(identity.GetSteamID(self)).toBe(identity.GetSteamID64(self));
        expect(identity.GetGenericString(self)?.toString()).toBe(
          untyped(value.type === IdentityType.GenericString ? value.text : undefined),
        );
        expect(identity.GetXboxPairwiseID(self)?.toString()).toBe(
          untyped(value.type === IdentityType.XboxPairwiseID ? value.xboxPairwiseID : undefined),
        );
        const length = new SharedMemory(4);
        const hasBytes = identity.GetGenericBytes(self, length.bytes) !== null;
        expect(hasBytes && length.view.getInt32(0, true)).toBe(
          value.type === IdentityType.GenericBytes && value.bytes.length,
        );
        expect(identity.GetIPAddr(self) !== null).toBe(value.type === IdentityType.IPAddress);
        expect(identity.IsLocalHost(self)).toBe(Identity.isLocalHost(Identity.print(value)));
        if (library.kind !== "steam") return;
        expect(identity.GetPSNID(self)).toBe(value.type === IdentityType.SonyPSN ? value.psnID : 0n);
        const ipv4 = value.type === IdentityType.IPAddress ? Address.ipv4Of(value.address) : 0;
        expect(identity.GetIPv4(self)).toBe(ipv4 ?? 0);
        if (value.type !== IdentityType.IPAddress) expect(identity.GetFakeIPType(self)).toBe(FakeIPType.Invalid);
      }),
      runs,
    );
  });

  test("equals another when the library says so", () => {
    const few = fc.oneof(
      fc.constantFrom<Identity.Parts>(
        { type: IdentityType.GenericString, text: "a" },
        { type: IdentityType.XboxPairwiseID, xboxPairwiseID: "a" },
        { type: IdentityType.GenericBytes, bytes: Uint8Array.of(97, 0) },
        { type: IdentityType.IPAddress, address: "127.0.0.1:1" },
        { type: IdentityType.IPAddress, address: "[::ffff:127.0.0.1]:1" },
      ),
      parts,
    );
    fc.assert(
      fc.property(few, few, (one, other) => {
        const equal = Identity.equals(Identity.print(one), Identity.print(other));
        expect(identity.IsEqualTo(identityOf(one).bytes, identityOf(other).bytes)).toBe(equal);
        expect(identity.IsEqualTo(identityOf(one).bytes, identityOf(one).bytes)).toBe(true);
      }),
      runs,
    );
  });

  test("that is localhost, nobody, or of a Steam ID out of range", () => {
    const memory = new SharedMemory(identityBytes);
    identity.SetLocalHost(memory.bytes);
    expect(formatIdentity(library, memory, 0)).toBe("ip:::1");
    expect(Identity.isLocalHost("ip:::1")).toBe(true);
    identity.Clear(memory.bytes);
    expect(formatIdentity(library, memory, 0)).toBe("invalid");
    identity.SetSteamID(memory.bytes, 0n);
    expect(formatIdentity(library, memory, 0)).toBe("steamid:0");
    memory.view.setInt32(0, 77, true);
    expect(formatIdentity(library, memory, 0)).toBe("bad_type:77");
  });
});

describe.each(libraries)("beside $kind, an address", (library) => {
  const { address } = library.functions;

  test("lies in memory as the library's setters put it, and is of the kind that the library says", () => {
    fc.assert(
      fc.property(socketAddress, (value) => {
        const ours = new SharedMemory(addressBytes);
        writeAddress(ours, 0, value);
        const theirs = new SharedMemory(addressBytes);
        address.SetIPv6(theirs.bytes, Uint8Array.from(value.ip), value.port);
        expect(ours.bytes).toEqual(theirs.bytes);
        const text = formatAddress(library, theirs, 0, true);
        expect(nativeAddressOf(text).bytes).toEqual(theirs.bytes);
        expect(Address.isIPv4(text)).toBe(address.IsIPv4(theirs.bytes));
        expect(Address.ipv4Of(text) ?? 0).toBe(address.GetIPv4(theirs.bytes));
        expect(Address.isLocalHost(text)).toBe(address.IsLocalHost(theirs.bytes));
        expect(Address.isIPv6AllZeros(text)).toBe(address.IsIPv6AllZeros(theirs.bytes));
      }),
      runs,
    );
  });

  test("of IPv4 is the library's", () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), port, (bits, at) => {
        const theirs = new SharedMemory(addressBytes);
        address.SetIPv4(theirs.bytes, bits, at);
        expect(nativeAddressOf(Address.fromIPv4(bits, at)).bytes).toEqual(theirs.bytes);
        expect(Address.ipv4Of(Address.fromIPv4(bits, at))).toBe(bits);
      }),
      runs,
    );
  });

  test("equals another when the library says so", () => {
    const few = fc.oneof(fc.constantFrom("127.0.0.1:1", "[::ffff:127.0.0.1]:1", "[::1]:1", "127.0.0.1:2"), addressText);
    fc.assert(
      fc.property(few, few, (one, other) => {
        const equal = address.IsEqualTo(nativeAddressOf(one).bytes, nativeAddressOf(other).bytes);
        expect(Address.equals(one, other)).toBe(equal);
      }),
      runs,
    );
  });

  test("that is localhost or nothing", () => {
    const memory = new SharedMemory(addressBytes);
    address.SetIPv6LocalHost(memory.bytes, 27015);
    expect(formatAddress(library, memory, 0, true)).toBe("[::1]:27015");
    address.Clear(memory.bytes);
    expect(formatAddress(library, memory, 0, true)).toBe("[::]:0");
  });
});

const askedBy = missing === undefined ? ["itself", "Valve's functions"] : ["itself"];

describe.each(askedBy)("in text, as GameNetworkingSockets has it, asked by %s", (by) => {
  let library = gns;
  let net: Networking | undefined;
  beforeAll(async () => {
    if (by === "itself") return;
    const path = await makeShim("gns", "crate");
    net = openNetworking({ backend: "steam", library: path, appId: 480 });
    library = NativeLibrary.load(path);
  }, 60_000);
  afterAll(() => net?.close());

  const readByLibrary = (text: string) => readBy(library, text);
  const printed = new SharedMemory(maxIdentityString);

  test("identities are printed and read", () => {
    fc.assert(
      fc.property(parts, (value) => {
        const memory = identityOf(value);
        library.functions.identity.ToString(memory.bytes, printed.bytes, maxIdentityString);
        const text = printed.text(0, maxIdentityString);
        expect(Identity.print(value)).toBe(text);
        expect(formatIdentity(library, memory, 0)).toBe(text);
        expect(readByLibrary(text)?.bytes).toEqual(memory.bytes);
        expect(Identity.parse(text)).toEqual(value);
        expect(Identity.type(text)).toBe(value.type);
      }),
      runs,
    );
  });

  test("identities of unknown kinds keep their text", () => {
    const kind = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."abcxyz_09"), minLength: 15, maxLength: 18 }),
      fc.string({ unit: fc.constantFrom(..."abcxyz_09A-"), maxLength: 18 }),
    );
    const known = new Set(["ip", "str", "gen", "steamid", "xboxpwid", "psn"]);
    fc.assert(
      fc.property(kind, shortText(0, 127), (prefix, rest) => {
        fc.pre(!known.has(prefix));
        const text = `${prefix}:${rest}`;
        const theirs = readByLibrary(text);
        if (theirs === undefined) expect(() => Identity.parse(text)).toThrow(TypeError);
        else {
          expect(Identity.parse(text)).toEqual({ type: IdentityType.UnknownType, raw: text });
          expect(identityOf(Identity.parse(text)).bytes).toEqual(theirs.bytes);
          expect(formatIdentity(library, theirs, 0)).toBe(text);
          expect(Identity.print(Identity.parse(text))).toBe(text);
          expect(() => parseIdentity(library, text)).toThrow(TypeError);
        }
      }),
      runs,
    );
  });

  test("Steam IDs are taken when the library takes them", () => {
    fc.assert(
      fc.property(fc.oneof(steamID, validSteamID, uint64), (id) => {
        const isTaken = readByLibrary(`steamid:${id}`) !== undefined;
        if (isTaken) expect(Identity.steamIDOf(Identity.fromSteamID(id))).toBe(id);
        else {
          expect(() => Identity.fromSteamID(id)).toThrow(RangeError);
          expect(() => Identity.parse(`steamid:${id}`)).toThrow(TypeError);
        }
      }),
      runs,
    );
  });

  test("addresses are printed and read, with a port and without", () => {
    fc.assert(
      fc.property(socketAddress, fc.boolean(), (value, withPort) => {
        const memory = new SharedMemory(addressBytes);
        writeAddress(memory, 0, value);
        library.functions.address.ToString(memory.bytes, printed.bytes, maxAddressString, withPort);
        const text = printed.text(0, maxAddressString);
        expect(formatAddress(library, memory, 0, withPort)).toBe(text);
        const theirs = new SharedMemory(addressBytes);
        expect(library.functions.address.ParseString(theirs.bytes, text)).toBe(true);
        expect(nativeAddressOf(text).bytes).toEqual(theirs.bytes);
        const { ip: bare, port: at } = Address.parse(text);
        expect(at).toBe(withPort ? value.port : 0);
        expect(Address.parse(Address.print({ ip: bare, port: value.port }))).toEqual({ ip: bare, port: value.port });
      }),
      runs,
    );
  });

  // Close to what is right, so that a good part is.
  const slips = fc
    .tuple(
      fc.oneof(
        parts.map((value) => Identity.print(value)),
        addressText,
        addressText.map((text) => `ip:${text}`),
        fc.string({ unit: fc.constantFrom(..."0123456789abcdefF:.[]%"), maxLength: 24 }),
        fc
          .array(fc.constantFrom("::", ":", "0", "ffff", "1.2.3.4", "a", "[", "]", ":80", "12345"), { maxLength: 9 })
          .map((pieces) => pieces.join("")),
      ),
      fc.nat(40),
      fc.constantFrom("", "", ":", "0", "x", " ", ".", "g", "]", "65536"),
      fc.nat(2),
    )
    .map(([text, at, put, cut]) => text.slice(0, at) + put + text.slice(at + cut))
    .filter((text) => !text.includes("\0") && text.isWellFormed());

  test("identities that we take the library takes for the same", () => {
    let taken = 0;
    fc.assert(
      fc.property(slips, (text) => {
        let ours: Identity.Parts | undefined;
        try {
          ours = Identity.parse(text);
        } catch {
          return;
        }
        taken++;
        expect(identityOf(ours).bytes).toEqual(readByLibrary(text)!.bytes);
      }),
      { numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  test("addresses that we take the library takes for the same", () => {
    let taken = 0;
    fc.assert(
      fc.property(slips, (text) => {
        if (!Address.isAddress(text)) return;
        taken++;
        const theirs = new SharedMemory(addressBytes);
        expect(library.functions.address.ParseString(theirs.bytes, text)).toBe(true);
        expect(nativeAddressOf(text).bytes).toEqual(theirs.bytes);
      }),
      { numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(200);
  });
});

describe("equal", () => {
  test("are identities in whatever way they are written", () => {
    expect(Identity.equals("gen:0A1b", "gen:0a1B")).toBe(true);
    expect(Identity.equals("ip:[::ffff:192.0.2.7]:80", "ip:192.0.2.7:80")).toBe(true);
    expect(Identity.equals("ip:[::1]:0", "ip:::1")).toBe(true);
    expect(Identity.equals("steamid:076561197960287930", "steamid:76561197960287930")).toBe(true);
    expect(Identity.equals("str:Alice", "str:alice")).toBe(false);
    expect(Identity.equals("invalid", "invalid")).toBe(true);
    expect(Identity.equals("invalid", "str:invalid")).toBe(false);
    expect(Identity.fromAddress("192.0.2.7:0")).toBe("ip:192.0.2.7");
    expect(Identity.fromAddress("2001:DB8::1")).toBe("ip:2001:db8::1");
  });

  test("are addresses in whatever way they are written", () => {
    expect(Address.equals("[2001:DB8:0:0::0:1]:80", "[2001:db8::1]:80")).toBe(true);
    expect(Address.equals("2001:db8::1", "[2001:db8::1]:0")).toBe(true);
    expect(Address.equals("127.0.0.1:80", "127.0.0.1:81")).toBe(false);
  });
});

describe("refused", () => {
  test("are identities that are none", () => {
    for (const wrong of [
      "",
      "alice",
      "STR:alice",
      "str",
      "ip:host",
      "gen:",
      "gen:0",
      "gen:0x",
      "steamid:1",
      "psn:-1",
    ]) {
      expectRefusal(() => Identity.parse(wrong), TypeError, /is no identity/);
      expectRefusal(() => Identity.equals("str:a", wrong), TypeError, /is no identity/);
    }
    expectRefusal(() => Identity.parse(untyped(5)), TypeError, /must be a string, not the number 5/);
    expectRefusal(() => Identity.fromSteamID(untyped(5)), TypeError, /a Steam ID must be a bigint/);
    expectRefusal(() => Identity.fromSteamID(2n ** 64n), RangeError, /64 bits/);
    expectRefusal(() => Identity.fromSteamID(5n), RangeError, /can't be a Steam ID/);
    expectRefusal(() => Identity.fromAddress("host:80"), TypeError, /is no IP address/);
  });

  test("are parts that are none", () => {
    const refusals: [unknown, new (...args: never[]) => Error, RegExp][] = [
      [null, TypeError, /must be an object with a type, not null/],
      [{ type: 99 }, TypeError, /one of IdentityType/],
      [{ type: IdentityType.GenericString, text: "x".repeat(32) }, RangeError, /at most 31 bytes/],
      [{ type: IdentityType.GenericString, text: "a\0b" }, TypeError, /zero character/],
      [{ type: IdentityType.GenericBytes, bytes: new Uint8Array() }, RangeError, /1 to 32 bytes, not 0/],
      [{ type: IdentityType.GenericBytes, bytes: new Uint8Array(33) }, RangeError, /1 to 32 bytes, not 33/],
      [{ type: IdentityType.GenericBytes, bytes: "0a" }, TypeError, /must be a Uint8Array/],
      [{ type: IdentityType.XboxPairwiseID, xboxPairwiseID: "" }, RangeError, /can't be empty/],
      [{ type: IdentityType.SonyPSN, psnID: -1n }, RangeError, /64 bits without a sign/],
      [{ type: IdentityType.IPAddress, address: "nowhere" }, TypeError, /is no IP address/],
      [{ type: IdentityType.UnknownType, raw: "str:alice" }, TypeError, /of a type that is unknown/],
    ];
    for (const [wrong, type, words] of refusals) expectRefusal(() => Identity.print(untyped(wrong)), type, words);
  });

  test("are addresses that are none", () => {
    for (const wrong of [
      "",
      "host",
      "host:80",
      "1.2.3",
      "1.2.3.256",
      "1.2.3.4:65536",
      "[::1",
      "::1::",
      "1:2:3:4:5:6:7:8::",
    ]) {
      expect(Address.isAddress(wrong)).toBe(false);
      expectRefusal(() => Address.parse(wrong), TypeError, /is no IP address/);
    }
    expect(Address.isAddress(untyped(5))).toBe(false);
    expectRefusal(() => Address.print({ ip: "127.0.0.1:80", port: 1 }), TypeError, /without a port/);
    expectRefusal(() => Address.print({ ip: "[::1]", port: 1 }), TypeError, /without a port/);
    expectRefusal(() => Address.print({ ip: "::1", port: 65_536 }), RangeError, /port must be an integer/);
    expectRefusal(() => Address.fromIPv4(-1), RangeError, /an IPv4 address must be an integer/);
  });
});
