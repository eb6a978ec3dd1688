/** Constants of the documents that belong to no other file. */
import { maxGameCoordinatorServerLoginSerialized, maxMessageSizeSend, popIDDev } from "../../ffi/constants.ts";

/** The data center of development, "dev". C: `k_SteamDatagramPOPID_dev`. */
export const DATAGRAM_POP_ID_DEV = popIDDev;

/** The largest message that can be sent, in bytes: 512 KiB. C: `k_cbMaxSteamNetworkingSocketsMessageSizeSend`. */
export const MAX_STEAM_PACKET_SIZE = maxMessageSizeSend;

/**
 * The largest `signedBlob` of {@link NetworkingSockets.getGameCoordinatorServerLogin}, in bytes: 4,096. C:
 * `k_cbMaxSteamDatagramGameCoordinatorServerLoginSerialized`.
 */
export const MAX_GAME_COORDINATOR_SERVER_LOGIN_SERIALIZED = maxGameCoordinatorServerLoginSerialized;
