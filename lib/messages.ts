/** `NetworkingMessages`: messages by user in place of connection. */
import { HelperSource } from "../ffi/enums.ts";
import type { Backend } from "../sdk/backend.ts";
import type { Inbox } from "./inbox.ts";
import { receiveInto, type Receiver, type ReceivedMessage } from "./receive.ts";
import { int32 } from "./validate.ts";

/**
 * Messages that go to a user, without a connection of one's own to care for. C: `ISteamNetworkingMessages`. Made by
 * {@link openNetworking}; works until that network is closed, then every method throws {@link ClosedError}.
 */
export class NetworkingMessages {
  readonly #backend: Backend;
  readonly #receiver: Receiver;

  /** @internal */
  constructor(backend: Backend, receiver: Receiver) {
    this.#backend = backend;
    this.#receiver = receiver;
  }

  /**
   * Receives messages of a channel, from whomever they come.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingMessages::ReceiveMessagesOnChannel`.
   *
   * @param maxMessages at most so many; 256 when it is left out.
   */
  receiveMessagesOnChannel(channel: number, maxMessages?: number): ReceivedMessage[];
  /**
   * Receives messages of a channel into an inbox, with one native call and nothing allocated.
   *
   * @param maxMessages at most so many, and as many as the inbox has room for.
   * @returns how many came.
   */
  receiveMessagesOnChannel(channel: number, inbox: Inbox, maxMessages?: number): number;
  receiveMessagesOnChannel(channel: number, into?: Inbox | number, maxMessages?: number): number | ReceivedMessage[] {
    // Unsigned on its way to the helper, which takes it back.
    const from = int32(channel, "channel") >>> 0;
    return receiveInto(this.#backend, this.#receiver, HelperSource.Channel, from, into, maxMessages) ?? [];
  }
}
