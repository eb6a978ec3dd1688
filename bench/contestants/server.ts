/** A game server's network, ours: listens, gathers its players, knows each by its place. */
import { ConnectionState, openNetworking, type ConnectionHandle, type Networking } from "../../lib/index.ts";
import { config } from "./config.ts";
import { numberOf, type Deed } from "./obey.ts";

export const net: Networking = openNetworking({ config });
export const group = net.sockets.createPollGroup();
/** The players' connections; a connection's user data is its place in here. */
export const players: ConnectionHandle[] = [];
let connected = 0;

net.on("connectionStatusChanged", ({ connectHandle, connection: { connectionState } }) => {
  const { sockets } = net;
  if (connectionState === ConnectionState.Connecting) {
    sockets.setConnectionUserData(connectHandle, players.push(connectHandle) - 1);
    sockets.setConnectionPollGroup(connectHandle, group);
    sockets.acceptConnection(connectHandle);
  } else if (connectionState === ConnectionState.Connected) connected++;
  else throw new Error("A player was lost");
});

/** What every server does first. */
export const welcome: Readonly<Record<string, Deed>> = {
  listen(command) {
    net.sockets.createListenSocketIP(`127.0.0.1:${numberOf(command, "port")}`);
    return { done: true };
  },
  async gather(command) {
    for (; connected < numberOf(command, "connections"); await Bun.sleep(1)) net.runCallbacks();
    return { done: true };
  },
};
