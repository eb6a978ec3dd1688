/** A relay for signals, in a process of its own: everybody is who he says. */
import { startRelay } from "../../../lib/signaling/index.ts";
import type { Place } from "./stun-message.ts";

const relay = startRelay({ ...(JSON.parse(process.argv[2] ?? "{}") as Place), trustClaims: true });

process.on("message", () => process.send?.(relay.stats));
process.on("disconnect", () => process.exit(0));
process.send?.(relay.stats);
