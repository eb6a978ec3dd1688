/** A meeting: a relay in this process, and two peers in processes of their own, from the first start to the last end. */
import { startRelay } from "../../../signaling/index.ts";
import { Child } from "../child.ts";
import { Company, type Spectator } from "../company.ts";
import type { Meeting, PeerAssignment, PeerState } from "./protocol.ts";

/** How a meeting goes, or went. */
export interface MeetingProgress {
  readonly alice?: PeerState | undefined;
  readonly bob?: PeerState | undefined;
  /** Signals that the relay has delivered. */
  readonly signals?: number;
}

const names = { alice: "str:alice", bob: "str:bob" } as const;

/**
 * Has two peers meet. Both processes have ended when it returns.
 * @param interruption ends it early; its reason is the problem then.
 * @returns how it went, and what went wrong with the processes.
 */
export async function meet(
  meeting: Meeting & { readonly library: string },
  spectator: Spectator<MeetingProgress>,
  interruption: AbortSignal,
): Promise<MeetingProgress & { problems: string[] }> {
  // They are our own children, on this machine.
  await using relay = startRelay({ hostname: "127.0.0.1", trustClaims: true });
  using company = new Company(meeting.seconds, spectator, interruption);
  const start = (assignment: Pick<PeerAssignment, "identity" | "peer" | "begins">) =>
    new Child<PeerState>(`process of ${assignment.identity}`, "./p2p/peer.ts", {
      ...meeting,
      ...assignment,
      relay: relay.url,
    });
  const bob = start({ identity: names.bob, peer: names.alice, begins: false });
  const bobEnded = company.follow(bob);
  let alice: Child<PeerState> | undefined;
  const progress = () => ({ alice: alice?.state, bob: bob.state, signals: relay.stats.delivered });
  company.watch(progress);
  if ((await bob.first) !== undefined && company.problems.length === 0) {
    alice = start({ identity: names.alice, peer: names.bob, begins: true });
    await company.follow(alice);
  }
  await bobEnded;
  return { ...progress(), problems: company.problems };
}
