/** The library's log. */
import { DebugOutputType } from "../../ffi/enums.ts";
import type { Handler } from "../emitter.ts";
import type { DebugOutputEvent } from "../events/events.ts";
import { integer, text } from "../validate.ts";
import type { ConfigOptionName, ConfigTarget } from "./config.ts";
import { Configuring } from "./configuring.ts";

/** What the library's log can be had of in more or less detail: the options that begin with `LogLevel_`. */
export type DebugOutputGroup = {
  [Name in ConfigOptionName]: Name extends `LogLevel_${infer Group}` ? Group : never;
}[ConfigOptionName];

/** @internal */
export abstract class Logging extends Configuring {
  #handler: Handler<DebugOutputEvent> | undefined;

  /**
   * Has the library's log delivered to `handler`, in `runCallbacks` like every event, up to a level of detail.
   * {@link DebugOutputType.None} ends it. Lines wait in a ring of 1 MiB; when it is full the oldest go and are counted
   * in {@link debugOutputsDropped}. Each opening of the network gets what it asked for.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingUtils::SetDebugOutputFunction`.
   *
   * @throws TypeError, RangeError when the level is none of {@link DebugOutputType}, or the handler is no function.
   */
  setDebugOutputFunction(level: DebugOutputType, handler?: Handler<DebugOutputEvent>): void {
    debugLevel(level);
    const wanted = level === DebugOutputType.None ? undefined : handler;
    // First, because it refuses what is no function.
    if (wanted !== undefined) this.events.on("debugOutput", wanted);
    if (this.#handler !== undefined) this.events.off("debugOutput", this.#handler);
    this.#handler = wanted;
    this.hub.setDebugLevel(this.events, level, this.backend);
  }

  /**
   * Sets how much the library says of one group of things, for everything or for one connection. At first that is
   * {@link DebugOutputType.Warning} for each of them, whatever is asked for in {@link setDebugOutputFunction}; what is
   * more detailed than that is not delivered.
   *
   * On GameNetworkingSockets, but for `SDRRelayPings`, and on steam_api. C: `ISteamNetworkingUtils::SetConfigValue` with
   * `k_ESteamNetworkingConfig_LogLevel_...`.
   *
   * @param group `"AckRTT"`, round-trip times; `"PacketDecode"`, contents of packets; `"Message"`, messages;
   * `"PacketGaps"`, lost packets; `"P2PRendezvous"`, signaling; `"SDRRelayPings"`, pings to relays.
   * @throws ConfigOptionError when the library has no such group, or it can't be set for this target.
   * @throws HandleError when the target does not exist.
   * @throws TypeError, RangeError when the level is none of {@link DebugOutputType}.
   */
  setDebugOutputLevel(group: DebugOutputGroup, level: DebugOutputType, target: ConfigTarget = "global"): void {
    this.config.write(`LogLevel_${text(group, "a group of debug output")}`, debugLevel(level), target);
  }

  /** Lines of debug output that newer ones pushed out before anybody fetched them. */
  get debugOutputsDropped(): number {
    return this.backend.debugOutputsDropped;
  }
}

function debugLevel(level: DebugOutputType): number {
  return integer(level, "the level of debug output", DebugOutputType.None, DebugOutputType.Everything);
}
