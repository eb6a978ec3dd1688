/** Receiving messages as plain objects, through an inbox: one native call for a batch. */
import type { HelperSource } from "../../ffi/enums.ts";
import type { Backend } from "../../sdk/backend.ts";
import { count } from "../validate.ts";
import type { ConnectionHandle } from "../values/handles.ts";
import { IdentityTexts } from "../values/native-identity.ts";
import { Inbox } from "./inbox.ts";

/** A message that was received. It is the caller's own: nothing of it belongs to the library any more. */
export interface ReceivedMessage {
  /** The bytes. C: `m_pData`. */
  readonly payload: Uint8Array;
  /** How many bytes. C: `m_cbSize`. */
  readonly size: number;
  /** The connection over which it came; it may have been closed since. C: `m_conn`. */
  readonly connection: ConnectionHandle;
  /** Who sent it, in the SDK's text form. C: `m_identityPeer`. */
  readonly identity: string;
  /** The connection's user data when the message was received here, -1 until it is set. C: `m_nConnUserData`. */
  readonly receiverUserData: number;
  /** Microseconds on this library's clock, as `utils.getLocalTimestamp` gives them. C: `m_usecTimeReceived`. */
  readonly timeReceived: number;
  /** The number that the sender gave it; each lane counts for itself, from 1. C: `m_nMessageNumber`. */
  readonly messageNumber: number;
  /** The channel of NetworkingMessages; -1 for messages of a connection. C: `m_nChannel`. */
  readonly channel: number;
  /** Of {@link SendFlags} only `Reliable` is told. C: `m_nFlags`. */
  readonly flags: number;
  /** The sender's lane, 0 for the first. C: `m_idxLane`. */
  readonly lane: number;
}

const mostPerCall = 256;

/**
 * Receives into an inbox, or as objects where `into` is none. Undefined when the library does not know the handle.
 * @param into the inbox, or how many objects at most.
 */
export function receiveInto(
  backend: Backend,
  receiver: Receiver,
  source: HelperSource,
  from: number,
  into: Inbox | number | undefined,
  maxMessages: number | undefined,
): number | ReceivedMessage[] | undefined {
  if (!(into instanceof Inbox)) {
    return receiver.receive(backend, source, from, into === undefined ? mostPerCall : count(into, "the most messages"));
  }
  const most =
    maxMessages === undefined ? into.messages : Math.min(into.messages, count(maxMessages, "the most messages"));
  return into.receiveThrough(backend, source, from, most);
}

/** Turns what an inbox holds into objects. */
export class Receiver {
  readonly #identities: IdentityTexts;
  readonly #inbox = new Inbox({ messages: 256, bytes: 1 << 20 });

  constructor(backend: Backend) {
    this.#identities = new IdentityTexts(backend.library);
  }

  /** Receives up to `maximum` messages, or answers undefined when the library does not know the handle. */
  receive(backend: Backend, source: HelperSource, handle: number, maximum: number): ReceivedMessage[] | undefined {
    // Throws when the network was closed, and the inbox with it.
    void backend.sockets;
    const messages: ReceivedMessage[] = [];
    while (messages.length < maximum) {
      const wanted = Math.min(this.#inbox.messages, maximum - messages.length);
      const came = this.#inbox.receiveThrough(backend, source, handle, wanted);
      if (came === undefined) return messages.length > 0 ? messages : undefined;
      for (let i = 0; i < came; i++) messages.push(this.#message(i));
      this.#inbox.release();
      if (came < wanted) break;
    }
    return messages;
  }

  /** Gives its memory back. */
  close(): void {
    this.#inbox.close();
  }

  #message(i: number): ReceivedMessage {
    const inbox = this.#inbox;
    const connection = inbox.connection(i);
    return {
      payload: inbox.bytes(i),
      size: inbox.length(i),
      connection,
      identity: this.#identities.of(connection, inbox.identities, inbox.identityOffset(i)),
      receiverUserData: inbox.userData(i),
      timeReceived: inbox.timeReceived(i),
      messageNumber: inbox.messageNumber(i),
      channel: inbox.channel(i),
      flags: inbox.flags(i),
      lane: inbox.lane(i),
    };
  }
}
