/** Gives out rooms and carries signals, in one web server. What players say to each other it never sees. */
import type { BunRequest } from "bun";
import { Relay, type RelayConnection } from "steam-sockets/signaling";
import { readOptions } from "../options.ts";
import { Rooms } from "./rooms.ts";

const { hostname, port, stun } = readOptions("Brings two players together who know the code of a room.", {
  hostname: { does: "the interface to listen at", usual: "0.0.0.0" },
  port: { does: "the port, 0 for a free one", usual: 8080, most: 65_535 },
  stun: { does: "STUN servers for players behind routers, ip:port, separated by commas", usual: "" },
});

const rooms = new Rooms(stun);
const relay = new Relay({
  authenticate: ({ token }) => rooms.identityOf(token),
  permit: (from, to) => rooms.areTogether(from, to),
});
const server = Bun.serve<RelayConnection>({
  hostname,
  port,
  routes: {
    "/rooms": { POST: () => answer(rooms.open(), 503) },
    "/rooms/:code": {
      POST: ({ params }: BunRequest<"/rooms/:code">) => answer(rooms.enter(params.code.toUpperCase()), 404),
    },
  },
  fetch: relay.fetch,
  websocket: relay.websocket,
});
console.log(`listening at ${server.url}`);

function answer(ticket: object | undefined, status: number): Response {
  return ticket === undefined ? new Response("no room", { status }) : Response.json(ticket);
}
