/** Config options by name: checked against the library itself, and turned into what its functions take. */
import {
  ConfigDataType,
  ConfigScope,
  ConfigValue,
  GetConfigValueResult,
  type configDataTypes,
} from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import { SharedMemory, addressOf, cText } from "../../ffi/memory.ts";
import { SteamNetConnectionInfo_t, SteamNetworkingConfigValue_t } from "../../ffi/structs.ts";
import type { Backend } from "../../sdk/backend.ts";
import { ConfigOptionError, HandleError } from "../errors.ts";
import { describe, handle, integer, text, userData } from "../validate.ts";
import type { ConnectionHandle, ListenSocketHandle } from "../values/handles.ts";

/** The name of an option that users can set: not those that hold a C function. C: `k_ESteamNetworkingConfig_` and it. */
export type ConfigOptionName = {
  [Name in keyof typeof configDataTypes]: (typeof configDataTypes)[Name] extends typeof ConfigDataType.Ptr
    ? never
    : Name;
}[keyof typeof configDataTypes];

/** The type of an option's value. */
export type ConfigOptionValue<Name extends ConfigOptionName> =
  (typeof configDataTypes)[Name] extends typeof ConfigDataType.String
    ? string
    : (typeof configDataTypes)[Name] extends typeof ConfigDataType.Int64
      ? number | bigint
      : number;

/** The type of an option's value when it is read: 64 bits come as a bigint. */
export type ConfigValueOf<Name extends ConfigOptionName> = Name extends ConfigOptionName
  ? (typeof configDataTypes)[Name] extends typeof ConfigDataType.String
    ? string
    : (typeof configDataTypes)[Name] extends typeof ConfigDataType.Int64
      ? bigint
      : number
  : never;

/**
 * Config options by name, as the SDK names them without `k_ESteamNetworkingConfig_`. Which of them a library has, with
 * type, scope and value, tells {@link NetworkingUtils.configOptions}.
 */
export type ConfigOptions = { readonly [Name in ConfigOptionName]?: ConfigOptionValue<Name> };

/**
 * What an option is set for: everything; all connections of this network's `sockets`, which differ from everything only
 * where user and game server are open both; one listen socket and what it takes; or one connection.
 */
export type ConfigTarget =
  | "global"
  | "sockets interface"
  | { readonly listenSocket: ListenSocketHandle }
  | { readonly connection: ConnectionHandle };

/** What the library tells of an option. */
export interface ConfigOption {
  /** Its name, as in {@link ConfigOptions} unless it is newer. */
  readonly name: string;
  /** Its number: one of {@link ConfigValue} unless it is newer. C: `ESteamNetworkingConfigValue`. */
  readonly option: number;
  /** The type of its value. */
  readonly type: "int32" | "int64" | "float" | "string" | "pointer";
  /** The narrowest thing that it can be set for. */
  readonly scope: "global" | "sockets interface" | "listen socket" | "connection";
  /** Its global value; undefined for pointers, and where the library does not tell. */
  readonly value: number | bigint | string | undefined;
}

/** An option as the library knows it. */
export interface KnownOption {
  readonly name: string;
  readonly option: number;
  readonly type: ConfigDataType;
  readonly scope: ConfigScope;
}

const typeNames: Record<ConfigDataType, ConfigOption["type"]> = {
  [ConfigDataType.Int32]: "int32",
  [ConfigDataType.Int64]: "int64",
  [ConfigDataType.Float]: "float",
  [ConfigDataType.String]: "string",
  [ConfigDataType.Ptr]: "pointer",
};

const scopeNames: Record<ConfigScope, ConfigOption["scope"]> = {
  [ConfigScope.Global]: "global",
  [ConfigScope.SocketsInterface]: "sockets interface",
  [ConfigScope.ListenSocket]: "listen socket",
  [ConfigScope.Connection]: "connection",
};

const firstTextBytes = 4096;

interface FoundValue {
  readonly value: number | bigint | string | undefined;
  readonly isOwn: boolean;
}

/** Looks options up in the library and remembers what it said. */
export class ConfigTable {
  readonly #backend: Backend;
  readonly #known = new Map<string, KnownOption>();
  readonly #out = new SharedMemory(8);
  #value = new SharedMemory(firstTextBytes);
  readonly #size = new SharedMemory(8);
  readonly #info = new SharedMemory(layoutOf(SteamNetConnectionInfo_t).size);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * The option of this name.
   * @throws ConfigOptionError when the library has none, or when it holds a pointer.
   */
  settable(name: string): KnownOption {
    const known = this.#lookUp(name);
    if (known.type === ConfigDataType.Ptr) {
      throw new ConfigOptionError(name, "it holds a C function; listen to the events of the network instead");
    }
    return known;
  }

