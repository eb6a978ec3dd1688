/** Whether we can prove who we are, as the library tells it. */
import { Availability } from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { SteamNetAuthenticationStatus_t } from "../../ffi/structs.ts";
import type { Backend } from "../../sdk/backend.ts";

/** How it stands with our certificate; see {@link AuthenticationStatus.state}. */
export type AuthenticationState =
  /** There is none, and nobody was asked for one. */
  | "none"
  /** There is none yet: somebody was asked for it. */
  | "waiting"
  /** It begins to count later. */
  | "notYetValid"
  /** It counts. */
  | "ready"
  /** It counts no more. */
  | "expired"
  /** There is none, for who was asked gave none, or none that counts. */
  | "failed";

/** Whether we can take part in authenticated communication. C: `SteamNetAuthenticationStatus_t`. */
export interface AuthenticationStatus {
  /** Whether we can, or why not; less than 0 is a problem. C: `m_eAvail`. */
  readonly available: Availability;
  /** The same in words, for developers. C: `m_debugMsg`. */
  readonly debugMessage: string;
  /** How it stands with our certificate. Ours; of Steam's it is told as far as `available` tells it. */
  readonly state: AuthenticationState;
}

const { size, offsets, sizes } = layoutOf(SteamNetAuthenticationStatus_t);

/** Reads the status that lies in `memory` at `at`. */
export function readAuthenticationStatus(memory: SharedMemory, at: number): AuthenticationStatus {
  const available = memory.view.getInt32(at + offsets.availability, true) as Availability;
  return {
    available,
    debugMessage: memory.text(at + offsets.debugMessage, sizes.debugMessage),
    state: stateOf(available),
  };
}

/** Asks the library. */
export function askAuthenticationStatus(backend: Backend): AuthenticationStatus {
  const memory = new SharedMemory(size);
  const { GetAuthenticationStatus } = backend.library.functions.sockets;
  const available = GetAuthenticationStatus(backend.sockets, memory.bytes) as Availability;
  return { ...readAuthenticationStatus(memory, 0), available, state: stateOf(available) };
}

function stateOf(available: Availability): AuthenticationState {
  switch (available) {
    case Availability.Current:
      return "ready";
    case Availability.Failed:
    case Availability.Retrying:
      return "failed";
    case Availability.Previously:
      return "expired";
    case Availability.Waiting:
    case Availability.Attempting:
      return "waiting";
    default:
      return "none";
  }
}
