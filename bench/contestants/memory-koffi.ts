/**
 * The memory suite over koffi, called the way steamworks-ffi-node does it: a call to send each message, a pointer array
 * to receive a batch, and for each message its struct and its payload decoded and copied, and a call to release it.
 * It is koffi 2, which that package asks for; koffi 3 does the same about 1.5 times as fast.
 */
import koffi from "koffi";
import { numberOf, obey } from "./obey.ts";
import { readEnds, readLines, writeEnds, writeLines } from "./payload.ts";

const structBytes = 216;
const bytesAt = 8;
const connectionAt = 12;
const userDataAt = 152;
const timeReceivedAt = 160;
const messageNumberAt = 168;
const channelAt = 192;
const flagsAt = 196;
const messagesPerLook = 1024;
const reliable = 8;

const library = koffi.load(process.env["STEAM_SOCKETS_LIBRARY"] ?? "");
const init = library.func("bool GameNetworkingSockets_Init(void *identity, void *error)");
const accessor = library.func("void *SteamAPI_SteamNetworkingSockets_v009()");
const createPair = library.func(
  "bool SteamAPI_ISteamNetworkingSockets_CreateSocketPair(void *self, void *one, void *two, bool loopback, void *a, void *b)",
);
const send = library.func(
  "int SteamAPI_ISteamNetworkingSockets_SendMessageToConnection(void *self, uint32_t connection, void *data, uint32_t bytes, int flags, void *number)",
);
const receive = library.func(
  "int SteamAPI_ISteamNetworkingSockets_ReceiveMessagesOnConnection(void *self, uint32_t connection, void *messages, int most)",
);
const release = library.func("void SteamAPI_SteamNetworkingMessage_t_Release(void *message)");

if (!init(null, Buffer.alloc(1024))) throw new Error("The library did not start");
const self = accessor();
const pair = [Buffer.alloc(4), Buffer.alloc(4)] as const;
createPair(self, pair[0], pair[1], false, null, null);
const from = pair[0].readUInt32LE();
const to = pair[1].readUInt32LE();

/** What steamworks-ffi-node makes of a message. */
function parse(message: unknown) {
  const header = Buffer.from(koffi.decode(message, koffi.array("uint8_t", structBytes)));
  const size = header.readInt32LE(bytesAt);
  const payload = koffi.decode(message, "void *");
  const data = Buffer.from(koffi.decode(payload, koffi.array("uint8_t", size)));
  release(message);
  return {
    data,
    size,
    connection: header.readUInt32LE(connectionAt),
    userData: header.readBigInt64LE(userDataAt),
    timeReceived: header.readBigInt64LE(timeReceivedAt),
    messageNumber: header.readBigInt64LE(messageNumberAt),
    channel: header.readInt32LE(channelAt),
    flags: header.readInt32LE(flagsAt),
  };
}

function receiveUpTo(most: number) {
  // A new array for each batch, as there; that one is never given back.
  const pointers = koffi.alloc("void *", most);
  const count: number = receive(self, to, pointers, most);
  if (count <= 0) throw new Error("Fewer messages came than were sent");
  const messages: unknown[] = koffi.decode(pointers, koffi.array("void *", count));
  koffi.free(pointers);
  return messages.map(parse);
}

await obey({
  memory(command) {
    const bytes = numberOf(command, "bytes");
    const batch = numberOf(command, "batch");
    const [write, read] = command["touch"] === "touched" ? [writeLines, readLines] : [writeEnds, readEnds];
    const flags = command["reliable"] === true ? reliable : 0;
    const nanoseconds = numberOf(command, "milliseconds") * 1e6;
    const payload = Buffer.alloc(bytes);
    const view = new DataView(payload.buffer, payload.byteOffset, bytes);
    let [number, messages, wrote, found] = [0, 0, 0, 0];
    const start = Bun.nanoseconds();
    let passed = 0;
    for (; passed < nanoseconds; passed = Bun.nanoseconds() - start) {
      for (let turn = 0; turn < messagesPerLook / 16 / batch; turn++) {
        for (let i = 0; i < batch; i++) {
          wrote = (wrote + write(view, 0, bytes, number++)) | 0;
          const messageNumber = new BigInt64Array(1);
          const result: number = send(self, from, payload, bytes, flags, messageNumber);
          if (result !== 1) throw new Error(`A message was not sent: result ${result}`);
        }
        for (let left = batch; left > 0;) {
          const received = receiveUpTo(batch);
          for (const { data, size } of received) {
            found = (found + read(new DataView(data.buffer, data.byteOffset, size), 0, size)) | 0;
          }
          left -= received.length;
          messages += received.length;
        }
      }
    }
    if (wrote !== found) throw new Error("Other bytes came than were sent");
    return { messages, nanoseconds: passed };
  },
});
