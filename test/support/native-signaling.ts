/** Signaling objects of native code, for connections that find each other by signals. */
import { dlopen, type Pointer } from "bun:ffi";
import type { ConnectionHandle } from "../../lib/index.ts";
import { makeLibrary } from "./native-library.ts";

const mostSignalBytes = 4096;

const { symbols } = dlopen(await makeLibrary("signaling"), {
  signaling_new: { args: [], returns: "ptr" },
  signaling_take: { args: ["ptr", "ptr", "i32"], returns: "i32" },
  signaling_released: { args: ["ptr"], returns: "bool" },
  context_new: { args: ["ptr"], returns: "ptr" },
  context_connection: { args: ["ptr"], returns: "u32" },
});

/** What the library wants to tell the other end of one connection. */
export class NativeSignaling {
  readonly address = made(symbols.signaling_new());
  readonly #signal = new Uint8Array(mostSignalBytes);

  /** Every signal that waits, oldest first. */
  take(): Uint8Array[] {
    const signals: Uint8Array[] = [];
    for (;;) {
      const length = symbols.signaling_take(this.address, this.#signal, mostSignalBytes);
      if (length === 0) return signals;
      signals.push(this.#signal.slice(0, length));
    }
  }

  /** Whether the library is done with it. */
  get isReleased(): boolean {
    return symbols.signaling_released(this.address);
  }
}

/** What the library asks about a signal that it is given. */
export class NativeContext {
  readonly address: Pointer;

  /** @param answer talks to those who ask for a connection; without one nobody answers them. */
  constructor(answer?: NativeSignaling) {
    this.address = made(symbols.context_new(answer?.address ?? null));
  }

  /** The connection that was asked for last, 0 before. */
  get connection(): ConnectionHandle {
    return symbols.context_connection(this.address) as ConnectionHandle;
  }
}

function made(address: Pointer | bigint | null): Pointer {
  if (typeof address !== "number") throw new Error("There is no memory for it");
  return address;
}
