/** `NetworkingUtils`: what the other interfaces need. Its functions stand in parts in `utils/`. */
import { FakeIPs } from "./fake-ips.ts";

/**
 * What the networking interfaces need beside them: the library's clock, its config options and its log, Valve's relay
 * network, fake addresses. C: `ISteamNetworkingUtils`. Made by {@link openNetworking}; works until that network is
 * closed, then every method throws {@link ClosedError}.
 */
export class NetworkingUtils extends FakeIPs {
  /**
   * The library's clock in microseconds: it never goes back while the process lives, and says nothing about the time
   * of day. Messages carry it as `timeReceived`.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingUtils::GetLocalTimestamp`.
   */
  getLocalTimestamp(): number {
    return Number(this.functions.GetLocalTimestamp(this.backend.utils));
  }
}
