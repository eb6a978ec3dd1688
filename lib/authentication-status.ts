/** Whether we can prove who we are: asked of the library, and watched where it does not tell by itself. */
import type { Availability } from "../ffi/enums.ts";
import { layoutOf } from "../ffi/layout.ts";
import { SharedMemory } from "../ffi/memory.ts";
import { SteamNetAuthenticationStatus_t } from "../ffi/structs.ts";
import type { Backend } from "../sdk/backend.ts";
import type { EventHub } from "./event-hub.ts";

/** Whether we can take part in authenticated communication. C: `SteamNetAuthenticationStatus_t`. */
export interface AuthenticationStatus {
  /** Whether we can, or why not; less than 0 is a problem. C: `m_eAvail`. */
  readonly available: Availability;
  /** The same in words, for developers. C: `m_debugMsg`. */
  readonly debugMessage: string;
}

const { offsets, sizes, size } = layoutOf(SteamNetAuthenticationStatus_t);

/** Reads a `SteamNetAuthenticationStatus_t` at `at`. */
export function readAuthenticationStatus(memory: SharedMemory, at: number): AuthenticationStatus {
  return {
    available: memory.view.getInt32(at + offsets.availability, true) as Availability,
    debugMessage: memory.text(at + offsets.debugMessage, sizes.debugMessage),
  };
}

/**
 * Tells of each change of the status, once for all openings. GameNetworkingSockets has no callback for it, but changes
 * it only in calls of ours: after each of those that may, somebody looks here. Steam tells of it by a callback.
 */
export class AuthenticationWatch {
  // One for all openings, as a hub is, and gone with the last of them.
  static readonly #watches = new WeakMap<EventHub, AuthenticationWatch>();

  /** The watch on the library whose hub this is; the first one looks for the first time. */
  static of(hub: EventHub, backend: Backend): AuthenticationWatch {
    let watch = AuthenticationWatch.#watches.get(hub);
    if (watch === undefined) AuthenticationWatch.#watches.set(hub, (watch = new AuthenticationWatch(hub, backend)));
    return watch;
  }

  readonly #hub: EventHub;
  #latest: Availability | undefined;

  private constructor(hub: EventHub, backend: Backend) {
    this.#hub = hub;
    const { library } = backend;
    const canBeAsked = library.address("sockets", "GetAuthenticationStatus") !== null;
    if (library.kind === "gns" && canBeAsked) this.#latest = ask(backend).available;
  }

  /** To be called after what may have changed the status. */
  look(backend: Backend): void {
    if (this.#latest !== undefined) this.ask(backend);
  }

  /** Asks for the status, and queues the event where it is another one than before and the library does not tell. */
  ask(backend: Backend): AuthenticationStatus {
    const status = ask(backend);
    if (this.#latest !== undefined && this.#latest !== status.available) {
      this.#latest = status.available;
      this.#hub.queue({ name: "networkAuthenticationStatus", event: status });
    }
    return status;
  }
}

function ask(backend: Backend): AuthenticationStatus {
  const memory = new SharedMemory(size);
  const { GetAuthenticationStatus } = backend.library.functions.sockets;
  const available = GetAuthenticationStatus(backend.sockets, memory.bytes);
  return { ...readAuthenticationStatus(memory, 0), available: available as Availability };
}
