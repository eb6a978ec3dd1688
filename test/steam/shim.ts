/**
 * Libraries that stand in for steam_api where no Steam client runs. Each is linked against Valve's own library, so that
 * every flat function is Valve's, and exports anew what needs a client: start, end, pipes, manual dispatch, accessors.
 * The machine's C++ compiler makes them, from Valve's real headers.
 */
import { CString, dlopen, FFIType } from "bun:ffi";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cText } from "../../ffi/memory.ts";
import { locateShippedLibrary } from "../../sdk/locate.ts";
import { steamLibrary, steamSDK } from "../headers/headers.ts";
import { compiler, run } from "../headers/run.ts";

/** Names a folder where what was compiled is kept for the other tests of a run; without it all is compiled each time. */
export const OBJECTS_VARIABLE = "STEAM_SOCKETS_SHIM_OBJECTS";

/** Why there are no such libraries here; undefined where there are. */
export const missing: string | undefined =
  process.platform !== "linux" || process.arch !== "x64"
    ? `they are made for linux x64, and this is ${process.platform} ${process.arch}`
    : undefined;

/** Valve's libraries, by where they come from. */
export const valveLibraries = {
  /** The newer one, of the crate steamworks-sys. */
  crate: steamLibrary,
  /** The older one, of the npm package steamworks.js. */
  npm: async () =>
    join(dirname(Bun.resolveSync("steamworks.js/package.json", import.meta.dir)), "dist/linux64/libsteam_api.so"),
} as const;
/** One of {@link valveLibraries}. */
export type ValveLibrary = keyof typeof valveLibraries;

/** The objects that a library's accessors give: GameNetworkingSockets', or such as note what they are asked. */
export type Flavour = "gns" | "recorder";

const shared = ["start", "notes", "message", "game_server"];
const made: string[] = [];
process.on("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Makes a library around one of Valve's. @returns its path, a new one each time. */
export async function makeShim(flavour: Flavour, valve: ValveLibrary): Promise<string> {
  const folder = newFolder();
  const original = await valveLibraries[valve]();
  // Both of Valve's have the same name inside, and a process has but one library of a name.
  const name = `libsteam_${valve.padEnd(5, "_").slice(0, 3)}.so`;
  const copy = join(folder, name);
  writeFileSync(copy, renamed(readFileSync(original), "libsteam_api.so", name));
  if (flavour === "gns") copyFileSync(locateShippedLibrary().path, join(folder, "gns.so"));
  const library = join(folder, `${flavour}-${valve}.so`);
  await build(folder, [...shared, "valve", flavour], {}, library, [copy, `-Wl,-rpath,${folder}`]);
  return library;
}

/** The versions of the accessors in an SDK that is made up. */
export interface MadeUpSDK {
  readonly sockets: string;
  readonly utils: string;
  readonly messages: string;
  readonly gameServer: string;
}

/** Makes a library of an SDK that there is none of here: few flat functions, and accessors of other versions. */
export async function makeSDK({ sockets, utils, messages, gameServer }: MadeUpSDK): Promise<string> {
  const folder = newFolder();
  const library = join(folder, `libsteam_api.so`);
  const versions = {
    SOCKETS_VERSION: sockets,
    UTILS_VERSION: utils,
    MESSAGES_VERSION: messages,
    GAME_SERVER_VERSION: gameServer,
  };
  await build(folder, [...shared, "recorder", "flat"], versions, library, []);
  return library;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "steam-sockets-steam-"));
  made.push(folder);
  return folder;
}

/** `versions` are macros of start.cpp. */
async function build(
  folder: string,
  sources: readonly string[],
  versions: Readonly<Record<string, string>>,
  library: string,
  libraries: readonly string[],
): Promise<void> {
  const common = [compiler(), "-std=c++17", "-w", "-O1", "-fPIC", "-fvisibility=hidden"];
  const defined = Object.entries(versions).map(([name, value]) => `-D${name}=${value}`);
  const headers = join(await steamSDK(), "public");
  const objects = await Promise.all(
    sources.map(async (source) => {
      const macros = source === "start" ? defined : [];
      const file = `${[source, ...macros].join("")}.o`;
      const kept = process.env[OBJECTS_VARIABLE];
      if (kept !== undefined && existsSync(join(kept, file))) return join(kept, file);
      const object = join(folder, file);
      const code = join(import.meta.dir, "native", `${source}.cpp`);
      await run([...common, ...macros, `-I${headers}`, "-c", code, "-o", object]);
      if (kept !== undefined) keep(object, join(kept, file));
      return object;
    }),
  );
  await run([...common, "-shared", "-o", library, ...objects, "-Wl,--no-as-needed", ...libraries, "-ldl"]);
}

