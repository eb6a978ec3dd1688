/**
 * Poll groups.
 *
 * - A group receives the messages of its 64 connections from another process; each message knows its connection and
 *   user data, and those of one connection come in order.
 * - At most as many come as were asked for; the rest comes with the next call.
 * - A connection that is moved takes along what it has received, and is in one group only. NET_POLL_GROUP_INVALID takes
 *   it out.
 * - A message that waits has the user data that was set last.
 * - A group that is destroyed leaves its connections alive, with what they have received.
 */
import { describe, expect, test } from "bun:test";
import {
  ConnectionState,
  HandleError,
  NET_POLL_GROUP_INVALID,
  SendFlags,
  type ConnectionHandle,
  type Networking,
  type PollGroupHandle,
  type ReceivedMessage,
} from "../lib/index.ts";
import type * as fleet from "./peers/fleet.ts";
import { Peer } from "./support/peer.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpUntil } from "./support/pump.ts";
import { shows } from "./support/shows.ts";
import { connectOverUDP } from "./support/udp-pair.ts";
import { unacknowledged } from "./support/unacknowledged.ts";

const decoder = new TextDecoder();

function textOf({ payload }: ReceivedMessage): string {
  return decoder.decode(payload);
}

test("each message of 64 connections knows its connection and user data", async () => {
  const connections = 64;
  const answers = 20;
  using net = openNetworking();
  const group = net.sockets.createPollGroup();
  const listenSocket = net.sockets.createListenSocketIP("127.0.0.1:0");
  const userData = new Map<ConnectionHandle, number>();
  net.on("connectionStatusChanged", ({ connectHandle, connection: { connectionState } }) => {
    if (connectionState === ConnectionState.Connecting) {
      net.sockets.acceptConnection(connectHandle);
      expect(net.sockets.setConnectionPollGroup(connectHandle, group)).toBe(true);
      userData.set(connectHandle, 5000 + userData.size);
      expect(net.sockets.setConnectionUserData(connectHandle, 5000 + userData.size - 1)).toBe(true);
    } else if (connectionState === ConnectionState.Connected) {
      net.sockets.sendMessageToConnection(connectHandle, `you are ${connectHandle}`, SendFlags.Reliable);
    }
  });

  await using peer = new Peer<fleet.Reports, fleet.Orders>("fleet");
  const address = net.sockets.getListenSocketAddress(listenSocket) ?? "";
  peer.order("connect", { address, connections, answers });
  const messages: ReceivedMessage[] = [];
  await pumpUntil(net, "all connections had answered", () => {
    messages.push(...net.sockets.receiveMessagesOnPollGroup(group));
    return messages.length >= connections * answers;
  });

  expect(messages).toHaveLength(connections * answers);
  expect(userData.size).toBe(connections);
  for (const message of messages) {
    expect(textOf(message)).toStartWith(`you are ${message.connection} `);
    expect(message.receiverUserData).toBe(userData.get(message.connection) ?? NaN);
  }
  const byConnection = Map.groupBy(messages, ({ connection }) => connection);
  expect([...byConnection.keys()].toSorted()).toEqual([...userData.keys()].toSorted());
  for (const [connection, ofConnection] of byConnection) {
    expect(ofConnection.map(textOf)).toEqual(
      Array.from({ length: answers }, (_, answer) => `you are ${connection} ${answer}`),
    );
    expect(ofConnection.map(({ messageNumber }) => messageNumber)).toEqual(
      Array.from({ length: answers }, (_, answer) => answer + 1),
    );
  }
  peer.order("end", null);
  expect(await peer.exit()).toBe(0);
});

