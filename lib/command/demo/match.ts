/** A match: a server process and a bot process, from the start of the first to the end of both. */
import { Child } from "./child.ts";
import { Company, type Spectator } from "./company.ts";
import type { Assignment, State, ServerState } from "./protocol.ts";

/** How a match goes, or went. */
export interface MatchProgress {
  readonly server?: ServerState | undefined;
  readonly bots?: State | undefined;
}

/**
 * Plays a match. Both processes have ended when it returns.
 * @param interruption ends it early; its reason is the problem then.
 * @returns how it went, and what went wrong with the processes.
 */
export async function playMatch(
  match: Assignment,
  spectator: Spectator<MatchProgress>,
  interruption: AbortSignal,
): Promise<MatchProgress & { problems: string[] }> {
  using company = new Company(match.seconds, spectator, interruption);
  const server = new Child<ServerState>("server process", "./server.ts", match);
  const serverEnded = company.follow(server);
  let bots: Child<State> | undefined;
  const progress = () => ({ server: server.state, bots: bots?.state });
  company.watch(progress);
  const listening = await server.first;
  if (listening !== undefined && company.problems.length === 0) {
    bots = new Child<State>("bot process", "./bots.ts", { ...match, address: listening.address });
    await company.follow(bots);
  }
  await serverEnded;
  return { ...progress(), problems: company.problems };
}
