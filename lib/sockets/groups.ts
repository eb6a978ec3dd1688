/** Poll groups. */
import type { ConnectionHandle, PollGroupHandle } from "../handles.ts";
import { handle } from "../validate.ts";
import { Making } from "./making.ts";

/** @internal */
export abstract class Groups extends Making {
  /**
   * Makes a group of connections, whose messages {@link receiveMessagesOnPollGroup} receives together.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::CreatePollGroup`.
   *
   * @throws CreationError when the library refuses; its `reason` has the library's words.
   */
  createPollGroup(): PollGroupHandle {
    return this.made(
      () => this.functions.CreatePollGroup(this.backend.sockets),
      "A poll group",
      "Destroy those that are not needed",
    );
  }

  /**
   * Ends a poll group. Its connections live on without a group.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::DestroyPollGroup`.
   *
   * @returns false when there is no such group.
   */
  destroyPollGroup(group: PollGroupHandle): boolean {
    return this.functions.DestroyPollGroup(this.backend.sockets, handle(group, "poll group"));
  }

  /**
   * Puts a connection into a poll group and takes it out of the one that it was in. What it has received and nobody
   * fetched comes along.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::SetConnectionPollGroup`.
   *
   * @param group {@link NET_POLL_GROUP_INVALID} for none.
   * @returns false when there is no such connection or no such group.
   */
  setConnectionPollGroup(connection: ConnectionHandle, group: PollGroupHandle): boolean {
    return this.functions.SetConnectionPollGroup(
      this.backend.sockets,
      handle(connection, "connection"),
      handle(group, "poll group"),
    );
  }
}
