/** The network of those who name none: open on this thread while somebody uses it. */
import { Networking, openNetworking } from "./networking.ts";

// Longer than messages of closed connections may linger, so that closing it need not wait for them.
const lingerMilliseconds = 2500;

let net: Networking | undefined;
let users = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Lets somebody use it, until `release` is called; calling that twice does nothing. */
export function borrowNetwork(): { readonly net: Networking; readonly release: () => void } {
  clearTimeout(timer);
  if (net === undefined || !net.isOpen) {
    net = openNetworking();
    process.off("exit", close).once("exit", close);
  }
  users++;
  let isUser = true;
  const release = () => {
    if (isUser) leave();
    isUser = false;
  };
  return { net, release };
}

function leave(): void {
  users--;
  if (users > 0) return;
  timer = setTimeout(close, lingerMilliseconds);
  timer.unref();
}

function close(): void {
  process.off("exit", close);
  net?.close();
  net = undefined;
}
