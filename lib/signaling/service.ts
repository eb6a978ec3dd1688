/** What a signaling service and the network that uses it are to each other. */

/** Carries signals to peers. It may lose, double and delay them: that costs time and nothing else. */
export interface SignalingService {
  /**
   * Sends a signal, or does not. Called within {@link Networking.runCallbacks}, on this thread; must not throw or wait.
   * @param to the peer's identity in the SDK's text form: `"str:bob"`.
   * @param signal some hundred bytes, yours to keep.
   */
  send(to: string, signal: Uint8Array): void;
  /**
   * Ends the service, where it serves this network alone: called at the last close of the network that uses it, after the
   * signals that tell peers of that. Must not throw or wait; what it was given must still go out.
   */
  close?(): void;
}

/** What a service can be put to use on: `net.signaling`. */
export interface SignalingHost {
  /** From now on signals go out through this service. */
  use(service: SignalingService): unknown;
  /**
   * Takes a signal that came in.
   * @param from who sent it, in text form, as far as the service knows.
   * @returns false when it can't do anything with it.
   */
  receive(from: string, signal: Uint8Array): boolean;
}

/** A signal has 1 to 65,536 bytes. Those of the library have some hundred. */
export const largestSignal = 65_536;

/** For how long a signal is of use, in milliseconds: by then the library has repeated it, or given up. */
export const signalMilliseconds = 10_000;
