/** Those who were turned away where authentication is required. */
import type { ListenSocketHandle } from "../values/handles.ts";

/** Somebody was turned away, for he could not prove who he is. */
export interface AuthenticationRefusedEvent {
  /** Who he says he is, in the SDK's text form; `"invalid"` where it was the library itself that turned him away. */
  readonly identity: string;
  /** Where he comes from, zeros where that means nothing. */
  readonly address: string;
  /** Why, in words. */
  readonly reason: string;
  /** The listen socket; 0 where it was a session of {@link NetworkingMessages}, or the library itself turned him away. */
  readonly listenSocket: ListenSocketHandle;
  /** How many more were turned away and not told of, since the last event: at most about ten a second are. */
  readonly unreported: number;
}
