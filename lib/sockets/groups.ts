/** Poll groups. */
import { handle } from "../validate.ts";
import { NET_POLL_GROUP_INVALID, type ConnectionHandle, type PollGroupHandle } from "../values/handles.ts";
import { Making } from "./making.ts";

/** @internal Whether a connection's other end must be authenticated, and it is not known yet who that is. */
export let isUnproved: (sockets: Groups, connection: ConnectionHandle) => boolean;

/** @internal */
export abstract class Groups extends Making {
  static {
    isUnproved = ({ gate }, connection) => gate.isUnproved(connection);
  }

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
   * fetched comes along. One whose other end must be authenticated is put there when it is known who that is.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::SetConnectionPollGroup`.
   *
   * @param group {@link NET_POLL_GROUP_INVALID} for none.
   * @returns false when there is no such connection or no such group.
   */
  setConnectionPollGroup(connection: ConnectionHandle, group: PollGroupHandle): boolean {
    const { SetConnectionPollGroup } = this.functions;
    const { sockets } = this.backend;
    const isDone = SetConnectionPollGroup(sockets, handle(connection, "connection"), handle(group, "poll group"));
    if (isDone && this.gate.keepsOut(connection, group)) {
      SetConnectionPollGroup(sockets, connection, NET_POLL_GROUP_INVALID);
    }
    return isDone;
  }
}
