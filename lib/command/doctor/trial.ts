/** Does what every program does first: opens a network and listens. */
import { openNetworking } from "../../index.ts";

/** How the trial went. */
export type Trial =
  | {
      readonly ok: true;
      /** The library that `openNetworking()` takes here. */
      readonly path: string;
      /** From before the library was loaded until the listen socket was there. */
      readonly openToListeningMilliseconds: number;
    }
  | { readonly ok: false; readonly error: Error };

/** To be called before anything else loads a library: loading is part of what is measured. */
export function tryOpening(): Trial {
  try {
    const begin = performance.now();
    using net = openNetworking();
    net.sockets.createListenSocketIP("127.0.0.1:0");
    return { ok: true, path: net.library.path, openToListeningMilliseconds: performance.now() - begin };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
