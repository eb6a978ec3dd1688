import { listen } from "steam-sockets";

let newest = 0;
const server = listen({
  address: Bun.argv[2] ?? ":27015",
  data: () => ({ id: ++newest, x: 0, y: 0, right: 0, down: 0 }), // a player, kept as connection.data
  socket: {
    open: ({ data, address }) => console.log(`player ${data.id} came from ${address}`),
    message({ data: player }, { view, offset, length }) {
      if (length !== 2) return;
      [player.right, player.down] = [view.getInt8(offset), view.getInt8(offset + 1)];
    },
    close: ({ data }, { text }) => console.log(`player ${data.id} left: ${text}`),
  },
});

console.log(`listening at ${server.address}`);
await server.net.run({
  hz: 128,
  signals: true, // Ctrl-C ends it
  tick({ delta }) {
    for (const { data: player } of server) {
      player.x += player.right * delta;
      player.y += player.down * delta;
    }
    server.broadcast(JSON.stringify(Array.from(server, ({ data }) => data)), { reliable: false });
  },
});
await server.stop();
