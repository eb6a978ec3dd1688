/** The authentication suite: a server or its clients, with certificates or without. */
import { openNetworking, type Connection, type Networking, type Server } from "../../lib/index.ts";
import { cpuTime, now } from "./clock.ts";
import { config } from "./config.ts";
import { numberOf, obey } from "./obey.ts";
import { percentile } from "./percentile.ts";

const unreliable = { reliable: false };
const [, , identity = "str:server", root = ""] = process.argv;
const isCertified = root !== "";
const net: Networking = openNetworking({
  identity,
  config,
  ...(isCertified ? { certificates: { roots: root } } : {}),
});
const demands = isCertified ? { requireAuthentication: true, expect: "str:server" } : {};
let server: Server | undefined;
let clients: Connection[] = [];
let received = 0;
const socket = { message: () => void received++ };

await obey({
  request: () => ({ request: Buffer.from(net.sockets.getCertificateRequest().certificate).toString("base64") }),
  certify(command) {
    const { success, errorMessage } = net.sockets.setCertificate(String(command["certificate"]));
    if (!success) throw new Error(errorMessage);
    return { done: true };
  },
  listen(command) {
    const address = `127.0.0.1:${numberOf(command, "port")}`;
    server = net.listen({ address, socket, requireAuthentication: isCertified });
    return { done: true };
  },
  async gather(command) {
    while (server?.connections !== numberOf(command, "connections")) await Bun.sleep(1);
    return { done: true };
  },
  async connect(command) {
    const address = `127.0.0.1:${numberOf(command, "port")}`;
    const connections = numberOf(command, "connections");
    const begin = now();
    clients = await Promise.all(
      Array.from({ length: connections }, () => net.connect(address, { ...demands, socket, timeout: 30_000 })),
    );
    return { elapsed: now() - begin };
  },
  disconnect() {
    for (const connection of [...clients, ...(server ?? [])]) connection.close();
    clients = [];
    return { done: true };
  },
  async serve(command) {
    const bytes = new Uint8Array(numberOf(command, "bytes"));
    const hz = numberOf(command, "hz");
    const ticks = Math.trunc((numberOf(command, "milliseconds") * hz) / 1000);
    const lateness: number[] = [];
    let sent = 0;
    received = 0;
    const cpu = cpuTime();
    await net.run({
      hz,
      overrun: "catch-up",
      tick(frame) {
        lateness.push(frame.lateness);
        sent += server?.broadcast(bytes, unreliable) ?? 0;
        if (lateness.length >= ticks) frame.stop();
      },
    });
    const figures = { p99: percentile(lateness, 0.99), ticks: lateness.length, cpu: cpuTime() - cpu };
    return { ...figures, sent, received };
  },
  async play(command) {
    const bytes = new Uint8Array(numberOf(command, "bytes"));
    const hz = numberOf(command, "hz");
    const ticks = Math.trunc((numberOf(command, "milliseconds") * hz) / 1000);
    let sent = 0;
    received = 0;
    await net.run({
      hz,
      overrun: "catch-up",
      tick(frame) {
        for (const client of clients) if (client.send(bytes, unreliable) === 1) sent++;
        if (frame.number >= ticks) frame.stop();
      },
    });
    await Bun.sleep(60);
    return { sent, received };
  },
});
