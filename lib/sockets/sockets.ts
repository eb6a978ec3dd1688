/** `NetworkingSockets`: connections, listen sockets, poll groups and the messages between them. */
import { Hosted } from "./hosted.ts";

/**
 * Connections over UDP, and everything to be done with them. C: `ISteamNetworkingSockets`. Made by
 * {@link openNetworking}; works until that network is closed, then every method throws {@link ClosedError}.
 *
 * Functions that the C interface lets answer with an `EResult` return a {@link Result}. Arguments of a wrong type or
 * range throw `TypeError` or `RangeError` before the library sees them.
 */
export class NetworkingSockets extends Hosted {}
