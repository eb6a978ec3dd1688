/** A player. He opens a room, or enters one by its code, and then talks to the other one without any server. */
import { ConnectionState, openNetworking, type Connection, type ConnectionHandle } from "steam-sockets";
import { connectRelay } from "steam-sockets/signaling";
import { readOptions } from "../options.ts";
import type { Ticket } from "./rooms.ts";

const { server, room, seconds } = readOptions("Plays with somebody else, directly.", {
  server: { does: "where rooms are given out", usual: "http://127.0.0.1:8080" },
  room: { does: "the code of a room to enter; without it a new one is opened", usual: "" },
  seconds: { does: "how long to play; 0 until Ctrl-C", usual: 0 },
});

const answer = await fetch(new URL(room === "" ? "/rooms" : `/rooms/${room}`, server), { method: "POST" });
if (!answer.ok) {
  console.error(`The server says ${answer.status}: ${await answer.text()}`);
  process.exit(1);
}
const ticket = (await answer.json()) as Ticket;
console.log(`room ${ticket.room}`);

using net = openNetworking({
  identity: ticket.identity,
  config: ticket.stun === "" ? {} : { P2P_STUN_ServerList: ticket.stun },
});
const signaling = connectRelay(net.signaling, new URL("/", server.replace(/^http/, "ws")), ticket);
signaling.once("refused", ({ reason }) => end(`the relay refused us: ${reason}`));

const ending = new AbortController();
const position = new Float32Array(2);
const others = new Float32Array(2);
let other: Connection | undefined;
let hasMet = false;

// The guest connects; the host takes nobody but him.
net.on(
  "connectionStatusChanged",
  ({ connectHandle, connection: { connectionState, identity, endDebug }, oldState }) => {
    if (connectionState === ConnectionState.ProblemDetectedLocally && !hasMet) end(`no connection: ${endDebug}`);
    if (connectionState !== ConnectionState.Connecting || oldState !== ConnectionState.None || room !== "") return;
    if (identity !== ticket.other || other !== undefined) net.sockets.closeConnection(connectHandle, 1001, "not you");
    else {
      net.sockets.acceptConnection(connectHandle);
      serve(connectHandle);
    }
  },
);
if (room !== "") serve(net.sockets.connectP2PCustomSignaling(net.signaling, ticket.other, 0));

function serve(handle: ConnectionHandle): void {
  other = net.adopt(handle, {
    socket: {
      open({ address }) {
        hasMet = true;
        console.log(`the other one is at ${address}`);
      },
      message(_, { view, offset, length }) {
        if (length !== 8) return;
        others[0] = view.getFloat32(offset, true);
        others[1] = view.getFloat32(offset + 4, true);
      },
      close: (_, { text, by }) => by !== "local" && end(`the other one has left: ${text}`),
    },
  });
}

function end(why: string): void {
  console.log(why);
  ending.abort();
}

const speed = room === "" ? 1 : -1;
await net.run({
  hz: 60,
  signals: true,
  signal: ending.signal,
  tick({ number, time, stop }) {
    position.set([Math.cos(time * speed), Math.sin(time * speed)]);
    if (other?.isOpen !== true) return;
    other.send(position, { reliable: false });
    if (number % 60 === 0) console.log(`you ${show(position)}  the other one ${show(others)}  ping ${other.ping} ms`);
    if (seconds > 0 && time >= seconds) stop();
  },
});
other?.close(1000, "that was all");
process.exitCode = hasMet ? 0 : 1;

function show([x = 0, y = 0]: Float32Array): string {
  return `${x.toFixed(2)} ${y.toFixed(2)}`;
}
