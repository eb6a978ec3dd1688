/** A connection, as those know it who receive, send and deliver events for all connections. */
import type { ConnectionInfo } from "../values/connection-info.ts";
import type { ConnectionHandle } from "../values/handles.ts";
import type { ConnectionClosing } from "./closing.ts";
import type { Message } from "./message.ts";

export interface Party {
  /** 0 when it has ended. */
  readonly handle: ConnectionHandle;
  /** Whether it has a lane of this number. */
  hasLane(lane: number): boolean;
  /** Takes a message. */
  deliver(message: Message, now: number): void;
  /** It stands now. */
  opened(info: ConnectionInfo): void;
  /** It has ended. */
  ended(end: ConnectionClosing): void;
  /** It has room again. */
  drained(): void;
  /** Something of it failed. */
  failed(error: unknown): void;
}
