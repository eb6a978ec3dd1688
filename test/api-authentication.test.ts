/**
 * Who we are, and how we prove it, on GameNetworkingSockets.
 *
 * - The identity is the one that the network was opened with; localhost without one. It can't be reset here.
 * - There is nobody to get a certificate from: the status says `CannotTry`, whoever asks, and no event tells of it.
 * - A certificate request has our key, the same each time, and our identity where we have one; another network has
 *   another key. It goes with no fixed length.
 * - What is no certificate, is signed by nobody that the library trusts, or is somebody else's, is refused with a reason
 *   in words; the status stays, and no event comes.
 * - One by an authority that is trusted is taken, where it is for our identity and our key. The change of the status is
 *   told by the next `runCallbacks`, to every opening, once. It is forgotten with the network.
 * - Several changes are told in their order, one that a handler makes in the next run, and none that is none. (Here the
 *   library stands behind one that changes its mind.)
 * - Wrong arguments are errors before the library sees them.
 */
import { describe, expect, test } from "bun:test";
import { Availability, openNetworking as open, UnsupportedError, type AuthenticationStatus } from "../lib/index.ts";
import { helperAt, LibraryState } from "../sdk/helper.ts";
import { Authority, keyOf } from "./support/certificate.ts";
import { makeLibrary } from "./support/native-library.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor } from "./support/pump.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { shows } from "./support/shows.ts";

const nobodyToAsk = { available: Availability.CannotTry, debugMessage: "No certificate authority" };

/** Has the library that is open, the only one, trust an authority. */
function trust(library: string, root: Uint8Array): void {
  const helper = helperAt(library);
  const { epoch } = new LibraryState(helper, 0);
  expect(helper.trust_certificate(0, epoch, root, root.length, new Uint8Array(1024))).toBe(1);
}

describe("the identity", () => {
  test("is the one that the network was opened with", () => {
    for (const identity of ["str:alice", "steamid:76561197960287930", "gen:0a0b"]) {
      using net = openNetworking({ identity });
      expect(net.sockets.getIdentity()).toBe(identity);
    }
    using net = openNetworking();
    expect(net.sockets.getIdentity()).toBe("ip:::1");
    shows("gns", "getIdentity");
  });

  test("can't be reset", () => {
    using net = openNetworking({ identity: "str:alice" });
    for (const identity of [undefined, "str:bob", 76561197960287930n]) {
      expect(() => net.sockets.resetIdentity(identity)).toThrow(UnsupportedError);
    }
    expect(net.sockets.getIdentity()).toBe("str:alice");
  });
});

describe("the authentication status", () => {
  test("says that there is nobody to get a certificate from", async () => {
    using net = openNetworking({ identity: "str:alice" });
    const { sockets } = net;
    const told: AuthenticationStatus[] = [];
    net.on("networkAuthenticationStatus", (status) => told.push(status));
    expect(sockets.getAuthenticationStatus()).toEqual(nobodyToAsk);
    expect(sockets.initAuthentication()).toBe(Availability.CannotTry);
    expect(sockets.getAuthenticationStatus()).toEqual(nobodyToAsk);
    await pumpFor(net, 50);
    expect(told).toEqual([]);
    shows("gns", "getAuthenticationStatus", "initAuthentication");
  });
});

describe("a certificate request", () => {
  test("has our key and our identity", () => {
    const keys = ["str:alice", "str:bob", undefined].map((identity) => {
      using net = openNetworking(identity === undefined ? {} : { identity });
      const { certificate, certSize, errorMessage } = net.sockets.getCertificateRequest();
      expect(errorMessage).toBe("");
      expect(certSize).toBe(certificate.length);
      expect(Buffer.from(certificate).includes(identity ?? "\x62")).toBe(identity !== undefined);
      expect(net.sockets.getCertificateRequest().certificate).toEqual(certificate);
      return Buffer.from(keyOf(certificate)).toString("hex");
    });
    expect(new Set(keys).size).toBe(keys.length);
    shows("gns", "getCertificateRequest");
  });
});

