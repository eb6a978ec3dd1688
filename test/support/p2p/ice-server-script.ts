/** The process of a server; see ice-server.ts. */
import { createHash, randomBytes } from "node:crypto";
import type { IceServerCounts, IceServerOptions } from "./ice-server.ts";
import {
  Attribute,
  errorBytes,
  failure,
  Kind,
  numberBytes,
  placeBytes,
  placeOf,
  StunMessage,
  stunMessage,
  success,
  type Field,
  type Place,
} from "./stun-message.ts";

const [placeText = "", optionsText = "{}"] = process.argv.slice(2);
const place = JSON.parse(placeText) as Place;
const { users, lifetime = 600, permission = 300 } = JSON.parse(optionsText) as IceServerOptions;

const realm = "steam-sockets";
const nonce = randomBytes(8).toString("hex");
const udp = 17;

const counts = {
  bindings: 0,
  challenges: 0,
  refused: 0,
  allocations: 0,
  refreshes: 0,
  permissions: 0,
  expired: 0,
  relayedOut: 0,
  relayedIn: 0,
  notPermitted: 0,
} satisfies IceServerCounts;

/** What a client has: an address here, of which it sends and receives. */
interface Allocation {
  readonly client: Place;
  readonly key: Uint8Array;
  readonly relay: Bun.udp.Socket<"buffer">;
  /** Of whom it hears, and until when. */
  readonly permitted: Map<string, number>;
  /** The request that made it, which may come again. */
  readonly transaction: string;
  end: number;
}

const allocations = new Map<string, Allocation>();

const socket = await Bun.udpSocket({
  ...place,
  socket: {
    data: async (_, data, port, hostname) => {
      const message = StunMessage.read(data);
      if (message !== undefined) await answer(message, { hostname, port });
    },
  },
});

async function answer(message: StunMessage, client: Place): Promise<void> {
  const reply = (fields: readonly Field[], kind: number = success, key?: Uint8Array) =>
    send(client, stunMessage(message.kind + kind, message.transaction, fields, key));
  if (message.kind === Kind.Binding) {
    counts.bindings++;
    return reply([[Attribute.MappedAddress, placeBytes(client)]]);
  }
  // A server for STUN only does not know what else there is.
  if (users === undefined) return;
  const allocation = allocations.get(nameOf(client));
  if (message.kind === Kind.SendIndication) return relayOut(message, allocation);
  const refuse = (code: number, words: string, ...fields: readonly Field[]) => {
    reply([[Attribute.Error, errorBytes(code, words)], ...fields], failure);
  };
  const challenge: Field[] = [
    [Attribute.Realm, Buffer.from(realm)],
    [Attribute.Nonce, Buffer.from(nonce)],
  ];
  if (message.get(Attribute.Integrity) === undefined) {
    counts.challenges++;
    return refuse(401, "Unauthorized", ...challenge);
  }
  const user = message.text(Attribute.Username) ?? "";
  const password = users[user];
  const key = createHash("md5").update(`${user}:${realm}:${password}`).digest();
  if (password === undefined || message.text(Attribute.Realm) !== realm || !message.isBy(key)) {
    counts.refused++;
    return refuse(401, "Unauthorized", ...challenge);
  }
  if (message.text(Attribute.Nonce) !== nonce) return refuse(438, "Stale Nonce", ...challenge);
  const lives: Field = [Attribute.Lifetime, numberBytes(lifetime)];
  if (message.kind === Kind.Allocate) {
    const transaction = Buffer.from(message.transaction).toString("hex");
    if (allocation !== undefined && allocation.transaction !== transaction) return refuse(437, "Allocation Mismatch");
    if (message.get(Attribute.RequestedTransport)?.[0] !== udp) return refuse(442, "Unsupported Transport Protocol");
    const { relay } = allocation ?? (await allocate(client, key, transaction));
    const relayed: Field = [
      Attribute.RelayedAddress,
      placeBytes({ hostname: relay.address.address, port: relay.port }),
    ];
    return reply([relayed, [Attribute.MappedAddress, placeBytes(client)], lives], success, key);
  }
  if (allocation === undefined) return refuse(437, "Allocation Mismatch");
  if (message.kind === Kind.Refresh) {
    counts.refreshes++;
    allocation.end = Date.now() + 1000 * lifetime;
    return reply([lives], success, key);
  }
  if (message.kind !== Kind.CreatePermission) return refuse(400, "Bad Request");
  const peers = message.all(Attribute.PeerAddress).map(placeOf);
  for (const peer of peers) {
    if (peer === undefined) return refuse(400, "Bad Request");
    counts.permissions++;
    allocation.permitted.set(peer.hostname, Date.now() + 1000 * permission);
  }
  reply([], success, key);
}

async function allocate(client: Place, key: Uint8Array, transaction: string): Promise<Allocation> {
  counts.allocations++;
  const relay = await Bun.udpSocket({
    hostname: place.hostname,
    socket: {
      data: (_, data, port, hostname) => {
        if (!permits(allocation, hostname)) return;
        counts.relayedIn++;
        const from: Field = [Attribute.PeerAddress, placeBytes({ hostname, port })];
        send(client, stunMessage(Kind.DataIndication, randomBytes(12), [from, [Attribute.Data, data]]));
      },
    },
  });
  const allocation: Allocation = {
    client,
    key,
    relay,
    permitted: new Map(),
    transaction,
    end: Date.now() + 1000 * lifetime,
  };
  allocations.set(nameOf(client), allocation);
  return allocation;
}

function relayOut(message: StunMessage, allocation: Allocation | undefined): void {
  const data = message.get(Attribute.Data);
  const peer = placeOf(message.get(Attribute.PeerAddress) ?? new Uint8Array());
  if (allocation === undefined || data === undefined || peer === undefined) return;
  if (!permits(allocation, peer.hostname)) return;
  counts.relayedOut++;
  allocation.relay.send(data, peer.port, peer.hostname);
}

function permits({ permitted }: Allocation, hostname: string): boolean {
  if ((permitted.get(hostname) ?? 0) > Date.now()) return true;
  counts.notPermitted++;
  return false;
}

function send({ hostname, port }: Place, bytes: Uint8Array): void {
  socket.send(bytes, port, hostname);
}

function nameOf({ hostname, port }: Place): string {
  return `${hostname}:${port}`;
}

setInterval(() => {
  for (const [name, { end, relay }] of allocations) {
    if (end > Date.now()) continue;
    counts.expired++;
    relay.close();
    allocations.delete(name);
  }
}, 100);

process.on("message", () => process.send?.(counts));
process.on("disconnect", () => process.exit(0));
process.send?.(counts);
