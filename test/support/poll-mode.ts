/**
 * Who does the library's work in this run of the tests: its own thread or, in manual poll mode, whoever waits.
 *
 * A test file that opens its networks by {@link openNetworking} from here runs in both modes: as it stands, and by
 * manual-poll.test.ts in manual poll mode. It waits by `pump.ts` only: in manual poll mode nothing happens while it
 * waits otherwise. What depends on the mode asks {@link manualPoll}. Peers, scripts and Workers that open their networks
 * here have the mode of the test that starts them.
 *
 * One file alone in manual poll mode: `STEAM_SOCKETS_TEST_MANUAL_POLL=1 bun test --isolate test/messages.test.ts`.
 */
import { setImmediate } from "node:timers/promises";
import { AlreadyOpenError, openNetworking as open, type Networking, type NetworkingOptions } from "../../lib/index.ts";

/** Whether this run is in manual poll mode. */
export const manualPoll = process.env["STEAM_SOCKETS_TEST_MANUAL_POLL"] === "1";

let polled: Networking[] = [];

/** Opens a network in the mode of this run, where the options say nothing else. */
export function openNetworking(options: NetworkingOptions = {}): Networking {
  const inMode = manualPoll ? { manualPoll, ...options } : options;
  const net = open(inMode);
  if (inMode.manualPoll) polled = [...polled.filter(({ isOpen }) => isOpen), net];
  return net;
}

/** {@link openNetworking}, but undefined while another thread has the network. */
export function openedUnlessTaken(options: NetworkingOptions = {}): Networking | undefined {
  try {
    return openNetworking(options);
  } catch (error) {
    if (error instanceof AlreadyOpenError) return undefined;
    throw error;
  }
}

/** Lets the library work and the event loop turn, for about a millisecond. */
export async function moment(): Promise<void> {
  const net = polled.find(({ isOpen }) => isOpen);
  if (net === undefined) return Bun.sleep(1);
  net.poll(1);
  await setImmediate();
}
