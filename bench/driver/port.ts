/** UDP and TCP ports for what is measured. */

/** A port on loopback that nobody uses at this moment, in either protocol. */
export async function freePort(): Promise<number> {
  for (;;) {
    const socket = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
    const { port } = socket;
    socket.close();
    try {
      Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }).stop(true);
      return port;
    } catch {
      // Taken in the other protocol.
    }
  }
}