  /** All options that the library has: those that it lists, in its own order, then those that it only answers for. */
  all(): ConfigOption[] {
    return [...new Set([...this.#listed(), ...Object.values(ConfigValue)])]
      .map((option) => this.#ask(option))
      .filter((known) => known !== undefined)
      .map((known) => this.#tell(known));
  }

  /** What the library tells of the option of this name, undefined when it has none. */
  info(name: string): ConfigOption | undefined {
    const known = this.#find(name);
    return known && this.#tell(known);
  }

  #tell(known: KnownOption): ConfigOption {
    return {
      name: known.name,
      option: known.option,
      type: typeNames[known.type],
      scope: scopeNames[known.scope],
      value: known.type === ConfigDataType.Ptr ? undefined : this.read(known, "global"),
    };
  }

  /** The numbers of the options that the library lists. */
  #listed(): Set<number> {
    const { IterateGenericEditableConfigValues } = this.#backend.library.functions.utils;
    const next = (option: number) => IterateGenericEditableConfigValues(this.#backend.utils, option, true);
    const numbers = new Set<number>();
    for (let option = next(0); option !== 0 && !numbers.has(option); option = next(option)) numbers.add(option);
    return numbers;
  }

  /** Gives every option its default for everything. */
  resetAll(): void {
    const { SetConfigValue } = this.#backend.library.functions.utils;
    for (const option of Object.values(ConfigValue)) {
      const known = this.#ask(option);
      if (known === undefined || known.type === ConfigDataType.Ptr) continue;
      SetConfigValue(this.#backend.utils, option, ConfigScope.Global, 0, known.type, null);
    }
  }

  /** An option's value for a target, undefined where the library does not tell it. */
  read(known: KnownOption, target: ConfigTarget): number | bigint | string | undefined {
    return this.#read(known, target)?.value;
  }

  /** The value that was set for just this target, undefined where it has that of something wider. */
  own(name: string, target: ConfigTarget): number | bigint | string | undefined {
    const found = this.#read(this.settable(name), target);
    return found?.isOwn ? found.value : undefined;
  }

  /** Has a target that is open take an option from something wider again; everything, the default. */
  clear(name: string, target: ConfigTarget): void {
    const { option, type } = this.settable(name);
    const { scope, object } = this.#scopeOf(target);
    this.#backend.library.functions.utils.SetConfigValue(this.#backend.utils, option, scope, object, type, null);
  }

  #read(known: KnownOption, target: ConfigTarget): FoundValue | undefined {
    const { scope, object } = this.#scopeOf(target);
    if (!this.exists(target)) return undefined;
    const capacity = this.#value.bytes.length;
    this.#size.view.setBigUint64(0, BigInt(capacity), true);
    const result = this.#backend.library.functions.utils.GetConfigValue(
      this.#backend.utils,
      known.option,
      scope,
      object,
      this.#out.bytes,
      this.#value.bytes,
      this.#size.bytes,
    );
    const size = Number(this.#size.view.getBigUint64(0, true));
    if (size > capacity) {
      this.#value = new SharedMemory(size);
      return this.#read(known, target);
    }
    if (result <= 0) return undefined;
    return { value: this.#decode(known.type), isOwn: result === GetConfigValueResult.OK };
  }

  #decode(type: ConfigDataType): number | bigint | string | undefined {
    switch (type) {
      case ConfigDataType.Int32:
        return this.#value.view.getInt32(0, true);
      case ConfigDataType.Int64:
        return this.#value.view.getBigInt64(0, true);
      case ConfigDataType.Float:
        return this.#value.view.getFloat32(0, true);
      case ConfigDataType.String:
        return this.#value.text(0, this.#value.bytes.length);
      case ConfigDataType.Ptr:
        return undefined;
    }
  }

  /** Sets an option. */
  write(name: string, value: unknown, target: ConfigTarget): void {
    const known = this.settable(name);
    this.#mustFit(known, target);
    const text = encode(known, value, scratch.view, 0);
    this.#set(known, target, text ?? scratch.bytes, describe(value));
  }

  /** {@link clear} for a target that may be none, and a library that may refuse. */
  reset(name: string, target: ConfigTarget): void {
    const known = this.settable(name);
    this.#mustFit(known, target);
    this.#set(known, target, null, "to reset it");
  }

  #mustFit({ name, scope: narrowest }: KnownOption, target: ConfigTarget): void {
    const { scope } = this.#scopeOf(target);
    if (scope > narrowest) {
      throw new ConfigOptionError(
        name,
        `it can't be set for a ${scopeNames[scope]}, only for: ${scopeNames[narrowest]}`,
      );
    }
  }

  #set(known: KnownOption, target: ConfigTarget, argument: Uint8Array | null, what: string): void {
    const { scope, object } = this.#scopeOf(target);
    if (!this.exists(target)) throw new HandleError(scopeNames[scope], object);
    this.#backend.takeComplaint();
    const set = this.#backend.library.functions.utils.SetConfigValue(
      this.#backend.utils,
      known.option,
      scope,
      object,
      known.type,
      argument,
    );
    if (set) return;
    if (typeof target === "object" && this.read(known, target) === undefined) {
      throw new HandleError(scopeNames[scope], object);
    }
    const reason = this.#backend.takeComplaint().replace(/^(?=.)/, ": ");
    throw new ConfigOptionError(known.name, `the library refused ${what}${reason}`);
  }

  /** Sets options for everything. All are looked at before the first one is set. */
  writeAll(options: ConfigOptions | undefined): void {
    const given = givenOptions(options);
    for (const [name, value] of given) encode(this.settable(name), value, scratch.view, 0);
    for (const [name, value] of given) this.write(name, value, "global");
  }

  /** The array of options that creating functions take. Hold on to it until the call is over. */
  list(options: ConfigOptions | undefined): ConfigList {
    return new ConfigList(
      givenOptions(options).map(([name, value]) => {
        const known = this.settable(name);
        if (known.scope === ConfigScope.Global) {
          throw new ConfigOptionError(name, "it is global: set it with utils.setConfigValue or at openNetworking");
        }
        return { known, value };
      }),
    );
  }

  #lookUp(name: string): KnownOption {
    const known = this.#find(name);
    if (known !== undefined) return known;
    throw new ConfigOptionError(
      name,
      numberOfOption(name) === undefined
        ? `there is no such option${likeliest(name)}`
        : `${this.#backend.library.path} does not have it`,
    );
  }

