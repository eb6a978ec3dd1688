/** Constants of the documents that belong to no other file. */
import { maxMessageSizeSend, popIDDev } from "../ffi/constants.ts";

/** The data center of development, "dev". C: `k_SteamDatagramPOPID_dev`. */
export const DATAGRAM_POP_ID_DEV = popIDDev;

/** The largest message that can be sent, in bytes: 512 KiB. C: `k_cbMaxSteamNetworkingSocketsMessageSizeSend`. */
export const MAX_STEAM_PACKET_SIZE = maxMessageSizeSend;
