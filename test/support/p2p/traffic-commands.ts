/** What a player can be told of a connection's traffic; see player-script.ts. */
import { Inbox, MessagePool, Outbox, SendFlags, type ConnectionHandle, type Networking } from "../../../lib/index.ts";
import { Parcels, writeParcel } from "../parcel.ts";
import { pumpUntil } from "../pump.ts";
import { unacknowledged } from "../unacknowledged.ts";

/** The commands, of the network that is open when one is given. */
export function trafficCommands(net: () => Networking) {
  return {
    /** What the library has to say of a connection. */
    detailedStatus: (connection: ConnectionHandle) => net().sockets.getDetailedConnectionStatus(connection).buffer,
    /** Broadcasts parcels out of a pool. */
    broadcast: async (connections: readonly ConnectionHandle[], sender: number, count: number) => {
      using pool = new MessagePool({ slots: 64, slotBytes: 1200 });
      using outbox = new Outbox(pool, { messages: 64 * connections.length });
      let sent = 0;
      await pumpUntil(net(), "all parcels had arrived", () => {
        for (let slot = -1; sent < count && (slot = pool.take()) >= 0; sent++) {
          const length = writeParcel(pool, slot, { sender, number: sent });
          outbox.broadcast(connections, slot, length, SendFlags.Reliable);
        }
        net().sockets.sendMessages(outbox);
        for (let index = 0; index < outbox.count; index++) {
          if (outbox.result(index) <= 0) throw new Error(`A parcel was not sent: ${outbox.result(index)}`);
        }
        outbox.clear();
        return sent === count && connections.every((connection) => unacknowledged(net(), connection) === 0);
      });
    },
    /** Takes parcels of connections together, by an inbox. Answers what came of each sender: the numbers, in order. */
    takeParcels: async (connections: readonly ConnectionHandle[], count: number) => {
      const group = net().sockets.createPollGroup();
      for (const connection of connections) net().sockets.setConnectionPollGroup(connection, group);
      using inbox = new Inbox({ messages: 64 });
      const parcels = new Parcels();
      let received = 0;
      await pumpUntil(net(), "all parcels had come", () => {
        const some = net().sockets.receiveMessagesOnPollGroup(group, inbox);
        for (let index = 0; index < some; index++) parcels.add(inbox.bytes(index));
        received += some;
        return received >= count;
      });
      net().sockets.destroyPollGroup(group);
      const senders = Array.from(connections, (_, sender) => sender).concat(connections.length);
      return { received, wrong: parcels.wrong, numbers: senders.map((sender) => parcels.of(sender)) };
    },
    /** Sends a bulk transfer on one lane and, in the same call, a few words on another. */
    sendBehindBulk: (connection: ConnectionHandle, priorities: readonly number[], bulk: number, words: string) => {
      net().sockets.configureConnectionLanes(connection, 2, priorities);
      const flags = SendFlags.ReliableNoNagle;
      const messages = Array.from({ length: bulk }, () => ({ connection, data: new Uint8Array(1024), flags, lane: 0 }));
      net().sockets.sendMessages([...messages, { connection, data: words, flags, lane: 1 }]);
    },
  };
}
