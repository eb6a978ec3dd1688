/** Two libraries in one process, and two inboxes: what becomes of what they hold when one of the libraries ends. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Inbox, MessagePool, NetworkingError, Outbox, SendFlags, type Networking } from "../../lib/index.ts";
import { memoryOf } from "../../lib/traffic/pool.ts";
import { noise, sameBytes } from "../support/noise.ts";
import { Parent } from "../support/parent.ts";
import { openNetworking } from "../support/poll-mode.ts";

/** What this process tells. */
export interface TwoLibrariesReports {
  /** What was seen, line by line. */
  readonly done: readonly string[];
}

const { Reliable } = SendFlags;

function receive(net: Networking, inbox: Inbox, message: string | Uint8Array): void {
  const { connection1, connection2 } = net.sockets.createSocketPair();
  net.sockets.sendMessageToConnection(connection1, message, Reliable);
  net.sockets.receiveMessagesOnConnection(connection2, inbox);
}

/** Whether a message that lies in the only slot of a pool is seen through the pool's own view. */
function isSeenThrough(pool: MessagePool, net: Networking): boolean {
  using outbox = new Outbox(pool);
  using inbox = new Inbox();
  const { connection1, connection2 } = net.sockets.createSocketPair();
  outbox.push(connection1, pool.take(), 1, Reliable);
  net.sockets.sendMessages(outbox);
  net.sockets.receiveMessagesOnConnection(connection2, inbox);
  return inbox.view(0) === pool.view;
}

/** Too large to be copied. */
const held = noise(1, 20_000);

function inTwoLibraries(library: string): string[] {
  const lines: string[] = [];
  using first = new Inbox();
  using second = new Inbox();
  const ours = openNetworking();
  copyFileSync(ours.library.path, library);
  const theirs = openNetworking({ library });
  receive(ours, first, held);
  receive(theirs, second, held);
  const views = [first.view(0), second.view(0)] as const;
  const alive = () => views.map(({ buffer }) => !(buffer as ArrayBuffer).detached).join(" and ");
  theirs.close();
  lines.push(`the other library's end: ${first.count} and ${second.count} messages, views ${alive()}`);
  lines.push(`what is held of ours: ${sameBytes(first.bytes(0), held)}`);
  const again = openNetworking({ library });
  receive(again, first, "other");
  lines.push(`received from the other: ${first.text(0)}, views ${alive()}`);
  using pool = new MessagePool({ slots: 1, slotBytes: 8, library });
  using poolOfOurs = new MessagePool({ slots: 1, slotBytes: 8, library: ours.library.path });
  const seen = () => `${isSeenThrough(poolOfOurs, ours)} and ${isSeenThrough(pool, again)}`;
  lines.push(`pools numbered alike: ${memoryOf(poolOfOurs).number === memoryOf(pool).number}, own views ${seen()}`);
  const another = new MessagePool({ slots: 1, slotBytes: 8, library });
  new MessagePool({ slots: 1, slotBytes: 8, library: ours.library.path }).close();
  lines.push(`one of two was closed: own view ${isSeenThrough(another, again)}`);
  another.close();
  using outbox = new Outbox(pool);
  let refusal = "";
  try {
    ours.sockets.sendMessages(outbox);
  } catch (error) {
    if (error instanceof NetworkingError) refusal = `${error.name}: ${error.message.split(".")[0]}`;
  }
  ours.close();
  lines.push(`our library's end: ${first.text(0)}`);
  again.close();
  lines.push(`the other library's second end: ${first.count} messages`);
  return [...lines, refusal];
}

using parent = new Parent<object, TwoLibrariesReports>();
const folder = mkdtempSync(join(tmpdir(), "steam-sockets-"));
try {
  parent.report("done", inTwoLibraries(join(folder, "another.so")));
} finally {
  rmSync(folder, { recursive: true });
}
