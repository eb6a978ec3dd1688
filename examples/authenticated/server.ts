/** A game server that lets nobody in who can't prove who he is. It counts what players send, and tells them. */
import { openNetworking } from "steam-sockets";
import { readOptions } from "../options.ts";
import { trustIn } from "./authority.ts";
import { login } from "./login.ts";

const { address, backend, trust } = readOptions("A game server for players with certificates. Ctrl-C ends it.", {
  address: { does: "where to listen", usual: "127.0.0.1:27015" },
  backend: { does: "where to log in; the password is in ARENA_PASSWORD", usual: "http://127.0.0.1:8090/" },
  trust: { does: "the folder with the certificates to trust", usual: "keys/live" },
});

const identity = "str:server/arena";
const renew = await login(backend, "server/arena", Bun.env["ARENA_PASSWORD"] ?? "");
using net = openNetworking({ identity, certificates: { ...(await trustIn(trust)), renew } });

net.on("authenticationRefused", ({ identity: claimed, address: from, reason, unreported }) => {
  console.log(`turned away ${claimed} from ${from}: ${reason}${unreported > 0 ? ` (and ${unreported} more)` : ""}`);
});
net.on("networkAuthenticationStatus", ({ state, debugMessage }) =>
  console.log(`certificate: ${state}, ${debugMessage}`),
);

interface Player {
  readonly name: string;
  counted: number;
}

const server = net.listen<Player>({
  address,
  requireAuthentication: true,
  // The name is the one in the certificate: nobody else has it.
  data: ({ identity: who }) => ({ name: who.replace("str:", ""), counted: 0 }),
  socket: {
    open: ({ data }) => console.log(`${data.name} is in`),
    message(connection) {
      connection.send(String(++connection.data.counted));
    },
    close: ({ data }, { text }) => console.log(`${data.name} has left after ${data.counted} messages: ${text}`),
  },
});
console.log(`listening at ${server.address}`);
await net.run({ hz: 60, signals: true, tick: () => undefined });
await server.stop();
