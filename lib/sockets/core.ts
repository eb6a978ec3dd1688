/** What the parts of `NetworkingSockets` stand on. */
import type { Result } from "../../ffi/enums.ts";
import type { Backend } from "../../sdk/backend.ts";
import { Gate } from "../authentication/gate.ts";
import { CreationError } from "../errors.ts";
import type { EventHub } from "../events/event-hub.ts";
import { Signaling } from "../signaling/signaling.ts";
import type { Receiver } from "../traffic/receive.ts";
import { Sender } from "../traffic/send.ts";
import type { ConfigTable } from "../utils/config.ts";

/** @internal The base of the parts: one for each group of functions, each built on the one before. */
export abstract class SocketsCore {
  protected readonly backend: Backend;
  protected readonly config: ConfigTable;
  protected readonly hub: EventHub;
  protected readonly receiver: Receiver;
  protected readonly signaling: Signaling;
  protected readonly gate: Gate;
  #sender: Sender | undefined;

  /** @internal */
  constructor(backend: Backend, config: ConfigTable, hub: EventHub, receiver: Receiver) {
    this.backend = backend;
    this.config = config;
    this.hub = hub;
    this.receiver = receiver;
    this.signaling = Signaling.of(hub, backend);
    this.gate = Gate.of(hub, backend);
  }

  /** Made with the first message, for not all networks send this way. */
  protected get sender(): Sender {
    return (this.#sender ??= new Sender(this.backend));
  }

  /** The flat functions. Those that the library lacks throw UnsupportedError. */
  protected get functions() {
    return this.backend.library.functions.sockets;
  }

  /**
   * Has the library make something by `make`, which answers a handle.
   * @throws CreationError with the library's own words when it makes nothing.
   */
  protected made<Handle extends number>(make: () => number, what: string, mend: string): Handle {
    this.backend.takeComplaint();
    const handle = make();
    if (handle === 0) throw this.refused(what, mend);
    // Its type says only which of the library's handles it is.
    return handle as Handle;
  }

  /** What to throw when the library makes nothing. Call `takeComplaint` before asking it. */
  protected refused(what: string, mend: string, otherwise = ""): CreationError {
    return new CreationError(what, this.backend.takeComplaint() || otherwise, mend);
  }
}

/** An EResult of the library's own, which has no other values. */
export function asResult(value: number): Result {
  return value as Result;
}
