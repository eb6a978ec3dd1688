/**
 * Where our own certificate comes from, and how it stands with it.
 *
 * - `certificates.renew` is asked at once, with our request; what it gives, as bytes or as text, is set, and the status
 *   goes from waiting to ready. Who connects meanwhile waits for it.
 * - It is asked again when two thirds of the certificate's life are over, and connections that stand go on.
 * - When it fails, gives what does not count, or nothing at all, the status says why and it is asked again, later each
 *   time; the certificate that is there still counts. `certificates.renew()` asks at once.
 * - Nothing is asked after the close, and an answer that comes then does no harm.
 * - Roots, intermediates and revoked keys are one for the process and forgotten with the last close. A root among
 *   intermediates is refused, and the other way round, and then nobody is trusted.
 * - A second function to renew is refused; wrong options are errors before anything was asked. So is one that stands in
 *   `config`, where it would do nothing.
 */
import { afterEach, describe, expect, setSystemTime, test } from "bun:test";
import {
  AlreadyOpenError,
  CertificateRefusedError,
  ClosedError,
  CreationError,
  NetworkingError,
  openNetworking,
  type CertificateOptions,
  type ConfigOptions,
  type Networking,
} from "../lib/index.ts";
import { Authority, seconds } from "./support/certificate.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { shows } from "./support/shows.ts";

const identity = "str:alice";
let net: Networking | undefined;

afterEach(() => net?.close());

async function until(what: string, condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 15_000; !condition(); await Bun.sleep(2)) {
    if (net?.isOpen === true) net.pump();
    if (performance.now() > end) throw new Error(`Waited in vain until ${what}`);
  }
}

function states(of: Networking): string[] {
  const told: string[] = [];
  of.on("networkAuthenticationStatus", ({ state }) => told.push(state));
  return told;
}

function blocksOf(...certificates: readonly Uint8Array[]): string {
  const texts = certificates.map((certificate) => Buffer.from(certificate).toString("base64"));
  return texts
    .map((text) => `-----BEGIN STEAMDATAGRAM CERT-----\n${text}\n-----END STEAMDATAGRAM CERT-----\n`)
    .join("");
}

