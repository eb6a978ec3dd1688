/** A match: a server process and a bot process, from the start of the first to the end of both. */
import { Child } from "./child.ts";
import type { Assignment, State, ServerState } from "./protocol.ts";

// What the processes themselves may take for connecting and parting, and more: beyond it something hangs.
const extraMilliseconds = 60_000;

/** How a match goes, or went. */
export interface MatchProgress {
  readonly server?: ServerState | undefined;
  readonly bots?: State | undefined;
}

/** Who looks on. */
export interface Spectator {
  /** A process was started. */
  started(name: string, pid: number): void;
  /** Called several times a second. */
  progress(progress: MatchProgress): void;
}

/**
 * Plays a match. Both processes have ended when it returns.
 * @param interruption ends it early; its reason is the problem then.
 * @returns how it went, and what went wrong with the processes.
 */
export async function playMatch(
  match: Assignment,
  spectator: Spectator,
  interruption: AbortSignal,
): Promise<MatchProgress & { problems: string[] }> {
  const problems: string[] = [];
  const children: Child<State>[] = [];

  // The first process that fails tells why; the others are ended then.
  const follow = async (child: Child<State>): Promise<void> => {
    children.push(child);
    spectator.started(child.name, child.pid);
    const problem = await child.ended;
    if (problem === undefined) return;
    if (problems.length === 0) problems.push(problem);
    killAll();
  };
  const killAll = (why?: string) => children.forEach((child) => child.kill(why));
  const interrupt = () => killAll(String(interruption.reason));
  const most = match.seconds * 1000 + extraMilliseconds;
  const overdue = setTimeout(() => killAll(`It was not over after ${most / 1000} s, so it was ended`), most);
  interruption.addEventListener("abort", interrupt);

  const server = new Child<ServerState>("server process", "./server.ts", match);
  const serverEnded = follow(server);
  let bots: Child<State> | undefined;
  const progress = () => ({ server: server.state, bots: bots?.state });
  const watch = setInterval(() => spectator.progress(progress()), 250);
  try {
    const listening = await server.first;
    if (listening !== undefined && problems.length === 0) {
      bots = new Child<State>("bot process", "./bots.ts", { ...match, address: listening.address });
      await follow(bots);
    }
    await serverEnded;
    return { ...progress(), problems };
  } finally {
    clearInterval(watch);
    clearTimeout(overdue);
    interruption.removeEventListener("abort", interrupt);
    killAll();
  }
}
