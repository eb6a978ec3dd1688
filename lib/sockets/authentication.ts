/** Who we are. */
import { SharedMemory } from "../../ffi/memory.ts";
import { formatIdentity, identityBytes } from "../identity.ts";
import { Traffic } from "./traffic.ts";

/** @internal */
export abstract class Authentication extends Traffic {
  /**
   * Our own identity in the SDK's text form; `"ip:::1"`, localhost, when the network was opened without one.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetIdentity`.
   */
  getIdentity(): string {
    const identity = new SharedMemory(identityBytes);
    this.functions.GetIdentity(this.backend.sockets, identity.bytes);
    return formatIdentity(this.backend.library, identity, 0);
  }
}
