/** `Message`: what a `message` handler is given. */
import { SendFlags } from "../../ffi/enums.ts";
import type { Inbox } from "../traffic/inbox.ts";

/**
 * A message that has come. There is one object for all messages: it shows this one until the handler returns, and
 * another one after that. Reading it allocates nothing but in {@link bytes} and {@link text}.
 */
export class Message {
  private readonly inbox: Inbox;
  private at = 0;

  /** @internal */
  constructor(inbox: Inbox) {
    this.inbox = inbox;
  }

  /** A view in which the message begins at {@link offset}. What lies outside of the message is not yours. */
  get view(): DataView {
    return this.inbox.view(this.at);
  }

  /** Where the message begins in {@link view}. */
  get offset(): number {
    return this.inbox.offset(this.at);
  }

  /** How many bytes it has. */
  get length(): number {
    return this.inbox.length(this.at);
  }

  /** The sender's lane, 0 for the first. */
  get lane(): number {
    return this.inbox.lane(this.at);
  }

  /** The number that the sender gave it; each lane counts for itself, from 1. */
  get number(): number {
    return this.inbox.messageNumber(this.at);
  }

  /** Whether it was sent reliably. */
  get reliable(): boolean {
    return (this.inbox.flags(this.at) & SendFlags.Reliable) !== 0;
  }

  /** When it came: microseconds on this library's clock, as `utils.getLocalTimestamp` gives them. */
  get receivedAt(): number {
    return this.inbox.timeReceived(this.at);
  }

  /** A copy of its bytes, to be kept. Allocates. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.inbox.bytes(this.at);
  }

  /** Its bytes as UTF-8 text. Allocates. */
  text(): string {
    return this.inbox.text(this.at);
  }

  /** @internal Shows the message at this place of the inbox. */
  show(at: number): this {
    this.at = at;
    return this;
  }
}
