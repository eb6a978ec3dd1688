import { connect } from "steam-sockets";

let players = "";
const server = await connect(Bun.argv[2] ?? "127.0.0.1:27015", {
  socket: {
    message: (_, message) => (players = message.text()),
    close: (_, { text }) => console.log(`the end: ${text}`),
  },
});

for (const [right, down] of [
  [100, 0],
  [0, 100],
] as const) {
  server.send(Int8Array.of(right, down));
  await Bun.sleep(1000);
  console.log(players);
}
server.close(1000, "that was all");
