/** The codes with which the everyday layer ends connections. */

/** Why a server of {@link listen} ended or refused a connection; see {@link ConnectionClosing.code}. */
export const CloseCode = {
  /** An ordinary end: what `close()` says without a code. */
  Normal: 1000,
  /** The server stops. */
  Stopping: 1001,
  /** `accept` said no, or took too long, or there was no `data` for the connection. */
  Refused: 1002,
  /** There are as many connections as `limits.connections` allows. */
  Full: 1003,
  /** There are as many connections from this address as `limits.perAddress` allows. */
  Crowded: 1004,
  /** No message came for as long as `idle` says. */
  Idle: 1005,
  /** `requireAuthentication`: the other end has no certificate that counts here; the text says why. */
  Unauthenticated: 1006,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
