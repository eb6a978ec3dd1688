/**
 * Views of large messages whose memory somebody transfers away:
 * - it stays readable for whoever has it, also when the Worker that received the message is terminated;
 * - it is told by the release, and costs no more than that memory: segments are counted down.
 */
import { expect, test } from "bun:test";
import { Inbox, NetworkingError, SendFlags } from "../lib/index.ts";
import { openNetworking } from "./support/poll-mode.ts";

test("outlive the Worker that gave them away", async () => {
  const worker = new Worker(new URL("./support/life/view-giver.ts", import.meta.url));
  const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>();
  worker.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
  const bytes = new Uint8Array(await promise);
  await worker.terminate();
  // The Worker's thread ends the network, after which this one can open it.
  let opened: unknown;
  for (let tries = 0; opened === undefined && tries < 200; tries++) {
    try {
      opened = openNetworking().close() ?? true;
    } catch {
      await Bun.sleep(10);
    }
  }
  expect(opened).toBe(true);
  expect(bytes.length).toBe(500_000);
  expect(bytes.every((byte) => byte === 7)).toBe(true);
});

test("are told by the release, and no longer counted as under way", () => {
  using net = openNetworking();
  const { sockets } = net;
  const { connection1, connection2 } = sockets.createSocketPair();
  using inbox = new Inbox();
  // More than a connection may have under way, were it not counted down.
  for (let round = 0; round < 120; round++) {
    const { result } = sockets.sendMessageToConnection(connection1, new Uint8Array(520_000), SendFlags.Reliable);
    expect(result).toBe(1);
    sockets.receiveMessagesOnConnection(connection2, inbox);
    const { buffer } = inbox.view(0);
    if (round % 60 > 0) continue;
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
    expect(() => inbox.release()).toThrow(NetworkingError);
  }
  inbox.release();
  expect(sockets.getUnacknowledgedSegments(connection1)).toBe(0);
});
