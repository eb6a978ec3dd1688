/**
 * `steam-sockets authority`, each command as a process of its own.
 *
 * - `init` makes a root, or an authority below another, from two processes at once but one; a private key is its owner's
 *   only, whatever the umask; nothing that is there is overwritten, and what could not be made leaves no key behind.
 * - `issue` issues for a request, as it is, in base64, from standard input; what it prints is a certificate that counts.
 *   Not without identity, not for longer than the authority, not with a key that others can read.
 * - `show` prints certificates, requests, folders and keys, and of a private key the public half only.
 * - `revoke` is remembered: nothing more is issued for the key. An authority's own is refused.
 * - Each prints one line of JSON with --json. What goes wrong is one line on standard error and exit code 1, a wrong
 *   command line exit code 2.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Certificate, CertificateAuthority, SigningKey, verifyCertificate } from "../lib/authority/index.ts";
import { openNetworking } from "../lib/index.ts";

setDefaultTimeout(60_000);

const main = join(import.meta.dir, "../lib/command/main.ts");

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

async function run(args: readonly string[], input: Uint8Array | string = "", umask = "022"): Promise<Outcome> {
  // The umask is inherited; a shell sets one without changing ours.
  const child = Bun.spawn(
    ["sh", "-c", `umask ${umask}; exec "$@"`, "sh", process.execPath, main, "authority", ...args],
    {
      stdin: Buffer.from(input),
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, output, errors };
}

/** What a command prints that succeeds. */
async function printed(args: readonly string[], input?: Uint8Array | string): Promise<string> {
  const { code, output, errors } = await run(args, input);
  expect(errors).toBe("");
  expect(code).toBe(0);
  return output;
}

async function jsonOf(args: readonly string[], input?: Uint8Array | string) {
  const output = await printed([...args, "--json"], input);
  expect(output).toMatch(/^[^\n]+\n$/);
  return JSON.parse(output);
}

async function refused(words: RegExp, args: readonly string[], code = 1): Promise<void> {
  const outcome = await run(args);
  expect(outcome).toEqual({ code, output: "", errors: expect.stringMatching(/^steam-sockets: [^\n]+\n$/) });
  expect(outcome.errors).toMatch(words);
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

let folder = "";
let root = "";
let live = "";
let request = "";
let requestBytes: Uint8Array;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "steam-sockets-authority-"));
  [root, live, request] = [join(folder, "root"), join(folder, "deep/live"), join(folder, "request")];
  await printed(["init", root]);
  await printed(["init", live, "--under", root]);
  using net = openNetworking({ identity: "str:mallory" });
  requestBytes = net.sockets.getCertificateRequest().certificate;
  writeFileSync(request, requestBytes);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("init", () => {
  test("makes a root whose key is its owner's", async () => {
    for (const umask of ["000", "022", "077"]) {
      const made = join(folder, `umask${umask}`);
      const { code, output } = await run(["init", made], "", umask);
      expect(code).toBe(0);
      expect(output).toContain("an authority (root)");
      expect(readdirSync(made).sort()).toEqual(["authority.key", "root.cert"]);
      expect(modeOf(join(made, "authority.key"))).toBe("600");
      expect(modeOf(made)).toBe("700");
      const key = await SigningKey.read(readFileSync(join(made, "authority.key"), "utf8"));
      const certificate = await Certificate.read(readFileSync(join(made, "root.cert"), "utf8"));
      expect(certificate.isRoot).toBeTrue();
      expect(certificate.keyId).toBe(key.keyId);
      expect(output).not.toContain((await key.toPKCS8()).split("\n")[1] ?? "");
    }
  });

  test("makes one below another, and one below that", async () => {
    const below = join(folder, "below");
    const { identity, authorityKeyId, files } = await jsonOf(["init", below, "--under", live, "--days", "3"]);
    const [rootText, middleText] = ["root.cert", "intermediates.cert"].map((name) =>
      readFileSync(join(below, name), "utf8"),
    );
    const [top] = await Certificate.readAll(rootText ?? "");
    const [first, second] = await Certificate.readAll(middleText ?? "");
    expect(identity).toBeNull();
    expect(authorityKeyId).toBe(String(first?.keyId));
    expect(files).toEqual({
      key: join(below, "authority.key"),
      root: join(below, "root.cert"),
      intermediates: join(below, "intermediates.cert"),
    });
    // As the library wants them: each after the one that has signed it.
    expect([first?.authorityKeyId, second?.authorityKeyId]).toEqual([top?.keyId, first?.keyId]);
    expect((second?.expires.getTime() ?? 0) - (second?.created.getTime() ?? 0)).toBe(3 * 24 * 3_600_000);
    expect(rootText).toBe(readFileSync(join(root, "root.cert"), "utf8"));
    expect(await printed(["issue", below, "--identity", "str:a", "--request", request])).toStartWith("-----BEGIN");
  });

  test("overwrites nothing", async () => {
    for (const name of ["authority.key", "root.cert", "intermediates.cert", "revoked"]) {
      const taken = join(folder, `taken-${name}`);
      mkdirSync(taken);
      writeFileSync(join(taken, name), "somebody's");
      await refused(/There is an authority in .* already/, ["init", taken]);
      expect(readdirSync(taken)).toEqual([name]);
      expect(readFileSync(join(taken, name), "utf8")).toBe("somebody's");
    }
    const before = readFileSync(join(root, "authority.key"), "utf8");
    await refused(/already/, ["init", root]);
    expect(readFileSync(join(root, "authority.key"), "utf8")).toBe(before);
    await refused(/can't be made|EEXIST|ENOTDIR/, ["init", request]);
  });

  test("makes one, if several are asked for at the same moment", async () => {
    const wanted = join(folder, "wanted");
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => run(["init", wanted])));
    expect(outcomes.filter(({ code }) => code === 0)).toHaveLength(1);
    expect(await printed(["issue", wanted, "--identity", "str:a", "--request", request])).toStartWith("-----BEGIN");
  });

  test("makes none that lasts longer than what is above it", async () => {
    const longer = join(folder, "longer");
    await refused(/longer than the authority's/, ["init", longer, "--under", root, "--days", "731"]);
    await refused(/is not there/, ["init", longer, "--under", join(folder, "nothing")]);
    expect(() => statSync(longer)).toThrow();
  });
});