describe("renew", () => {
  test.each(["bytes", "base64", "a block of text"])("is asked at once and gives %s", async (form) => {
    const authority = new Authority();
    const asked: Uint8Array[] = [];
    const answer = Promise.withResolvers<void>();
    const renew = async (request: Uint8Array) => {
      asked.push(request);
      await answer.promise;
      const certificate = authority.issue(request, identity);
      if (form === "bytes") return certificate;
      return form === "base64" ? Buffer.from(certificate).toString("base64") : blocksOf(certificate);
    };
    net = openNetworking({ identity, certificates: { roots: authority.root, renew } });
    const told = states(net);
    expect(net.sockets.getAuthenticationStatus()).toMatchObject({ state: "waiting" });
    const server = net.listen({ address: "127.0.0.1:0", requireAuthentication: true, socket: {} });
    const connecting = net.connect(server.address, { requireAuthentication: true, expect: identity });
    await Bun.sleep(20);
    answer.resolve();
    const connection = await connecting;
    expect(connection.identity).toBe(identity);
    expect(asked).toEqual([net.sockets.getCertificateRequest().certificate]);
    expect(told).toEqual(["waiting", "ready"]);
    const expires = net.certificates.expires?.getTime() ?? 0;
    expect(expires).toBeGreaterThan(Date.now());
    await server.stop(false);
    shows("gns", "networkAuthenticationStatus", "getAuthenticationStatus");
  });

  test("is asked again well before the end, and connections go on", async () => {
    const authority = new Authority();
    const expiries: number[] = [];
    const renew = (request: Uint8Array) => {
      const expires = seconds() + 4;
      expiries.push(expires * 1000 - Date.now());
      return authority.issue(request, identity, { created: seconds(), expires });
    };
    net = openNetworking({ identity, certificates: { roots: [authority.root], renew } });
    const told = states(net);
    const server = net.listen({ address: "127.0.0.1:0", requireAuthentication: true, socket: {} });
    await until("there was a certificate", () => net?.certificates.status.state === "ready");
    const connection = await net.connect(server.address, { requireAuthentication: true, expect: identity });
    await until("it was renewed twice", () => expiries.length === 3 && net?.certificates.status.state === "ready");
    expect(connection.isOpen).toBe(true);
    expect(server.connections).toBe(1);
    expect(told.filter((state) => state === "expired")).toEqual([]);
    await server.stop(false);
  }, 30_000);

  test("fails, and is asked again; the status says why", async () => {
    const authority = new Authority();
    const stranger = new Authority();
    const answers: ((request: Uint8Array) => Uint8Array)[] = [
      () => {
        throw new Error("the backend is away");
      },
      (request) => stranger.issue(request, identity),
      (request) => authority.issue(request, identity, { expires: seconds() + 60 }),
      () => new Uint8Array(3),
    ];
    let asked = 0;
    const renew = (request: Uint8Array) => answers[asked++]!(request);
    net = openNetworking({ identity, certificates: { roots: authority.root, renew } });
    const told = states(net);
    const status = () => net?.sockets.getAuthenticationStatus();
    await until("the first had failed", () => asked === 1 && status()?.state === "failed");
    expect(status()?.debugMessage).toBe("There is no certificate: the backend is away");
    const refused = net.connect("127.0.0.1:9", { requireAuthentication: true });
    await expect(refused).rejects.toThrow(/the backend is away/);
    await until("the second had failed", () => asked === 2 && /can't be used/.test(status()?.debugMessage ?? ""));
    expect(status()?.state).toBe("failed");
    await until("the third was good", () => status()?.state === "ready");
    net.certificates.renew();
    await until("the fourth was none", () => /could not be renewed/.test(status()?.debugMessage ?? ""));
    expect(status()).toMatchObject({ state: "ready" });
    expect(asked).toBe(4);
    expect(told.filter((state, at) => state !== told[at - 1])).toEqual(told);
    expect(told.at(-1)).toBe("ready");
  }, 30_000);

  test("asks nobody after the close, and bears a late answer", async () => {
    const authority = new Authority();
    const answer = Promise.withResolvers<Uint8Array>();
    let asked = 0;
    const renew = () => {
      asked++;
      return answer.promise;
    };
    net = openNetworking({ identity, certificates: { roots: authority.root, renew } });
    const request = net.sockets.getCertificateRequest().certificate;
    const { certificates } = net;
    await until("it was asked", () => asked === 1);
    net.close();
    answer.resolve(authority.issue(request, identity));
    await Bun.sleep(20);
    expect(asked).toBe(1);
    for (const call of [
      () => certificates.status,
      () => certificates.renew(),
      () => certificates.revoke("str:alice"),
      () => certificates.trust(authority.root),
      () => certificates.isTrusted(1n),
    ]) {
      expect(call).toThrow(ClosedError);
    }
  });

  test("is one for all openings", () => {
    const authority = new Authority();
    const never = () => new Promise<Uint8Array>(() => {});
    net = openNetworking({ identity, certificates: { roots: authority.root, renew: never } });
    using same = openNetworking({ certificates: { renew: never } });
    expect(same.certificates).toBe(net.certificates);
    expect(() => openNetworking({ certificates: { renew: () => never() } })).toThrow(AlreadyOpenError);
    using without = openNetworking();
    expect(without.certificates.status.state).toBe("waiting");
  });
});

test("a clock that is set back does not keep it from being asked", async () => {
  const authority = new Authority();
  let asked = 0;
  try {
    setSystemTime(new Date(Date.now() + 365 * 86_400_000));
    net = openNetworking({
      identity,
      certificates: {
        roots: authority.root,
        renew: () => {
          asked++;
          throw new Error("nobody is there yet");
        },
      },
    });
    await until("it was asked", () => asked > 0);
  } finally {
    setSystemTime();
  }
  const before = asked;
  await until("it was asked again", () => asked > before);
});

describe("who is trusted", () => {
  test("is forgotten with the last close", () => {
    const authority = new Authority();
    const { keyId } = authority;
    net = openNetworking({ certificates: { roots: authority.root } });
    expect(net.certificates.isTrusted(keyId)).toBe(true);
    expect(net.certificates.isTrusted(`ID${keyId}`)).toBe(true);
    using second = openNetworking();
    net.close();
    expect(second.certificates.isTrusted(keyId)).toBe(true);
    second.close();
    net = openNetworking();
    expect(net.certificates.isTrusted(keyId)).toBe(false);
    net.certificates.trust(authority.root);
    expect(net.certificates.isTrusted(keyId)).toBe(true);
    expect(net.certificates.revoke(keyId)).toBe(0);
    expect(net.certificates.isTrusted(keyId)).toBe(false);
    expect(() => net?.certificates.trust(authority.root)).toThrow(CertificateRefusedError);
  });

  test("comes by roots, and by those that these have signed", () => {
    const [root, region, stranger] = [new Authority(), new Authority(), new Authority()];
    net = openNetworking();
    net.certificates.trust(blocksOf(root.root, root.intermediate(region)));
    expect([root, region, stranger].map(({ keyId }) => net?.certificates.isTrusted(keyId))).toEqual([
      true,
      true,
      false,
    ]);
    net.close();
    const wrong: [Uint8Array, string][] = [
      [stranger.intermediate(region), "untrusted"],
      [root.certificate({ key: new Uint8Array(32), identity }), "untrusted"],
    ];
    for (const [intermediate, reason] of wrong) {
      let refusal: unknown;
      try {
        net = openNetworking({ certificates: { roots: [root.root], intermediates: [intermediate] } });
      } catch (error) {
        refusal = error;
      }
      expect(refusal).toBeInstanceOf(CertificateRefusedError);
      expect(refusal).toMatchObject({ reason });
    }
    net = openNetworking();
    expect(net.certificates.isTrusted(root.keyId)).toBe(false);
  });

  test("is told by roots that sign themselves and intermediates that do not, or nobody is trusted", () => {
    const [root, region, stranger] = [new Authority(), new Authority(), new Authority()];
    const intermediate = root.intermediate(region);
    net = openNetworking();
    const misplaced: [CertificateOptions, RegExp][] = [
      [{ roots: root.root, intermediates: [intermediate, stranger.root] }, /put it in certificates.roots/],
      [{ roots: root.root, intermediates: blocksOf(intermediate, stranger.root) }, /put it in certificates.roots/],
      [{ roots: root.root, intermediates: root.root }, /put it in certificates.roots/],
      [{ roots: [root.root, intermediate] }, /Put it in certificates.intermediates/],
      [{ roots: blocksOf(root.root, intermediate) }, /Put it in certificates.intermediates/],
    ];
    for (const [certificates, words] of misplaced) {
      let refusal: unknown;
      try {
        openNetworking({ certificates }).close();
      } catch (error) {
        refusal = error;
      }
      expect(refusal).toBeInstanceOf(CertificateRefusedError);
      expect(refusal).toMatchObject({ reason: "misplaced", message: expect.stringMatching(words) });
      for (const { keyId } of [root, region, stranger]) expect(net.certificates.isTrusted(keyId)).toBe(false);
    }
    using second = openNetworking({ certificates: { roots: root.root, intermediates: blocksOf(intermediate) } });
    expect(second.certificates.isTrusted(region.keyId)).toBe(true);
  });

  test("wrong options are errors", async () => {
    const { root } = new Authority();
    expectRefusal(
      () => openNetworking({ certificates: { renew: untyped("now") } }),
      TypeError,
      /renew must be a function/,
    );
    expectRefusal(() => openNetworking({ certificates: { roots: untyped(5) } }), TypeError, /must be a string, a view/);
    expectRefusal(() => openNetworking({ certificates: { revoked: ["alice"] } }), TypeError, /is no identity/);
    expectRefusal(() => openNetworking({ certificates: { revoked: [0n] } }), RangeError, /the number of a key/);
    expectRefusal(() => openNetworking({ certificates: { revoked: [1n << 64n] } }), RangeError, /the number of a key/);
    net = openNetworking({ certificates: { roots: root } });
    expect(() => net?.certificates.renew()).toThrow(NetworkingError);
    expectRefusal(() => net?.certificates.isTrusted("str:alice"), RangeError, /is no key's number/);
    const { sockets } = net;
    const expectOf = (expected: unknown) => ({ requireAuthentication: true, expect: untyped<string>(expected) });
    expectRefusal(() => sockets.connectByIPAddress("127.0.0.1:9", { expect: identity }), TypeError, /expect goes with/);
    expectRefusal(() => sockets.connectByIPAddress("127.0.0.1:9", expectOf("alice")), TypeError, /is no identity/);
    expectRefusal(() => sockets.connectByIPAddress("127.0.0.1:9", expectOf([5])), TypeError, /an identity must be/);
    expectRefusal(() => sockets.connectByIPAddress("127.0.0.1:9", expectOf([])), RangeError, /must name somebody/);
    const wrong = { requireAuthentication: untyped<boolean>("yes") };
    for (const call of [
      () => sockets.connectByIPAddress("127.0.0.1:9", wrong),
      () => sockets.createListenSocketIP("127.0.0.1:0", wrong),
      () => sockets.createListenSocketP2P(0, wrong),
      () => sockets.connectP2P("str:bob", 0, wrong),
      () => net?.listen({ address: "127.0.0.1:0", socket: {}, ...wrong }),
    ]) {
      expectRefusal(call, TypeError, /requireAuthentication must be true or false/);
    }
    await expect(net.connect("127.0.0.1:9", wrong)).rejects.toThrow(TypeError);
    await expect(net.connect("127.0.0.1:9", { requireAuthentication: true })).rejects.toThrow(CreationError);
  });

  test.each<[object, RegExp]>([
    [{ requireAuthentication: true }, /requireAuthentication belongs beside config/],
    [{ requireAuthentication: false, NagleTime: 1 }, /requireAuthentication belongs beside config/],
    [{ expect: identity }, /expect belongs beside config/],
  ])("what is required in config, where nobody looks, is an error: %j", async (misplaced, words) => {
    const { root } = new Authority();
    net = openNetworking({ certificates: { roots: root } });
    using instance = net.createInstance();
    const config = untyped<ConfigOptions>(misplaced);
    for (const requireAuthentication of [true, false]) {
      for (const by of [net, instance]) {
        const listening = () => by.listen({ address: "127.0.0.1:0", requireAuthentication, config, socket: {} });
        expectRefusal(listening, TypeError, words);
        const error: unknown = await by.connect("localhost:9", { requireAuthentication, config }).catch((why) => why);
        expect(error).toBeInstanceOf(TypeError);
        expect(String(error)).toMatch(words);
      }
    }
  });
});
