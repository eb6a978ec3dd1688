/** Begins and ends all that there is of signaling services, in mid-traffic, and must then end by itself. */
import { connectRelay } from "../../lib/signaling/relay-client.ts";
import { startRelay } from "../../lib/signaling/relay-server.ts";
import { connectTrivialSignaling } from "../../lib/signaling/trivial-client.ts";
import { startTrivialSignaling } from "../../lib/signaling/trivial-server.ts";
import { Mailbox, RawTCP, RawWebSocket, signal } from "../support/signaling.ts";

const box = new Mailbox();
{
  await using relay = startRelay({ hostname: "127.0.0.1", trustClaims: true });
  using alice = connectRelay(box, relay.url, { identity: "str:alice" });
  using bob = connectRelay(box, relay.url, { identity: "str:bob" });
  const silent = await RawWebSocket.saying(relay.url);
  await Promise.all([alice.ready(), bob.ready()]);
  alice.send("str:bob", signal("hello"));
  alice.send("str:nobody", signal("hello"));
  await box.got(1);
  console.log(`waiting: ${relay.stats.waiting}, ${silent.socket.readyState}`);
}
{
  await using server = startTrivialSignaling({ port: 0 });
  using alice = connectTrivialSignaling(box, server.address, { identity: "str:alice" });
  using nowhere = connectTrivialSignaling(box, "127.0.0.1:1", { identity: "str:bob" });
  await alice.ready();
  alice.send("str:alice", signal("hello"));
  nowhere.send("str:alice", signal("hello"));
  await box.got(2);
  await RawTCP.to(server.address);
}
console.log("over");
