/** The errors of this package. Wrong types and ranges of arguments are `TypeError` and `RangeError`. */
import { NetworkingError } from "../sdk/errors.ts";

export {
  AlreadyOpenError,
  ClosedError,
  LibraryLoadError,
  LibraryNotFoundError,
  LibraryStartError,
  NetworkingError,
  UnsupportedError,
  type LibraryPlace,
} from "../sdk/errors.ts";

/** The library refused to make a listen socket, a connection, a socket pair or a poll group. */
export class CreationError extends NetworkingError {
  override name = "CreationError";
  /** The library's own words, empty where it gave none. */
  readonly reason: string;

  /** @internal */
  constructor(what: string, reason: string, mend: string) {
    super(`${what} could not be created${reason ? `: ${reason}` : ""}. ${mend}`);
    this.reason = reason;
  }
}

/** A connection of {@link connect} did not come about. */
export class ConnectError extends NetworkingError {
  override name = "ConnectError";
  /** Why: a code of the other end's application from 1000 to 2999, one of the library's, 0 for none. */
  readonly code: number;
  /** The same in words. */
  readonly text: string;
  /** Who ended it: the other end refused, this one gave up, or it could not be reached. */
  readonly by: "peer" | "local" | "problem";

  /** @internal */
  constructor(address: string, { code, text, by }: Pick<ConnectError, "code" | "text" | "by">) {
    super(`No connection to ${address}: ${text || `code ${code}`}`);
    this.code = code;
    this.text = text;
    this.by = by;
  }
}

/** A network runs already, and it can run but once at a time. */
export class AlreadyRunningError extends NetworkingError {
  override name = "AlreadyRunningError";

  /** @internal */
  constructor() {
    super("This network runs already. End that run first: by frame.stop(), or by the abort of its signal");
  }
}

/** A handle that the library does not know (any more) was used where no result value can say so. */
export class HandleError extends NetworkingError {
  override name = "HandleError";
  /** The handle. */
  readonly handle: number;

  /** @internal */
  constructor(what: string, handle: number) {
    super(`${handle} is no open ${what}. It may have been closed; keep a handle no longer than the ${what} lives`);
    this.handle = handle;
  }
}

/** A config option that does not exist, can't be set by users, or can't be set in this scope. */
export class ConfigOptionError extends NetworkingError {
  override name = "ConfigOptionError";
  /** The option's name as it was given. */
  readonly option: string;

  /** @internal */
  constructor(option: string, reason: string) {
    super(`Config option ${option}: ${reason}`);
    this.option = option;
  }
}

/** A slot of a message pool that is not the caller's: made up, freed, sent, or of another pool. */
export class SlotError extends NetworkingError {
  override name = "SlotError";
  /** The slot as it was given. */
  readonly slot: number;

  /** @internal */
  constructor(slot: number, reason: string) {
    super(`Slot ${slot}: ${reason}`);
    this.slot = slot;
  }
}

/** Something was written past the end of a slot of a message pool. What lies behind it may be spoilt. */
export class SlotOverrunError extends SlotError {
  override name = "SlotOverrunError";
}

/** What is wrong with a certificate; see {@link CertificateRefusedError}. */
export type CertificateRefusal =
  /** It is no certificate. */
  | "malformed"
  /** There is a private key in it, which must never leave its owner. */
  | "privateKey"
  /** It has expired. */
  | "expired"
  /** It names nobody, or only an address. */
  | "noIdentity"
  /** It is for somebody else than we are. */
  | "otherIdentity"
  /** It is not for our key, which {@link NetworkingSockets.getCertificateRequest} told: for that of an earlier process, maybe. */
  | "otherKey"
  /** It is not for the app that we are: 0 on GameNetworkingSockets. */
  | "otherApp"
  /** Its key, or one that has signed it, was revoked. */
  | "revoked"
  /** It is not signed by an authority that is trusted here, or what it says was changed. */
  | "untrusted"
  /** It is a root among intermediates, or an intermediate among roots; see {@link CertificateOptions}. */
  | "misplaced"
  /** The library refuses it for another reason. */
  | "refused";

/** A certificate does not count, and was not taken. */
export class CertificateRefusedError extends NetworkingError {
  override name = "CertificateRefusedError";
  /** What is wrong with it. */
  readonly reason: CertificateRefusal;
  /** The same in words. */
  readonly why: string;

  /** @internal */
  constructor(reason: CertificateRefusal, why: string) {
    super(`This certificate can't be used: ${why}`);
    this.reason = reason;
    this.why = why;
  }
}
