/** The end of `demo p2p`: what was measured, and whether all is as it should be. */
import type { LibraryInfo } from "../../../index.ts";
import type { TrafficCounts } from "../traffic.ts";
import type { Delivery } from "../verdict.ts";
import type { MeetingProgress } from "./meeting.ts";
import type { Route } from "./protocol.ts";

type Deliveries = Delivery & { readonly reliable: Delivery };

/** What `demo p2p --json` prints. */
export interface MeetingVerdict {
  /** Whether they connected, nothing was corrupt, all that is reliable arrived, and both processes ended well. */
  readonly ok: boolean;
  /** Null when there was none to open. */
  readonly library: LibraryInfo | null;
  /** From the call until the connection stood, at the one who called; null when it never did. */
  readonly connect_ms: number | null;
  /** The way that the messages took, as alice saw it. */
  readonly route: Route | null;
  readonly ping_ms: number | null;
  /** How many signals it took. */
  readonly signals: number;
  readonly messages: { readonly to_alice: Deliveries; readonly to_bob: Deliveries; readonly corrupt: number };
  readonly seconds: number;
  /** Why it is not ok. */
  readonly problems: readonly string[];
}

const none: TrafficCounts = { sent: 0, received: 0, reliableSent: 0, reliableReceived: 0, corrupt: 0 };

/** Judges a meeting. */
export function judgeMeeting(
  { alice, bob, signals = 0 }: MeetingProgress,
  processProblems: readonly string[],
): MeetingVerdict {
  const one = alice?.traffic ?? none;
  const other = bob?.traffic ?? none;
  const corrupt = one.corrupt + other.corrupt;
  const toBob = deliveries(one, other);
  const toAlice = deliveries(other, one);

  const problems = [...processProblems, ...(alice?.problems ?? []), ...(bob?.problems ?? [])];
  if (corrupt > 0) problems.push(`${corrupt} messages were not as they had been sent`);
  // Where something went wrong before, that explains all that is missing.
  if (problems.length === 0) {
    for (const [name, { reliable, received }] of Object.entries({ alice: toAlice, bob: toBob })) {
      if (received === 0) problems.push(`No message came to ${name}`);
      if (reliable.sent === reliable.received) continue;
      problems.push(`Of ${reliable.sent} reliable messages to ${name} ${reliable.received} arrived`);
    }
  }
  return {
    ok: problems.length === 0,
    library: alice?.library ?? bob?.library ?? null,
    connect_ms: rounded(alice?.connectMilliseconds),
    route: alice?.route ?? null,
    ping_ms: alice?.pingMilliseconds ?? null,
    signals,
    messages: { to_alice: toAlice, to_bob: toBob, corrupt },
    seconds: rounded(alice?.seconds) ?? 0,
    problems,
  };
}

/** A verdict for people. */
export function describeMeeting(verdict: MeetingVerdict): string {
  const { ok, library, connect_ms, route, ping_ms, signals, messages, seconds, problems } = verdict;
  const delivery = ({ sent, received, reliable }: Deliveries) =>
    `${count(received)} of ${count(sent)} arrived (reliable: ${count(reliable.received)} of ${count(reliable.sent)})`;
  const lines = ok
    ? [`OK: alice and bob talked for ${seconds} s, every byte was right, all that is reliable arrived.`]
    : ["FAILED:", ...problems.map((problem) => `  - ${problem.replaceAll("\n", "\n    ")}`)];
  if (library !== null) lines.push(`  library    ${library.kind} ${library.version}: ${library.path}`);
  if (route !== null) {
    lines.push(
      `  connected  after ${connect_ms} ms, ${signals} signals in all`,
      `  route      ${route.description}, to ${route.address}, ping ${ping_ms === null ? "unknown" : `${ping_ms} ms`}`,
      `  to alice   ${delivery(messages.to_alice)}`,
      `  to bob     ${delivery(messages.to_bob)}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function deliveries(from: TrafficCounts, to: TrafficCounts): Deliveries {
  const reliable = { sent: from.reliableSent, received: to.reliableReceived };
  return { sent: from.sent, received: to.received, reliable };
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toFixed(3));
}
