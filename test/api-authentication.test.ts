/**
 * Who we are, and how we prove it, on GameNetworkingSockets.
 *
 * - The identity is the one that the network was opened with; localhost without one. It can't be reset here.
 * - There is nobody to get a certificate from: the status says `CannotTry`, whoever asks, and no event tells of it.
 * - A certificate request has our key, the same each time, and our identity where we have one; another network has
 *   another key. It goes with no fixed length.
 * - What is no certificate, has a private key in it, has expired, names nobody, is somebody else's, for another key or
 *   app, or is signed by nobody who is trusted, is refused with a reason; the status stays, and no event comes.
 * - One by an authority that is trusted is taken, where it is for our identity and our key. The change of the status is
 *   told by the next `runCallbacks`, to every opening, once. It is forgotten with the network.
 * - A GameNetworkingSockets that is not the one of this package is spared what can be seen to be wrong without its help.
 * - Several changes are told in their order, one that a handler makes in the next run, and none that is none: a
 *   certificate that does not count yet, that begins to, and that expires.
 * - Wrong arguments are errors before the library sees them.
 */
import { describe, expect, test } from "bun:test";
import { Availability, UnsupportedError, type AuthenticationStatus, type CertificateRefusal } from "../lib/index.ts";
import { helperAt, LibraryState } from "../sdk/helper.ts";
import { Authority, keyOf, seconds } from "./support/certificate.ts";
import type { Report as ForeignReport } from "./support/life/foreign.ts";
import { report } from "./support/life/run.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil } from "./support/pump.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { shows } from "./support/shows.ts";

const nobodyToAsk = {
  available: Availability.CannotTry,
  debugMessage: "No certificate authority",
  state: "none",
} as const;

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
      // A key has any byte, so it is taken out.
      const [all, key] = [certificate, keyOf(certificate)].map((bytes) => Buffer.from(bytes).toString("latin1"));
      expect(all!.replace(key!, () => "").includes(identity ?? "\x62")).toBe(identity !== undefined);
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
      expect(sockets.setCertificate(blob)).toMatchObject({ success: false, reason: "malformed" });
    }
    const unknown = new Authority();
    const identity = "str:alice";
    const distrusted: [Uint8Array, CertificateRefusal, string][] = [
      [unknown.certificate({ key, identity }), "untrusted", ""],
      [
        unknown.certificate({ key, identity: "str:bob" }),
        "otherIdentity",
        'it is for "str:bob", and we are "str:alice"',
      ],
      [unknown.certificate({ key: new Uint8Array(32), identity }), "otherKey", "for another key"],
      [unknown.certificate({ key, identity, apps: [] }), "otherApp", "not for the app 0"],
      [unknown.certificate({ key, identity, apps: [48] }), "otherApp", "not for the app 0"],
      [unknown.certificate({ key }), "noIdentity", "names nobody"],
      [unknown.certificate({ key, identity: "ip:::1" }), "noIdentity", "is nobody"],
      [unknown.certificate({ key, identity, expires: seconds() - 1 }), "expired", "it expired at"],
      [unknown.certificate({ key, identity, privateKey: new Uint8Array(64) }), "privateKey", "private key"],
    ];
    for (const [blob, reason, why] of distrusted) {
      const answer = sockets.setCertificate(blob);
      expect(answer).toEqual({ success: false, errorMessage: expect.stringContaining(why), reason });
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
    const refusals = [
      authority.certificate({ key, identity: "str:bob" }),
      authority.certificate({ key: key.toReversed(), identity: "str:alice" }),
    ].map((blob) => net.sockets.setCertificate(blob).reason);
    expect(refusals).toEqual(["otherIdentity", "otherKey"]);
    const good = authority.certificate({ key, identity: "str:alice" });
    expect(net.sockets.setCertificate(good)).toEqual({ success: true, errorMessage: "" });
    expect(net.sockets.setCertificate(good).success).toBe(true);
    const status = { available: Availability.Current, debugMessage: "OK", state: "ready" } as const;
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

  const isELF = process.platform === "linux";
  if (!isELF) console.log("Not tested here: names in the library are exchanged as they stand in Linux's");
  test.skipIf(!isELF).each([[[]], [["SteamAPI_ISteamNetworkingSockets_GetAuthenticationStatus"]]])(
    "that is not good does not reach a GameNetworkingSockets from elsewhere either, one without %j",
    async (lacking) => {
      const { isOurs, answers } = await report<ForeignReport>("foreign.ts", lacking);
      expect(isOurs).toBe(false);
      expect(answers).toEqual({
        text: "malformed",
        byte: "malformed",
        hollow: "malformed",
        long: "malformed",
        unsigned: "malformed",
        secret: "privateKey",
        expired: "expired",
        others: "otherKey",
        // That library's own word: it trusts nobody.
        good: "refused",
      });
    },
  );

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
  test("tells each change, once, to every opening, in order; an expiry as well", async () => {
    const authority = new Authority();
    using net = openNetworking({ identity: "str:alice", certificates: { roots: authority.root } });
    using other = openNetworking();
    const told: [string, AuthenticationStatus][] = [];
    net.on("networkAuthenticationStatus", (status) => told.push(["net", status]));
    other.on("networkAuthenticationStatus", (status) => told.push(["other", status]));
    const request = net.sockets.getCertificateRequest().certificate;
    const lasting = (from: number, to: number) =>
      authority.issue(request, "str:alice", { created: seconds() + from, expires: seconds() + to });
    const states = () => told.map(([name, { state, available }]) => [name, state, available]);
    // In a handler it waits for the next run.
    net.once("networkAuthenticationStatus", () => other.sockets.setCertificate(lasting(3600, 7200)));
    expect(net.sockets.setCertificate(lasting(-10, 60)).success).toBe(true);
    expect(net.sockets.setCertificate(lasting(-10, 70)).success).toBe(true);
    expect(states()).toEqual([]);
    other.runCallbacks();
    const ready = [
      ["net", "ready", Availability.Current],
      ["other", "ready", Availability.Current],
    ];
    const later = [
      ["net", "notYetValid", Availability.Waiting],
      ["other", "notYetValid", Availability.Waiting],
    ];
    expect(states()).toEqual(ready);
    net.runCallbacks();
    expect(states()).toEqual([...ready, ...later]);
    told.length = 0;

    expect(net.sockets.setCertificate(lasting(3, 5)).success).toBe(true);
    net.runCallbacks();
    expect(states()).toEqual([]);
    await pumpUntil(net, "the certificate had expired", () => told.length >= 4);
    expect(states()).toEqual([
      ...ready,
      ["net", "expired", Availability.Previously],
      ["other", "expired", Availability.Previously],
    ]);
    expect(net.sockets.getAuthenticationStatus().debugMessage).toMatch(/^The certificate expired at 20\d\d-/);
    expect(net.certificates.status).toEqual(net.sockets.getAuthenticationStatus());
    expect(net.sockets.setCertificate(lasting(-10, 60)).success).toBe(true);
    expect(other.sockets.getAuthenticationStatus().state).toBe("ready");
  });
});
