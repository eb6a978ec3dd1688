/** The end of the demo: what was measured, and whether all is as it should be. */
import type { LibraryInfo } from "../../index.ts";
import type { LatenessSummary } from "./lateness.ts";
import type { MatchProgress } from "./match.ts";
import type { Match } from "./protocol.ts";

/** Messages that one side sent and the other received. */
export interface Delivery {
  readonly sent: number;
  readonly received: number;
}

/** What `demo --json` prints. */
export interface Verdict {
  /** Whether every bot connected, nothing was corrupt, all that is reliable arrived, and both processes ended well. */
  readonly ok: boolean;
  /** Null when there was none to open. */
  readonly library: LibraryInfo | null;
  readonly server: {
    readonly connections: number;
    readonly ticks: number;
    /** As it was measured. */
    readonly hz: number;
    readonly lateness_ms: LatenessSummary;
    readonly open_to_listening_ms: number;
    readonly cpu_percent: number;
  };
  readonly messages: {
    readonly to_server: Delivery & { readonly reliable: Delivery };
    readonly to_bots: Delivery & { readonly reliable: Delivery };
    readonly corrupt: number;
  };
  readonly seconds: number;
  readonly ping_ms: number | null;
  /** Why it is not ok. */
  readonly problems: readonly string[];
}

const none = { sent: 0, received: 0, reliableSent: 0, reliableReceived: 0, corrupt: 0 };

/** Judges a match. */
export function judge(match: Match, { server, bots }: MatchProgress, processProblems: readonly string[]): Verdict {
  const up = bots?.traffic ?? none;
  const down = server?.traffic ?? none;
  const connections = server?.connections ?? 0;
  const onBothSides = Math.min(connections, bots?.connections ?? 0);
  const corrupt = down.corrupt + up.corrupt;
  const toServer = { sent: up.reliableSent, received: down.reliableReceived };
  const toBots = { sent: down.reliableSent, received: up.reliableReceived };

  const problems = [...processProblems, ...(server?.problems ?? []), ...(bots?.problems ?? [])];
  if (corrupt > 0) problems.push(`${corrupt} messages were not as they had been sent`);
  // Where a process was ended early, that explains all that is missing.
  if (processProblems.length === 0) {
    if (onBothSides < match.bots) problems.push(`Only ${onBothSides} of ${match.bots} bots connected`);
    problems.push(...lostReliably("the server", toServer), ...lostReliably("the bots", toBots));
  }

  return {
    ok: problems.length === 0,
    library: server?.library ?? null,
    server: {
      connections,
      ticks: server?.ticks ?? 0,
      hz: rounded(server === undefined || server.seconds === 0 ? 0 : server.ticks / server.seconds),
      lateness_ms: server?.lateness ?? { p50: 0, p99: 0, max: 0 },
      open_to_listening_ms: rounded(server?.openToListeningMilliseconds ?? 0),
      cpu_percent: rounded(server?.cpuPercent ?? 0),
    },
    messages: {
      to_server: { sent: up.sent, received: down.received, reliable: toServer },
      to_bots: { sent: down.sent, received: up.received, reliable: toBots },
      corrupt,
    },
    seconds: rounded(server?.seconds ?? 0),
    ping_ms: server?.pingMilliseconds === undefined ? null : rounded(server.pingMilliseconds),
    problems,
  };
}

/** A verdict for people. */
export function describeVerdict(verdict: Verdict): string {
  const { ok, library, server, messages, seconds, problems } = verdict;
  const { p50, p99, max } = server.lateness_ms;
  const delivery = ({ sent, received, reliable }: Verdict["messages"]["to_server"]) =>
    `${count(received)} of ${count(sent)} arrived (reliable: ${count(reliable.received)} of ${count(reliable.sent)})`;
  const lines = ok
    ? [`OK: ${server.connections} bots played for ${seconds} s, every byte was right, all that is reliable arrived.`]
    : ["FAILED:", ...problems.map((problem) => `  - ${problem.replaceAll("\n", "\n    ")}`)];
  if (library !== null) {
    lines.push(
      `  library    ${library.kind} ${library.version}, listening after ${server.open_to_listening_ms} ms: ${library.path}`,
      `  ticks      ${count(server.ticks)} at ${server.hz} Hz, late by p50 ${p50} ms, p99 ${p99} ms, at most ${max} ms`,
      `  to server  ${delivery(messages.to_server)}`,
      `  to bots    ${delivery(messages.to_bots)}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function lostReliably(to: string, { sent, received }: Delivery): string[] {
  if (sent === received) return [];
  return [`Of ${count(sent)} reliable messages to ${to} ${count(received)} arrived`];
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
