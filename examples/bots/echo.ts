/** The server that the load maker uses when it is told none: sends everything back. In a process of its own. */
import { listen } from "steam-sockets";

const server = listen({
  address: "127.0.0.1:0",
  limits: { connections: 8000 },
  socket: {
    message(connection, message) {
      const { reliable, length } = message;
      const at = length <= connection.slotBytes ? connection.take() : -1;
      if (at < 0) return;
      for (let i = 0; i < length; i++) connection.view.setUint8(at + i, message.view.getUint8(message.offset + i));
      connection.commit(length, { reliable });
    },
  },
});
console.log(server.address);