describe("a certificate", () => {
  test("that is not good is refused with a reason", async () => {
    using net = openNetworking({ identity: "str:alice" });
    const { sockets } = net;
    const told: AuthenticationStatus[] = [];
    net.on("networkAuthenticationStatus", (status) => told.push(status));
    const key = keyOf(sockets.getCertificateRequest().certificate);
    const unparsed = ["no certificate", new Uint8Array([1]), new Uint8Array(5000).fill(0xff), new ArrayBuffer(7)];
    for (const blob of unparsed) {
      expect(sockets.setCertificate(blob)).toEqual({
        success: false,
        errorMessage: "CMsgSteamDatagramCertificateSigned failed protobuf parse",
      });
    }
    const unknown = new Authority();
    const distrusted = [
      unknown.certificate({ key, identity: "str:alice" }),
      unknown.certificate({ key, identity: "str:bob" }),
      unknown.certificate({ key: new Uint8Array(32), identity: "str:alice" }),
    ];
    for (const blob of distrusted) {
      const { success, errorMessage } = sockets.setCertificate(blob);
      expect(success).toBe(false);
      expect(errorMessage).toContain("We are 'str:alice'");
    }
    expect(sockets.getAuthenticationStatus()).toEqual(nobodyToAsk);
    await pumpFor(net, 50);
    expect(told).toEqual([]);
  });

  test("by an authority that is trusted is taken, and every opening is told of it, once", async () => {
    using net = openNetworking({ identity: "str:alice" });
    using other = openNetworking();
    const told: [string, AuthenticationStatus][] = [];
    net.on("networkAuthenticationStatus", (status) => told.push(["net", status]));
    other.on("networkAuthenticationStatus", (status) => told.push(["other", status]));
    const stream = net.events();
    const authority = new Authority();
    trust(net.library.path, authority.root);
    const key = keyOf(net.sockets.getCertificateRequest().certificate);
    expect(net.sockets.setCertificate(authority.certificate({ key, identity: "str:bob" }))).toEqual({
      success: false,
      errorMessage: "Cert is for identity 'str:bob'.  We are 'str:alice'",
    });
    expect(net.sockets.setCertificate(authority.certificate({ key: key.toReversed(), identity: "str:alice" }))).toEqual(
      {
        success: false,
        errorMessage: "Cert public key does not match our private key",
      },
    );
    const good = authority.certificate({ key, identity: "str:alice" });
    expect(net.sockets.setCertificate(good)).toEqual({ success: true, errorMessage: "" });
    expect(net.sockets.setCertificate(good).success).toBe(true);
    const status = { available: Availability.Current, debugMessage: "OK" };
    expect(other.sockets.getAuthenticationStatus()).toEqual(status);
    expect(net.sockets.initAuthentication()).toBe(Availability.Current);
    expect(told).toEqual([]);
    await pumpFor(other, 50);
    expect(told).toEqual([
      ["net", status],
      ["other", status],
    ]);
    expect(await stream.next()).toEqual({ done: false, value: { name: "networkAuthenticationStatus", event: status } });
    // It is the network's: the next one has none.
    other.close();
    net.close();
    using next = openNetworking({ identity: "str:alice" });
    expect(next.sockets.getAuthenticationStatus()).toEqual(nobodyToAsk);
    shows("gns", "setCertificate", "networkAuthenticationStatus");
  });

  test("must have at least one byte, and be bytes", () => {
    using net = openNetworking();
    for (const empty of ["", new Uint8Array(), new ArrayBuffer(0)]) {
      expectRefusal(() => net.sockets.setCertificate(empty), RangeError, /a certificate must have at least one byte/);
    }
    for (const wrong of [5, null, undefined, {}, []]) {
      expectRefusal(
        () => net.sockets.setCertificate(untyped(wrong)),
        TypeError,
        /must be a string, a view or a buffer/,
      );
    }
  });
});

describe("networkAuthenticationStatus", () => {
  test("tells each change that a call of ours brought about, once, to every opening", async () => {
    const library = await makeLibrary("certified", true);
    using net = open({ library });
    using other = open({ library });
    const told: [string, AuthenticationStatus][] = [];
    net.on("networkAuthenticationStatus", (status) => told.push(["net", status]));
    other.on("networkAuthenticationStatus", (status) => told.push(["other", status]));
    const take = (network = net) => {
      expect(told).toEqual([]);
      network.runCallbacks();
      return told.splice(0);
    };
    expect(net.sockets.getAuthenticationStatus().available).toBe(Availability.CannotTry);
    expect(take()).toEqual([]);

    expect(net.sockets.setCertificate("+")).toEqual({ success: true, errorMessage: "" });
    const good = { available: Availability.Current, debugMessage: "OK" };
    expect(take(other)).toEqual([
      ["net", good],
      ["other", good],
    ]);
    expect(net.sockets.setCertificate("+").success).toBe(true);
    expect(other.sockets.initAuthentication()).toBeDefined();
    expect(other.sockets.getAuthenticationStatus()).toEqual(good);
    expect(take()).toEqual([]);

    // In a handler it waits for the next run; two changes are two events, in order.
    const bad = { available: Availability.Failed, debugMessage: "a bad one" };
    net.once("networkAuthenticationStatus", () => other.sockets.setCertificate("+"));
    net.sockets.setCertificate("-");
    expect(take()).toEqual([
      ["net", bad],
      ["other", bad],
    ]);
    other.sockets.setCertificate("-");
    expect(take().map(([name, { available }]) => [name, available])).toEqual([
      ["net", Availability.Current],
      ["other", Availability.Current],
      ["net", Availability.Failed],
      ["other", Availability.Failed],
    ]);
    expect(take()).toEqual([]);
  });
});
