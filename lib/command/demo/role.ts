/** What both child processes have in common: they do what they are told, tick by tick, and say how it goes. */
import type { Networking } from "../../index.ts";
import type { Report } from "./protocol.ts";

/** One process's part in the demo. */
export interface Role<T> {
  /** What it plays on. */
  readonly net: Networking;
  /** Does what there is to do at a tick. False when the work is done. */
  tick(lateness: number): boolean;
  /** How it goes. */
  state(): T;
  /** Ends the network. */
  close(): void;
}

const reportMilliseconds = 250;

/** Plays a role to its end. The process then ends by itself; it ends at once when its parent does. */
export async function playRole<T, Assignment extends { readonly hz: number }>(
  begin: (assignment: Assignment) => Role<T>,
): Promise<void> {
  process.on("disconnect", exit);
  // Ctrl-C reaches the whole group of processes; the parent decides what becomes of it.
  process.on("SIGINT", () => {});
  const tell = (report: Report<T>) => process.send?.(report);
  try {
    const assignment: Assignment = JSON.parse(process.argv[2] ?? "");
    const role = begin(assignment);
    let reported = -Infinity;
    await role.net.run({
      hz: assignment.hz,
      overrun: "catch-up",
      tick(frame) {
        if (!role.tick(frame.lateness)) frame.stop();
        const now = performance.now();
        if (now - reported < reportMilliseconds) return;
        tell({ kind: "state", state: role.state() });
        reported = now;
      },
    });
    role.close();
    tell({ kind: "done", state: role.state() });
  } catch (error) {
    tell({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  }
  process.off("disconnect", exit);
  process.disconnect?.();
}

function exit(): void {
  process.exit(1);
}
