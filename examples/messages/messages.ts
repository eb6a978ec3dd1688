/** Who is there? By NetworkingMessages: `bun messages.ts RELAY OWN PEER...`, identities such as str:alice. */
import { openNetworking, SendFlags } from "steam-sockets";
import { connectRelay } from "steam-sockets/signaling";

const [relay = "ws://127.0.0.1:8080", own = "str:alice", ...peers] = Bun.argv.slice(2);
const channel = 0;

const heard = new Map<string, number>();
using net = openNetworking({ identity: own });
const signaling = connectRelay(net.signaling, relay, { identity: own });
signaling.once("refused", ({ reason }) => console.log(`the relay refused us: ${reason}`));
net.messages.acceptSessions((who) => peers.includes(who));

for (let tick = 1; ; tick++) {
  for (const peer of peers) {
    net.messages.sendMessageToUser(
      peer,
      `tick ${tick}`,
      SendFlags.UnreliableNoDelay | SendFlags.AutoRestartBrokenSession,
      channel,
    );
  }
  net.runCallbacks();
  for (const { identity, payload } of net.messages.receiveMessagesOnChannel(channel)) {
    hear(identity, new TextDecoder().decode(payload));
  }
  lose();
  await Bun.sleep(50);
}

function hear(peer: string, text: string): void {
  if (!heard.has(peer)) console.log(`${peer} is there: ${text}`);
  heard.set(peer, performance.now());
}

function lose(): void {
  for (const [peer, at] of heard) {
    if (performance.now() - at < 2000) continue;
    console.log(`${peer} is gone`);
    heard.delete(peer);
  }
}
