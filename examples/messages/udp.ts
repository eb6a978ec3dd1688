/** Who is there? Over plain UDP: `bun udp.ts OWN PEER...`, each an address such as 127.0.0.1:5001. */
const [own = "127.0.0.1:5001", ...peers] = Bun.argv.slice(2);
const hostAndPort = (address: string): [string, number] => {
  const at = address.lastIndexOf(":");
  return [address.slice(0, at), Number(address.slice(at + 1))];
};

const heard = new Map<string, number>();
const [hostname, port] = hostAndPort(own);
const socket = await Bun.udpSocket({
  hostname,
  port,
  socket: {
    data(_, payload, port, address) {
      hear(`${address}:${port}`, payload.toString());
    },
    error() {}, // nobody is there yet, or any more
  },
});

for (let tick = 1; ; tick++) {
  for (const peer of peers) {
    const [host, port] = hostAndPort(peer);
    socket.send(`tick ${tick}`, port, host);
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
