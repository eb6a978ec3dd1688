/**
 * The packages as users get them: `bun run test:pack`. Not one of the usual tests, for it builds what is published.
 *
 * - In an empty folder, `bun add steam-sockets` installs it, with the one platform package that fits and no other.
 * - The README's programs, saved as files, run as they stand.
 * - `steam-sockets doctor` opens the package's library.
 * - `steam-sockets/signaling` starts a relay where there is no library.
 * - `steam-sockets/authority` issues a certificate, in Bun and in this machine's Node.js.
 * - `bun build --compile` puts the library into the program, which then runs alone in a folder.
 * - All in a root folder without a compiler and without a library but the C library (root.ts), if one can be made.
 *
 * Sizes and start times are printed.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeMainPackage, makePlatformPackage, packagesFolder } from "../../packaging/main.ts";
import { tarballName } from "../../packaging/pack.ts";
import { packageName, targets } from "../../packaging/targets.ts";
import { PLATFORM_PACKAGE } from "../../sdk/packaged.ts";
import { foreignRoot } from "./foreign.ts";
import { Registry } from "./registry.ts";
import { Root, type RootProcess } from "./root.ts";

const wanted = process.env["STEAM_SOCKETS_TEST_TARGET"];
const name = wanted === undefined ? PLATFORM_PACKAGE : `@steam-sockets/${wanted}`;
const target = targets.find((candidate) => packageName(candidate) === name);
if (target === undefined) throw new Error(`There is no package ${name}`);

const app = "/home/app";
const compiled = "/home/elsewhere";
const suffix = process.platform === "win32" ? ".exe" : "";
const startsMeasured = wanted === undefined ? 9 : 3;

let root: Root;
let registry: Registry;

beforeAll(async () => {
  const isPacked = process.env["STEAM_SOCKETS_TEST_PACKED"] === "1";
  const main = isPacked ? tarballOf("steam-sockets") : await makeMainPackage();
  const platformPackage = isPacked ? tarballOf(name) : (await makePlatformPackage(target)).tarball;
  root = wanted === undefined ? Root.ofThisMachine() : await foreignRoot(target);
  registry = new Registry([main, platformPackage]);
  mkdirSync(join(root.folder, app), { recursive: true });
  mkdirSync(join(root.folder, compiled), { recursive: true });
  print("tried in", root.kind);
  print("steam-sockets, packed", megabytes(main));
  print(`${name}, packed`, megabytes(platformPackage));
}, 1_800_000);

afterAll(() => {
  registry[Symbol.dispose]();
  root[Symbol.dispose]();
});

test("installs with the package for this platform and no other", async () => {
  const start = performance.now();
  await ends(root.bun(app, "add", "steam-sockets", `--registry=${registry.url}`));
  print("installed in", milliseconds(performance.now() - start));
  expect(readdirSync(join(root.folder, app, "node_modules"))).toEqual([".bin", "@steam-sockets", "steam-sockets"]);
  expect(readdirSync(join(root.folder, app, "node_modules/@steam-sockets"))).toEqual([target.name]);
  expect(registry.served).toHaveLength(2);
  print("installed", megabytes(join(root.folder, app, "node_modules")));
});

test("carries its terms", () => {
  const folder = join(root.folder, app, "node_modules", name);
  expect(readFileSync(join(folder, "LICENSE"), "utf8")).toContain("MIT License");
  const notices = readFileSync(join(folder, "THIRD-PARTY-NOTICES"), "utf8");
  for (const words of ["Valve Corporation", "Google Inc.", "LLVM Exceptions", "Zig contributors"]) {
    expect(notices).toContain(words);
  }
});

test("runs the README's programs", async () => {
  const readme = readFileSync(join(root.folder, app, "node_modules/steam-sockets/README.md"), "utf8");
  const programs = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? "");
  writeFileSync(join(root.folder, app, "server.ts"), programs[0] ?? "");
  writeFileSync(join(root.folder, app, "client.ts"), programs[1] ?? "");
  await play(
    () => root.bun(app, "server.ts"),
    () => root.bun(app, "client.ts"),
  );
  print("start of the README's server", await start(() => root.bun(app, "server.ts", "127.0.0.1:0")));
});

test("opens the package's library", async () => {
  const doctor = "node_modules/steam-sockets/lib/command/main.ts";
  const { opened, open_to_listening_ms } = JSON.parse(await ends(root.bun(app, doctor, "doctor", "--json"), 0, 1)) as {
    opened: string;
    open_to_listening_ms: number;
  };
  expect(opened).toStartWith(root.inside(`${app}/node_modules/${name}/libsteam_sockets.`));
  print("from opening the library to listening", milliseconds(open_to_listening_ms));
});

const authority = `
import { Certificate, CertificateAuthority, SigningKey } from "steam-sockets/authority";
const root = await CertificateAuthority.create({ key: await SigningKey.generate() });
const request = Buffer.concat([Buffer.of(10, 36, 8, 1, 18, 32), (await SigningKey.generate()).publicKey]);
const certificate = await root.issue(request, { identity: "str:alice" });
console.log((await Certificate.read(certificate.toPEM())).identity);
`;

test("issues certificates", async () => {
  writeFileSync(join(root.folder, app, "authority.mjs"), authority);
  expect(await ends(root.bun(app, "authority.mjs"))).toBe("str:alice\n");
  const node = Bun.which("node");
  print("certificates in Node.js", node === null ? "not tried: it is not here" : "tried");
  if (node === null) return;
  const child = Bun.spawn([node, "authority.mjs"], {
    cwd: join(root.folder, app),
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(await ends(child)).toBe("str:alice\n");
});

test("runs a relay for signals without the platform package", async () => {
  const relay = `import { startRelay } from "steam-sockets/signaling";
const relay = startRelay({ hostname: "127.0.0.1", trustClaims: true });
console.log(\`listening at \${relay.url}\`);
await relay.stop();
`;
  writeFileSync(join(root.folder, app, "relay.ts"), relay);
  const modules = join(root.folder, app, "node_modules");
  renameSync(join(modules, "@steam-sockets"), join(root.folder, app, "away"));
  try {
    expect(await ends(root.bun(app, "relay.ts"))).toStartWith("listening at ws://127.0.0.1:");
  } finally {
    renameSync(join(root.folder, app, "away"), join(modules, "@steam-sockets"));
  }
});

test("compiles into programs that run alone", async () => {
  for (const program of ["server", "client"]) {
    const output = root.inside(`${compiled}/${program}${suffix}`);
    await ends(root.bun(app, "build", "--compile", `${program}.ts`, `--outfile=${output}`));
  }
  // Whatever is found now was carried.
  renameSync(join(root.folder, app, "node_modules"), join(root.folder, app, "away"));
  await play(
    () => root.run(`${compiled}/server${suffix}`),
    () => root.run(`${compiled}/client${suffix}`),
  );
  print("compiled server", megabytes(join(root.folder, compiled, `server${suffix}`)));
  print("start of the compiled server", await start(() => root.run(`${compiled}/server${suffix}`, "127.0.0.1:0")));
  rmSync(join(root.folder, app, "away"), { recursive: true });
});

function tarballOf(package_: string): string {
  return join(packagesFolder, tarballName(package_));
}

/** The server and the client of the README meet. */
async function play(startServer: () => RootProcess, startClient: () => RootProcess): Promise<void> {
  const server = startServer();
  try {
    const lines = linesOf(server);
    expect((await lines.next()).value).toStartWith("listening at ");
    const output = await ends(startClient());
    expect(output).toMatch(/^\[\{"id":1,/m);
    expect((await lines.next()).value).toStartWith("player 1 came from ");
  } finally {
    server.kill();
    await server.exited;
  }
}

/** How long a program takes from being started until it listens: the median of some starts. */
async function start(startServer: () => RootProcess): Promise<string> {
  const times: number[] = [];
  for (let left = startsMeasured; left > 0; left--) {
    const begin = performance.now();
    const server = startServer();
    await linesOf(server).next();
    times.push(performance.now() - begin);
    server.kill();
    await server.exited;
  }
  return milliseconds(times.sort((a, b) => a - b)[startsMeasured >> 1] ?? 0);
}

async function ends(child: RootProcess, ...codes: number[]): Promise<string> {
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (!(codes.length === 0 ? [0] : codes).includes(code)) throw new Error(`It ended with ${code}:\n${output}${errors}`);
  return output;
}

async function* linesOf(child: RootProcess): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of child.stdout) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  throw new Error(`It said no more, but: ${rest}${await child.stderr.text()}`);
}

function megabytes(path: string): string {
  const stat = statSync(path);
  const files = stat.isDirectory()
    ? readdirSync(path, { recursive: true }).map((file) => join(path, String(file)))
    : [];
  const bytes = files.reduce((sum, file) => sum + fileBytes(file), fileBytes(path));
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

function fileBytes(path: string): number {
  const stat = statSync(path);
  return stat.isFile() ? stat.size : 0;
}

function milliseconds(time: number): string {
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`;
}

function print(what: string, value: string): void {
  process.stdout.write(`${what.padEnd(44)}${value}\n`);
}