// At once, for another test may look for it.
function keep(object: string, kept: string): void {
  mkdirSync(dirname(kept), { recursive: true });
  copyFileSync(object, `${kept}.${process.pid}`);
  renameSync(`${kept}.${process.pid}`, kept);
}

function renamed(bytes: Buffer, from: string, to: string): Buffer {
  const at = bytes.indexOf(`\0${from}\0`);
  if (at < 0 || from.length !== to.length) throw new Error(`${from} can't be called ${to}`);
  bytes.write(to, at + 1, "latin1");
  return bytes;
}

/** A call that was noted. 64-bit integers are texts, structs and payloads hexadecimal. */
export interface Note {
  /** Which object: "user", "server", "utils", "userMessages", "gameServer", "fakePort0", or "steam_api". */
  readonly self: string;
  /** The C name without its interface. */
  readonly call: string;
  readonly arguments: readonly unknown[];
}

const controls = {
  steam_shim_take_notes: { args: [], returns: FFIType.ptr },
  steam_shim_answer: { args: [FFIType.ptr, FFIType.i64], returns: FFIType.void },
  steam_shim_fill: { args: [FFIType.ptr, FFIType.i32, FFIType.ptr, FFIType.u32], returns: FFIType.void },
  steam_shim_clear: { args: [], returns: FFIType.void },
  steam_shim_fail_start: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.void },
  steam_shim_post: { args: [FFIType.bool, FFIType.i32, FFIType.ptr, FFIType.u32], returns: FFIType.void },
  steam_shim_runs: { args: [], returns: FFIType.i32 },
  steam_shim_messages_alive: { args: [], returns: FFIType.i32 },
} as const;

const recording = {
  steam_shim_arrive: { args: [FFIType.ptr, FFIType.ptr, FFIType.u32], returns: FFIType.void },
  steam_shim_say: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.bool },
} as const;

/** Says what a made library shall answer, and tells what it was asked. */
export class ShimControl {
  readonly #symbols;
  readonly #path: string;

  constructor(path: string) {
    if (!existsSync(path)) throw new Error(`${path} was not made`);
    this.#path = path;
    this.#symbols = dlopen(path, controls).symbols;
  }

  /** The calls since the last time; of one object, or one function, when it is named. */
  notes(named?: string): Note[] {
    const text = this.#symbols.steam_shim_take_notes();
    const lines = text === null ? [] : new CString(text).toString().split("\n").filter(Boolean);
    const notes = lines.map((line): Note => JSON.parse(line));
    return named === undefined ? notes : notes.filter(({ self, call }) => self === named || call === named);
  }

  /** What a function answers from now on, and what it writes into its arguments, counted from 0 without `self`. */
  answer(call: string, result: number | bigint, filled: Readonly<Record<number, Uint8Array | string>> = {}): void {
    const name = cText(call);
    this.#symbols.steam_shim_answer(name, result);
    for (const [argument, value] of Object.entries(filled)) {
      const bytes = typeof value === "string" ? cText(value) : value;
      this.#symbols.steam_shim_fill(name, Number(argument), bytes, bytes.length);
    }
  }

  /** Forgets notes and answers. */
  clear(): void {
    this.#symbols.steam_shim_clear();
  }

  /** Has starts fail with an ESteamAPIInitResult and Steam's words, until it is called with 0. */
  failStart(result: number, words = ""): void {
    this.#symbols.steam_shim_fail_start(result, cText(words));
  }

  /** Puts a callback into the pipe of the user or of the game server. */
  post(to: "user" | "server", callback: number, payload: Uint8Array): void {
    this.#symbols.steam_shim_post(
      to === "server",
      callback,
      payload.length > 0 ? payload : new Uint8Array(1),
      payload.length,
    );
  }

  /** Who runs right now. */
  get runs(): "nobody" | "user" | "server" | "both" {
    return (["nobody", "user", "server", "both"] as const)[this.#symbols.steam_shim_runs()] ?? "nobody";
  }

  /** Messages that were made by the recording objects and not released. */
  get messagesAlive(): number {
    return this.#symbols.steam_shim_messages_alive();
  }

  /** Has the next receiving call get a message. `like` is a SteamNetworkingMessage_t. */
  arrive(like: Uint8Array, payload: Uint8Array): void {
    dlopen(this.#path, recording).symbols.steam_shim_arrive(like, payload, payload.length);
  }

  /** Says something in the log; false when nobody listens. */
  say(level: number, text: string): boolean {
    return dlopen(this.#path, recording).symbols.steam_shim_say(level, cText(text));
  }
}
