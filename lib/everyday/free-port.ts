/** Waiting for a port that the library is about to give back. */

const mostMilliseconds = 500;

/** Waits until the UDP port of an address can be had, or for half a second. */
export async function portIsFree(address: string): Promise<void> {
  const at = address.lastIndexOf(":");
  const hostname = address.slice(0, at).replace(/^\[|\]$/g, "");
  const port = Number(address.slice(at + 1));
  const end = performance.now() + mostMilliseconds;
  while (performance.now() < end) {
    try {
      (await Bun.udpSocket({ hostname, port })).close();
      return;
    } catch {
      await Bun.sleep(1);
    }
  }
}