describe("a connection in a group", () => {
  /** Both ends of a connection over UDP, and the group of the one that was accepted. */
  async function groupedPair(net: Networking) {
    const { client, server } = await connectOverUDP(net);
    const group = net.sockets.createPollGroup();
    expect(net.sockets.setConnectionPollGroup(server, group)).toBe(true);
    return { client, server, group };
  }

  /** Sends, and returns when the other end has everything. */
  async function deliver(net: Networking, client: ConnectionHandle, ...texts: string[]): Promise<void> {
    net.sockets.sendMessages(texts, client, SendFlags.ReliableNoNagle);
    await pumpUntil(net, "the messages were delivered", () => unacknowledged(net, client) === 0);
  }

  function receive(net: Networking, from: PollGroupHandle, maxMessages?: number): string[] {
    return net.sockets.receiveMessagesOnPollGroup(from, maxMessages).map(textOf);
  }

  test("gives as many messages as were asked for, and the rest the next time", async () => {
    using net = openNetworking();
    const { client, group } = await groupedPair(net);
    await deliver(net, client, "a", "b", "c", "d", "e");
    expect(receive(net, group, 0)).toEqual([]);
    expect(receive(net, group, 2)).toEqual(["a", "b"]);
    expect(receive(net, group, 1)).toEqual(["c"]);
    expect(receive(net, group)).toEqual(["d", "e"]);
    expect(receive(net, group)).toEqual([]);
  });

  test("takes what it has received along into another group", async () => {
    using net = openNetworking();
    const { client, server, group } = await groupedPair(net);
    const other = net.sockets.createPollGroup();
    expect(other).not.toBe(group);
    await deliver(net, client, "a", "b");
    expect(net.sockets.setConnectionPollGroup(server, other)).toBe(true);
    expect(receive(net, group)).toEqual([]);
    expect(receive(net, other)).toEqual(["a", "b"]);
    await deliver(net, client, "c");
    expect(receive(net, group)).toEqual([]);
    expect(receive(net, other)).toEqual(["c"]);
    shows("gns", "createPollGroup", "setConnectionPollGroup", "receiveMessagesOnPollGroup");
  });

  test("is in none after NET_POLL_GROUP_INVALID, and in one again when it is put back", async () => {
    using net = openNetworking();
    const { client, server, group } = await groupedPair(net);
    await deliver(net, client, "a");
    expect(net.sockets.setConnectionPollGroup(server, NET_POLL_GROUP_INVALID)).toBe(true);
    await deliver(net, client, "b");
    expect(receive(net, group)).toEqual([]);
    expect(net.sockets.setConnectionPollGroup(server, group)).toBe(true);
    expect(receive(net, group)).toEqual(["a", "b"]);
    expect(net.sockets.setConnectionPollGroup(server, NET_POLL_GROUP_INVALID)).toBe(true);
    await deliver(net, client, "c");
    expect(net.sockets.receiveMessagesOnConnection(server).map(textOf)).toEqual(["c"]);
  });

  test("can be asked for its own messages as well, and gives each one once", async () => {
    using net = openNetworking();
    const { client, server, group } = await groupedPair(net);
    await deliver(net, client, "a", "b");
    expect(net.sockets.receiveMessagesOnConnection(server, 1).map(textOf)).toEqual(["a"]);
    expect(receive(net, group)).toEqual(["b"]);
    expect(net.sockets.receiveMessagesOnConnection(server)).toEqual([]);
  });

  test("gives waiting messages the user data that was set last", async () => {
    using net = openNetworking();
    const { client, server, group } = await groupedPair(net);
    await deliver(net, client, "a");
    net.sockets.setConnectionUserData(server, 1);
    await deliver(net, client, "b");
    net.sockets.setConnectionUserData(server, 2);
    const messages = net.sockets.receiveMessagesOnPollGroup(group);
    expect(messages.map(({ receiverUserData }) => receiverUserData)).toEqual([2, 2]);
    shows("gns", "setConnectionUserData");
  });

  test("that is destroyed lives on with what it has received", async () => {
    using net = openNetworking();
    const { client, server, group } = await groupedPair(net);
    await deliver(net, client, "a");
    expect(net.sockets.destroyPollGroup(group)).toBe(true);
    expect(net.sockets.getConnectionInfo(server)?.connectionState).toBe(ConnectionState.Connected);
    await deliver(net, client, "b");
    expect(net.sockets.receiveMessagesOnConnection(server).map(textOf)).toEqual(["a", "b"]);
    expect(net.sockets.destroyPollGroup(group)).toBe(false);
    expect(net.sockets.setConnectionPollGroup(server, group)).toBe(false);
    expect(() => net.sockets.receiveMessagesOnPollGroup(group)).toThrow(HandleError);
    shows("gns", "destroyPollGroup");
  });

  test("leaves the group when it is closed", async () => {
    using net = openNetworking();
    const { client, server, group } = await groupedPair(net);
    await deliver(net, client, "a");
    net.sockets.closeConnection(server);
    expect(receive(net, group)).toEqual([]);
    expect(net.sockets.setConnectionPollGroup(server, group)).toBe(false);
  });
});
