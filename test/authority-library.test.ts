/**
 * What `steam-sockets/authority` makes is what the real library takes.
 *
 * - The key in the library's request is read, and whom it claims to be; a certificate for it counts with the library
 *   when its authority is trusted, an intermediate too, and is set; the status says so. Each kind of identity.
 * - Not without its root, not for another key or identity; a key that is revoked doesn't count any more.
 * - Of mutated certificates and of expired ones the library takes none that `verifyCertificate` refuses, nor the other
 *   way round.
 * - All of that is issued as well in Node.js, from the package as it is published, by its exports, with nothing of Bun and
 *   nothing native.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ownManifest from "../package.json";
import {
  Certificate,
  CertificateAuthority,
  readCertificateRequest,
  SigningKey,
  verifyCertificate,
} from "../lib/authority/index.ts";
import { Availability, type Networking } from "../lib/index.ts";
import { writeContent } from "../lib/authority/content.ts";
import { authorityExports, makeAuthority } from "../packaging/authority.ts";
import { mainManifest } from "../packaging/manifests.ts";
import { locateLibrary } from "../sdk/locate.ts";
import { helperAt, LibraryState } from "../sdk/helper.ts";
import { openNetworking } from "./support/poll-mode.ts";

const { path } = locateLibrary();
const helper = helperAt(path);

/** The library's own store of who is trusted, while a network is open. */
const library = {
  trusts: (certificate: Certificate): boolean => ask(helper.trust_certificate, certificate) === "",
  /** Why a certificate doesn't count; empty when it does. */
  complaint: (certificate: Certificate): string => ask(helper.check_certificate, certificate),
  revoke: (keyId: bigint): void => {
    expect(helper.revoke_key(0, epoch(), keyId)).toBe(0);
  },
  forget: (): void => {
    helper.forget_certificates(0, epoch());
  },
};

function epoch(): number {
  return new LibraryState(helper, 0).epoch;
}

function ask(question: typeof helper.trust_certificate, certificate: Certificate): string {
  const [bytes, error] = [certificate.toBytes(), new Uint8Array(1024)];
  const answer = question(0, epoch(), bytes, bytes.length, error);
  expect([0, 1]).toContain(Number(answer));
  return answer === 1 ? "" : Buffer.from(error).toString().replace(/\0.*/s, "") || "no reason";
}

function requestOf({ sockets }: Networking): Uint8Array {
  const { certificate, errorMessage } = sockets.getCertificateRequest();
  expect(errorMessage).toBe("");
  return certificate;
}

const identities = ["str:alice", "str:äöü", "gen:0a0b", "steamid:76561197960287930", "psn:5", "xboxpwid:abc"];