  #find(name: string): KnownOption | undefined {
    if (typeof name !== "string") throw new TypeError(`An option's name must be a string, not ${describe(name)}`);
    const remembered = this.#known.get(name);
    if (remembered !== undefined) return remembered;
    const option = numberOfOption(name);
    const known = option === undefined ? this.#newer(name) : this.#ask(option);
    if (known !== undefined) this.#known.set(name, known);
    return known;
  }

  /** An option that only the library knows. */
  #newer(name: string): KnownOption | undefined {
    for (const option of this.#listed()) {
      const known = this.#ask(option);
      if (known?.name === name) return known;
    }
    return undefined;
  }

  /** What the library knows of an option, undefined when it does not have it. */
  #ask(option: number): KnownOption | undefined {
    const { GetConfigValueInfo } = this.#backend.library.functions.utils;
    const [type, scope] = [this.#out.bytes, this.#out.bytes.subarray(4)];
    const name = GetConfigValueInfo(this.#backend.utils, option, type, scope);
    if (name === null) return undefined;
    // The library's own enums: it has no other values.
    return {
      name: name.toString(),
      option,
      type: this.#out.view.getInt32(0, true) as ConfigDataType,
      scope: this.#out.view.getInt32(4, true) as ConfigScope,
    };
  }

  #scopeOf(target: ConfigTarget): { scope: ConfigScope; object: number } {
    if (target === "global") return { scope: ConfigScope.Global, object: 0 };
    if (target === "sockets interface") return { scope: ConfigScope.SocketsInterface, object: this.#backend.sockets };
    if (typeof target === "object" && target !== null) {
      if ("listenSocket" in target)
        return { scope: ConfigScope.ListenSocket, object: handle(target.listenSocket, "a listen socket") };
      if ("connection" in target)
        return { scope: ConfigScope.Connection, object: handle(target.connection, "a connection") };
    }
    throw new TypeError(
      `A target is "global", "sockets interface", { listenSocket } or { connection }, not ${describe(target)}`,
    );
  }

  /** Whether a target is open. The library would answer for connections that were closed, and still takes leave of. */
  exists(target: ConfigTarget): boolean {
    if (typeof target === "string" || !("connection" in target)) return true;
    const { GetConnectionInfo } = this.#backend.library.functions.sockets;
    return GetConnectionInfo(this.#backend.sockets, target.connection, this.#info.bytes);
  }
}

/** Options in the layout of `SteamNetworkingConfigValue_t`. */
export class ConfigList {
  /** How many. */
  readonly count: number;
  /** The array, null when it is empty. */
  readonly array: Uint8Array | null;
  // Native code follows pointers to these during the call.
  readonly #texts: Uint8Array[] = [];

  /** @throws what {@link encode} throws. */
  constructor(options: readonly { known: KnownOption; value: unknown }[]) {
    const { size, offsets } = layoutOf(SteamNetworkingConfigValue_t);
    this.count = options.length;
    const memory = new SharedMemory(Math.max(1, options.length) * size);
    options.forEach(({ known, value }, index) => {
      const at = index * size;
      memory.view.setInt32(at + offsets.value, known.option, true);
      memory.view.setInt32(at + offsets.dataType, known.type, true);
      const text = encode(known, value, memory.view, at + offsets.int32);
      if (text === undefined) return;
      this.#texts.push(text);
      memory.view.setBigUint64(at + offsets.string, BigInt(addressOf(text)), true);
    });
    this.array = options.length === 0 ? null : memory.bytes;
  }
}

const belongsBeside = {
  requireAuthentication: "as in { requireAuthentication: true, config }",
  expect: "as in connect(address, { requireAuthentication: true, expect, config })",
} as const;

/** @throws TypeError when an option of `listen` or `connect` stands among their config options, where it would do nothing. */
export function mustBeConfig(config: ConfigOptions | undefined): void {
  for (const [name, place] of Object.entries(belongsBeside)) {
    if (Object.hasOwn(config ?? {}, name)) throw new TypeError(`${name} belongs beside config and not in it, ${place}`);
  }
}

function givenOptions(options: ConfigOptions | undefined): [string, unknown][] {
  if (options === undefined) return [];
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Config options must be an object, not ${describe(options)}`);
  }
  return Object.entries(options).filter(([, value]) => value !== undefined);
}

// For one value, during a call.
const scratch = new SharedMemory(8);

// Reliable segments are counted as 1,000 bytes long. Shorter ones would be more than are counted.
const leastPacketBytes = 1100;

function tooSmallPackets(name: string): ConfigOptionError {
  return new ConfigOptionError(
    name,
    `must be ${leastPacketBytes} or more: with smaller packets a message takes more segments than are counted, and too many end the process`,
  );
}

/**
 * Writes a value of up to 8 bytes at `at`; a text it gives back in place of that.
 * @throws TypeError, RangeError, ConfigOptionError when the option can't have it.
 */
function encode(
  { name, type, option }: KnownOption,
  value: unknown,
  view: DataView,
  at: number,
): Uint8Array | undefined {
  switch (type) {
    case ConfigDataType.Int32:
      if (option === ConfigValue.MTU_PacketSize && numberOf(name, value) < leastPacketBytes)
        throw tooSmallPackets(name);
      view.setInt32(at, integer(numberOf(name, value), `config option ${name}`, -0x8000_0000, 0x7fff_ffff), true);
      break;
    case ConfigDataType.Int64:
      view.setBigInt64(at, BigInt(userData(typeof value === "bigint" ? value : numberOf(name, value))), true);
      break;
    case ConfigDataType.Float: {
      const number = numberOf(name, value);
      if (!Number.isFinite(Math.fround(number)))
        throw new RangeError(`config option ${name} must be a finite number of 32 bits, not ${number}`);
      view.setFloat32(at, number, true);
      break;
    }
    case ConfigDataType.String:
      if (typeof value !== "string")
        throw new TypeError(`config option ${name} must be a string, not ${describe(value)}`);
      return cText(text(value, `config option ${name}`));
    case ConfigDataType.Ptr:
      throw new ConfigOptionError(name, "it holds a pointer");
  }
  return undefined;
}

function numberOf(name: string, value: unknown): number {
  if (typeof value !== "number") throw new TypeError(`config option ${name} must be a number, not ${describe(value)}`);
  return value;
}

function numberOfOption(name: string): number | undefined {
  const names: Readonly<Record<string, number>> = ConfigValue;
  return Object.hasOwn(names, name) && name !== "Invalid" ? names[name] : undefined;
}

function likeliest(name: string): string {
  const wanted = name.toLowerCase().replaceAll("_", "");
  const similar = Object.keys(ConfigValue).filter((other) => {
    const candidate = other.toLowerCase().replaceAll("_", "");
    return candidate !== "invalid" && wanted.length > 3 && (candidate.includes(wanted) || wanted.includes(candidate));
  });
  return similar.length > 0
    ? `; did you mean ${similar.slice(0, 5).join(", ")}?`
    : "; utils.configOptions() lists them";
}
