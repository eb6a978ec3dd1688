/** A relay for trials among friends: everybody is who he says he is. */
import { startRelay } from "steam-sockets/signaling";

const relay = startRelay({ port: Number(Bun.argv[2] ?? 8080), trustClaims: true });
console.log(`listening at ${relay.url}`);
