/** The network of those who name none: open on this thread while somebody uses it, or is taken leave of on it. */
import { dispatcherOf, openNetworking, type Networking } from "./networking.ts";

// Longer than messages of closed connections may linger, so that closing it need not wait for them.
const lingerMilliseconds = 2500;
const lookMilliseconds = 5;

let net: Networking | undefined;
let users = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Lets somebody use it, until `release` is called; calling that twice does nothing. */
export function borrowNetwork(): { readonly net: Networking; readonly release: () => void } {
  if (net === undefined || !net.isOpen) {
    net = openNetworking();
    process.off("exit", close).once("exit", close);
  }
  const borrowed = net;
  users++;
  let isUser = true;
  const release = () => {
    if (isUser) leave(borrowed);
    isUser = false;
  };
  return { net, release };
}

function leave(from: Networking): void {
  users--;
  const end = performance.now() + lingerMilliseconds;
  // A handler that is told of the end may begin anew.
  if (from.isOpen) dispatcherOf(from).whenIdle(() => closeUnused(from, end));
}

/** Closes it as soon as nothing is under way on connections that were closed, so that another thread may open one. */
function closeUnused(unused: Networking, end: number): void {
  clearTimeout(timer);
  if (users > 0 || unused !== net || !unused.isOpen) return;
  const dispatcher = dispatcherOf(unused);
  if (performance.now() >= end || !dispatcher.isLingering) return close();
  timer = setTimeout(() => {
    try {
      dispatcher.turn();
    } finally {
      closeUnused(unused, end);
    }
  }, lookMilliseconds);
  timer.unref();
}

function close(): void {
  clearTimeout(timer);
  process.off("exit", close);
  net?.close();
  net = undefined;
}
