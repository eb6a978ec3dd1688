/** A server that lets only those in who have a certificate of the test's authority, sends back what they say, and counts. */
import { Parent } from "../support/parent.ts";
import { openNetworking } from "../support/poll-mode.ts";
import { pumpUntil } from "../support/pump.ts";

export interface Orders {
  /** The authority's root, in base64. */
  listen: { readonly root: string };
  certificate: { readonly certificate: string };
  /** Tell who is here as soon as there are so many. */
  count: { readonly connections: number };
  end: null;
}

export interface Reports {
  request: { readonly request: string };
  listening: { readonly address: string };
  here: { readonly identities: readonly string[]; readonly opened: number };
}

const name = "str:gatekeeper";
using parent = new Parent<Orders, Reports>();
const { root } = await parent.order("listen");
using net = openNetworking({ identity: name, certificates: { roots: Buffer.from(root, "base64") } });
parent.report("request", { request: Buffer.from(net.sockets.getCertificateRequest().certificate).toString("base64") });
const { certificate } = await parent.order("certificate");
const { success, errorMessage } = net.sockets.setCertificate(Buffer.from(certificate, "base64"));
if (!success) throw new Error(errorMessage);
let opened = 0;
const server = net.listen({
  address: "127.0.0.1:0",
  requireAuthentication: true,
  socket: {
    open: () => opened++,
    message: (connection, message) => connection.send(message.bytes()),
  },
});
parent.report("listening", { address: server.address });
while (!parent.hasOrdered("end")) {
  await pumpUntil(net, "the test ordered something", () => {
    net.pump();
    return parent.hasOrdered("count") || parent.hasOrdered("end");
  });
  if (!parent.hasOrdered("count")) continue;
  const { connections } = await parent.order("count");
  await pumpUntil(net, `${connections} were here`, () => {
    net.pump();
    return server.connections === connections;
  });
  parent.report("here", { identities: Array.from(server, ({ identity }) => identity), opened });
}
