/** `NetworkingUtils`: the library's clock, its config options and its log. */
import { DebugOutputType } from "../ffi/enums.ts";
import type { Backend } from "../sdk/backend.ts";
import {
  ConfigTable,
  type ConfigOption,
  type ConfigOptionName,
  type ConfigOptionValue,
  type ConfigTarget,
} from "./config.ts";
import type { Emitter, Handler } from "./emitter.ts";
import type { EventHub } from "./event-hub.ts";
import type { DebugOutputEvent, NetworkingEvents } from "./events.ts";
import { integer } from "./validate.ts";

/** What the networking interfaces need beside them. C: `ISteamNetworkingUtils`. Made by {@link openNetworking}. */
export class NetworkingUtils {
  readonly #backend: Backend;
  readonly #config: ConfigTable;
  readonly #hub: EventHub;
  readonly #events: Emitter<NetworkingEvents>;
  #debugHandler: Handler<DebugOutputEvent> | undefined;

  /** @internal */
  constructor(backend: Backend, config: ConfigTable, hub: EventHub, events: Emitter<NetworkingEvents>) {
    this.#backend = backend;
    this.#config = config;
    this.#hub = hub;
    this.#events = events;
  }

  /**
   * The library's clock in microseconds: it never goes back while the process lives, and says nothing about the time
   * of day. Messages carry it as `timeReceived`.
   *
   * On every library. C: `ISteamNetworkingUtils::GetLocalTimestamp`.
   */
  getLocalTimestamp(): number {
    return Number(this.#backend.library.functions.utils.GetLocalTimestamp(this.#backend.utils));
  }

  /**
   * Every config option that the loaded library has, asked of the library itself: name, type, narrowest scope, global
   * value. Options that hold C functions are listed too, without a value; they can't be set.
   *
   * On every library. C: `ISteamNetworkingUtils::IterateGenericEditableConfigValues`, `GetConfigValueInfo`,
   * `GetConfigValue`.
   */
  configOptions(): ConfigOption[] {
    return this.#config.all();
  }

  /**
   * Sets a config option, by default for everything until the network is closed. What is set for a listen socket counts
   * for the connections that it took and takes, but for those for which it was set themselves. The library moves a
   * number beyond its own limits to the nearest one within.
   *
   * On every library. C: `ISteamNetworkingUtils::SetConfigValue`.
   *
   * @throws ConfigOptionError when the library has no such option, it holds a pointer, can't be set for this target,
   * or the library refuses the value.
   * @throws HandleError when the target does not exist.
   * @throws TypeError, RangeError when the value is of the wrong type or out of range.
   */
  setConfigValue<Name extends ConfigOptionName>(
    name: Name,
    value: ConfigOptionValue<Name>,
    target: ConfigTarget = "global",
  ): void {
    this.#config.write(name, value, target);
  }

  /**
   * The value of a config option: for a listen socket or a connection the one in force there, set or inherited.
   * Options of 64 bits are bigints. Undefined when the target does not exist.
   *
   * On every library. C: `ISteamNetworkingUtils::GetConfigValue`.
   *
   * @throws ConfigOptionError when the library has no such option or it holds a pointer.
   */
  getConfigValue(name: ConfigOptionName, target: ConfigTarget = "global"): number | bigint | string | undefined {
    return this.#config.read(this.#config.settable(name), target);
  }

  /**
   * Has the library's log delivered to `handler`, in `runCallbacks` like every event, up to a level of detail.
   * {@link DebugOutputType.None} ends it. Lines wait in a ring of 1 MiB; when it is full the oldest go and are counted
   * in {@link debugOutputsDropped}. Each opening of the network gets what it asked for.
   *
   * On every library. C: `ISteamNetworkingUtils::SetDebugOutputFunction`.
   */
  setDebugOutputFunction(level: DebugOutputType, handler?: Handler<DebugOutputEvent>): void {
    integer(level, "the level of debug output", DebugOutputType.None, DebugOutputType.Everything);
    const wanted = level === DebugOutputType.None ? undefined : handler;
    // First, because it refuses what is no function.
    if (wanted !== undefined) this.#events.on("debugOutput", wanted);
    if (this.#debugHandler !== undefined) this.#events.off("debugOutput", this.#debugHandler);
    this.#debugHandler = wanted;
    this.#hub.setDebugLevel(this.#events, level, this.#backend);
  }

  /** Lines of debug output that newer ones pushed out before anybody fetched them. */
  get debugOutputsDropped(): number {
    return this.#backend.debugOutputsDropped;
  }
}