describe("issue", () => {
  test("prints a certificate that counts, for whom it is told", async () => {
    const [roots, intermediates] = await Promise.all(
      ["root.cert", "intermediates.cert"].map((name) => Certificate.readAll(readFileSync(join(live, name), "utf8"))),
    );
    const base64 = `${Buffer.from(requestBytes).toString("base64")}\n`;
    const file = join(folder, "request.base64");
    writeFileSync(file, base64);
    const texts = [
      await printed(["issue", live, "--identity", "str:alice", "--request", request]),
      await printed(["issue", live, "--identity", "str:alice", "--request", file]),
      await printed(["issue", live, "--identity", "str:alice", "--request", "-"], base64),
      await printed(["issue", live, "--identity", "str:alice", "--request", "-"], requestBytes),
    ];
    for (const text of texts) {
      const certificate = await Certificate.read(text);
      expect(certificate.expires.getTime() - certificate.created.getTime()).toBe(24 * 3_600_000);
      const verification = await verifyCertificate(certificate, {
        roots: roots ?? [],
        intermediates: intermediates ?? [],
      });
      expect(verification).toMatchObject({ valid: true, identity: "str:alice" });
    }
  });

  test("says in JSON what it has issued", async () => {
    const args = ["issue", root, "--identity", "steamid:76561197960287930", "--request", request];
    const { certificate, ...said } = await jsonOf([...args, "--hours", "0.5", "--app", "480"]);
    const read = await Certificate.read(certificate);
    expect(said).toEqual(read.toJSON());
    expect(said).toMatchObject({ identity: "steamid:76561197960287930", appIds: [480] });
    expect(read.expires.getTime() - read.created.getTime()).toBe(1_800_000);
  });

  test("issues for as long as the authority counts, where nothing else is said", async () => {
    const short = join(folder, "short");
    await printed(["init", short, "--days", "1"]);
    await Bun.sleep(1100);
    const certificate = await Certificate.read(
      await printed(["issue", short, "--identity", "str:a", "--request", request]),
    );
    const [own] = await Certificate.readAll(readFileSync(join(short, "root.cert"), "utf8"));
    expect(certificate.expires).toEqual(own?.expires ?? new Date(NaN));
  });

  test("issues none without identity, for what is no request, or for too long", async () => {
    await refused(/--identity WHO/, ["issue", root, "--request", request], 2);
    await refused(/--identity WHO/, ["issue", root, "--request", request, "--identity", ""], 2);
    await refused(/--request FILE/, ["issue", root, "--identity", "str:a"], 2);
    await refused(/can't be in a certificate/, ["issue", root, "--request", request, "--identity", "ip:1.2.3.4"]);
    await refused(/is not there/, ["issue", root, "--request", join(folder, "none"), "--identity", "str:a"]);
    await refused(/no certificate request/, ["issue", root, "--request", "-", "--identity", "str:a"]);
    await refused(/longer than/, ["issue", root, "--request", request, "--identity", "str:a", "--hours", "20000"]);
    await refused(/--hours takes/, ["issue", root, "--request", request, "--identity", "str:a", "--hours", "0"], 2);
    await refused(/is not there/, ["issue", folder, "--request", request, "--identity", "str:a"]);
  });

  test("uses no key that others can read, and none that is another's", async () => {
    const careless = join(folder, "careless");
    await printed(["init", careless]);
    const key = join(careless, "authority.key");
    for (const mode of [0o640, 0o604, 0o666]) {
      chmodSync(key, mode);
      await refused(/can be read by others/, ["issue", careless, "--request", request, "--identity", "str:a"]);
    }
    writeFileSync(key, readFileSync(join(root, "authority.key")));
    chmodSync(key, 0o600);
    await refused(/for another key/, ["issue", careless, "--request", request, "--identity", "str:a"]);
    writeFileSync(key, "nonsense");
    await refused(/authority\.key: .*private key/, ["issue", careless, "--request", request, "--identity", "str:a"]);
  });
});

describe("show", () => {
  test("prints what is in files, and of a key its public half", async () => {
    const certificate = join(folder, "carol");
    writeFileSync(certificate, await printed(["issue", live, "--identity", "str:carol", "--request", request]));
    const key = await SigningKey.read(readFileSync(join(live, "authority.key"), "utf8"));
    const output = await printed(["show", certificate, request, join(live, "authority.key"), root]);
    for (const words of [/^for +"str:carol"$/m, /^request for +"str:mallory", as it claims$/m, /authority \(root\)/]) {
      expect(output).toMatch(words);
    }
    expect(output).toContain(`private key   ${key}\n`);
    for (const secret of [await key.toPKCS8(), await key.toOpenSSH()]) {
      expect(output).not.toContain((secret.split("\n")[1] ?? "").slice(20, 50));
    }
    const all = await jsonOf(["show", certificate, request, join(live, "authority.key"), live]);
    expect(all).toEqual([
      { certificate: expect.objectContaining({ identity: "str:carol", appIds: [0] }) },
      { request: { claimedIdentity: "str:mallory", keyId: expect.stringMatching(/^\d+$/) } },
      { privateKey: key.toJSON() },
      { certificate: expect.objectContaining({ identity: null }) },
      { certificate: expect.objectContaining({ keyId: String(key.keyId) }) },
    ]);
    expect(await jsonOf(["show", "-"], requestBytes)).toHaveLength(1);
  });

  test("tells what it can't read", async () => {
    const nonsense = join(folder, "nonsense");
    writeFileSync(nonsense, "nonsense");
    await refused(/nonsense: /, ["show", nonsense]);
    await refused(/is not there/, ["show", join(folder, "none")]);
    await refused(/is a folder/, ["show", folder]);
    await refused(/FILE\.\.\./, ["show"], 2);
    const authority = await CertificateAuthority.create();
    const leaking = join(folder, "leaking");
    writeFileSync(leaking, Buffer.concat([authority.certificate.toBytes(), Buffer.of(0x0a, 1, 7)]));
    await refused(/a private key in this certificate/, ["show", leaking]);
  });
});

describe("revoke", () => {
  test("is remembered", async () => {
    const here = join(folder, "revoking");
    await printed(["init", here]);
    const args = ["issue", here, "--identity", "str:dave", "--request", request];
    const certificate = join(folder, "dave");
    writeFileSync(certificate, await printed(args));
    const { keyId } = await Certificate.read(readFileSync(certificate, "utf8"));
    expect(await printed(["revoke", here, "ID17"])).toBe("ID17\n");
    expect(await jsonOf(["revoke", here, certificate])).toEqual({ revoked: ["17", String(keyId)] });
    expect(await jsonOf(["revoke", here, String(keyId), "17"])).toEqual({ revoked: ["17", String(keyId)] });
    expect(readFileSync(join(here, "revoked"), "utf8")).toBe(`17\n${keyId}\n`);
    await refused(new RegExp(`Key ID${keyId} is revoked`), args);
    expect((await jsonOf(["show", here])).at(-1)).toEqual({ revoked: ["17", String(keyId)] });
    // Lines that somebody has written by hand.
    writeFileSync(join(here, "revoked"), `# stolen in May\n\n ID${keyId} # Dave's\n`);
    await refused(/is revoked/, args);
    writeFileSync(join(here, "revoked"), "Dave\n");
    await refused(/revoked: "Dave" is no key's number/, args);
  });

  test("refuses an authority's own key, and what is none", async () => {
    const certificates = ["root.cert", "intermediates.cert"].map((name) => join(live, name));
    for (const own of certificates) await refused(/is an authority's/, ["revoke", live, own]);
    await refused(/FOLDER KEY/, ["revoke", live], 2);
    await refused(/is not there/, ["revoke", live, "Dave"]);
    await refused(/the number of a key must be/, ["revoke", live, "99999999999999999999"]);
    expect(readdirSync(live)).not.toContain("revoked");
  });
});

test("the command line is explained", async () => {
  for (const name of ["init", "issue", "show", "revoke"]) {
    const help = await printed([name, "--help"]);
    expect(help).toMatch(new RegExp(`^Usage: steam-sockets authority ${name} \\S+.* \\[options\\]\\n`));
    expect(help).toContain("--json");
  }
  await refused(/authority init, authority issue, authority show, authority revoke/, [], 2);
  await refused(/authority init/, ["destroy"], 2);
  await refused(/too much/, ["init", "one", "two"], 2);
});
