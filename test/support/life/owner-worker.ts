/** A Worker that opens a network, makes a pool, and sends parcels out of it while packets are lost, for ever. */
import { parentPort, workerData } from "node:worker_threads";
import { ConnectionState, MessagePool, Outbox, SendFlags } from "../../../lib/index.ts";
import { mostParcelBytes, writeParcel } from "../parcel.ts";
import { moment, openNetworking } from "../poll-mode.ts";
import { pumpUntil } from "../pump.ts";
import { stateOf } from "../state-of.ts";

/** Where it sends, and who it is in its parcels. */
export interface OwnerData {
  readonly address: string;
  readonly sender: number;
}

const { address, sender }: OwnerData = workerData;
const net = openNetworking();
const connection = net.sockets.connectByIPAddress(address);
await pumpUntil(net, "the connection stood", () => stateOf(net, connection) === ConnectionState.Connected);
net.utils.setConfigValue("FakePacketLoss_Send", 20);
const pool = new MessagePool({ slots: 64, slotBytes: mostParcelBytes });
const outbox = new Outbox(pool);
let number = 0;
let told = false;
for (;;) {
  net.runCallbacks();
  for (let slot = pool.take(); slot >= 0; slot = pool.take()) {
    outbox.push(connection, slot, writeParcel(pool, slot, { sender, number }), SendFlags.Reliable);
    number++;
  }
  const waiting = outbox.count;
  if (net.sockets.sendMessages(outbox) !== waiting) throw new Error("Something was refused");
  if (!told && number > pool.slots) {
    told = true;
    parentPort?.postMessage("under way");
  }
  await moment();
}
