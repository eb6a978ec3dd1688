/** What the parts of `NetworkingUtils` stand on. */
import type { Backend } from "../../sdk/backend.ts";
import type { Emitter } from "../emitter.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { NetworkingEvents } from "../events/events.ts";
import type { ConfigTable } from "./config.ts";

/** @internal The base of the parts: one for each group of functions, each built on the one before. */
export abstract class UtilsCore {
  protected readonly backend: Backend;
  protected readonly config: ConfigTable;
  protected readonly hub: EventHub;
  protected readonly events: Emitter<NetworkingEvents>;

  /** @internal */
  constructor(backend: Backend, config: ConfigTable, hub: EventHub, events: Emitter<NetworkingEvents>) {
    this.backend = backend;
    this.config = config;
    this.hub = hub;
    this.events = events;
  }

  /** The flat functions. Those that the library lacks throw UnsupportedError. */
  protected get functions() {
    return this.backend.library.functions.utils;
  }
}