describe("the real library", () => {
  let net: Networking;
  const open = (identity?: string) => (net = openNetworking(identity === undefined ? {} : { identity }));
  // The store is the process's, and outlives the network.
  afterEach(() => {
    library.forget();
    net.close();
  });

  test.each(identities)("takes a certificate for %p", async (identity) => {
    open(identity);
    const request = requestOf(net);
    const { claimedIdentity, keyId } = await readCertificateRequest(request);
    expect(claimedIdentity).toBe(identity);
    const root = await CertificateAuthority.create();
    const middle = await root.createIntermediate();
    expect(library.trusts(root.certificate)).toBeTrue();
    expect(library.trusts(middle.certificate)).toBeTrue();
    for (const authority of [root, middle]) {
      const certificate = await authority.issue(request, { identity });
      expect(certificate.keyId).toBe(keyId);
      expect(library.complaint(certificate)).toBe("");
      expect(net.sockets.setCertificate(certificate.toBytes())).toEqual({ success: true, errorMessage: "" });
      expect(net.sockets.getAuthenticationStatus().available).toBe(Availability.Current);
      expect(net.sockets.getIdentity()).toBe(identity);
    }
    expect(
      net.sockets.setCertificate((await middle.renew(await middle.issue(request, { identity }))).toBytes()),
    ).toEqual({ success: true, errorMessage: "" });
  });

  test("takes one for whoever the authority says, where the network has no identity of its own", async () => {
    open();
    const request = requestOf(net);
    const authority = await CertificateAuthority.create();
    expect(library.trusts(authority.certificate)).toBeTrue();
    const certificate = await authority.issue(request, { identity: "str:carol" });
    expect(net.sockets.setCertificate(certificate.toBytes())).toEqual({ success: true, errorMessage: "" });
    expect(net.sockets.getIdentity()).toBe("str:carol");
  });

  test("takes none for another key or identity", async () => {
    open("str:alice");
    const authority = await CertificateAuthority.create();
    expect(library.trusts(authority.certificate)).toBeTrue();
    const others = await authority.issue(requestOf(net), { identity: "str:bob" });
    expect(net.sockets.setCertificate(others.toBytes())).toMatchObject({ success: false });
    const [key, now] = [await SigningKey.generate(), Math.floor(Date.now() / 1000)];
    const content = { identity: undefined, dataCenters: [], created: now, expires: now, appIds: [], addresses: [] };
    const cert = writeContent({ ...content, publicKey: Uint8Array.from(key.publicKey) });
    const stolen = await authority.issue(Buffer.concat([Buffer.of(0x0a, cert.length), cert]), {
      identity: "str:alice",
    });
    expect(net.sockets.setCertificate(stolen.toBytes())).toMatchObject({ success: false });
  });

  test("and verifyCertificate agree on who counts", async () => {
    open("str:alice");
    const request = requestOf(net);
    const root = await CertificateAuthority.create();
    const middle = await root.createIntermediate();
    const stranger = await CertificateAuthority.create();
    const certificate = await middle.issue(request, { identity: "str:alice" });
    const foreign = await stranger.issue(request, { identity: "str:alice" });
    const others = await root.issue(request, { identity: "str:alice", appIds: [7] });
    const trust: { roots: Certificate[]; intermediates: Certificate[]; revoked: bigint[] } = {
      roots: [],
      intermediates: [],
      revoked: [],
    };
    const agree = async (of: Certificate, counts: boolean) => {
      expect((await verifyCertificate(of, { ...trust, appId: of.appIds[0] ?? 0 })).valid).toBe(counts);
      expect(library.complaint(of) === "").toBe(counts);
    };
    await agree(certificate, false);
    // An authority's own counts only by what is above it.
    expect(library.trusts(middle.certificate)).toBeFalse();
    expect(library.trusts(root.certificate)).toBeTrue();
    trust.roots.push(root.certificate);
    await agree(certificate, false);
    expect(library.trusts(middle.certificate)).toBeTrue();
    trust.intermediates.push(middle.certificate);
    await agree(certificate, true);
    await agree(foreign, false);
    // Which app is asked when somebody comes with it.
    await agree(others, true);
    expect((await verifyCertificate(others, trust)).valid).toBeFalse();
    // A user's is no authority.
    expect(library.trusts(certificate)).toBeFalse();
    library.revoke(middle.keyId);
    trust.revoked.push(middle.keyId);
    await agree(certificate, false);
  });

  test("takes no mutated certificate that verifyCertificate refuses, nor the other way round", async () => {
    open("str:alice");
    const authority = await CertificateAuthority.create();
    expect(library.trusts(authority.certificate)).toBeTrue();
    const good = await authority.issue(requestOf(net), { identity: "str:alice" });
    const bytes = good.toBytes();
    let [asked, counted] = [0, 0];
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const mutated = Uint8Array.from(bytes);
        mutated[at] = (mutated[at] ?? 0) ^ (1 << bit);
        const certificate = await Certificate.read(mutated).catch(() => undefined);
        if (certificate === undefined) continue;
        asked++;
        const { valid } = await verifyCertificate(certificate, { roots: [authority.certificate] });
        if (valid) counted++;
        expect(library.complaint(certificate) === "").toBe(valid);
      }
    }
    expect(asked).toBeGreaterThan(500);
    expect(counted).toBe(0);
    expect(library.complaint(good)).toBe("");
  });
});

const node = Bun.which("node");
describe.skipIf(node === null)(`in Node.js${node === null ? " (it is not here)" : ""}`, () => {
  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "steam-sockets-node-"));
    const package_ = join(folder, "node_modules/steam-sockets");
    mkdirSync(package_, { recursive: true });
    await Bun.write(join(package_, "package.json"), JSON.stringify(mainManifest(ownManifest)));
    await makeAuthority(package_);
    copyFileSync(join(import.meta.dir, "support/authority-node.mjs"), join(folder, "authority.mjs"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("there is nothing of Bun or Node.js in what it loads", () => {
    const code = readFileSync(join(folder, "node_modules/steam-sockets", authorityExports.default), "utf8");
    expect(code).not.toMatch(/(?<![#.])\b(?:import|require|Buffer|process|Bun|globalThis)\b|node:/);
  });

  test("it issues what the library takes", async () => {
    const requests = identities.map((identity) => {
      using net = openNetworking({ identity });
      return `${identity} ${Buffer.from(requestOf(net)).toString("base64")}\n`;
    });
    using net = openNetworking({ identity: "str:alice" });
    const ours = `str:alice ${Buffer.from(requestOf(net)).toString("base64")}\n`;
    const child = Bun.spawn([node ?? "node", "authority.mjs"], {
      cwd: folder,
      stdin: Buffer.from([...requests, ours].join("")),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    if (code !== 0) throw new Error(errors);
    const { runtime, root, intermediate, issued, refused } = JSON.parse(output) as {
      runtime: string;
      root: string;
      intermediate: string;
      issued: { certificate: string; valid: boolean }[];
      refused: string;
    };
    expect(runtime).toStartWith("Node.js v");
    expect(refused).toBe("IdentityError");
    expect(issued.map(({ valid }) => valid)).toEqual([...identities, ours].map(() => true));
    try {
      expect(library.trusts(await Certificate.read(root))).toBeTrue();
      expect(library.trusts(await Certificate.read(intermediate))).toBeTrue();
      for (const { certificate } of issued) expect(library.complaint(await Certificate.read(certificate))).toBe("");
      const last = await Certificate.read(issued.at(-1)?.certificate ?? "");
      expect(net.sockets.setCertificate(last.toBytes())).toEqual({ success: true, errorMessage: "" });
      expect(net.sockets.getAuthenticationStatus().available).toBe(Availability.Current);
    } finally {
      library.forget();
    }
  });
});
