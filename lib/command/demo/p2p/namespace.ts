/**
 * A network interface for ICE, which never uses loopback: that of the machine or, where it has none, one in a network
 * namespace (Linux), which leads nowhere.
 */
import { networkInterfaces } from "node:os";

const isRoot = process.getuid?.() === 0;
// What is to be run follows as its arguments.
const setUp = `set -e
ip link set lo up
ip link add here type veth peer name there
ip addr add 10.9.9.1/24 dev here
ip link set here up
ip link set there up
exec "$@"`;

/** Whether this machine has a network interface other than loopback, with an address. */
export function hasInterface(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal));
}

/** The command line that runs another one in a namespace of its own. */
export function inNamespace(...line: readonly string[]): string[] {
  return ["unshare", isRoot ? "-n" : "-rn", "sh", "-c", setUp, "sh", ...line];
}

/** Why no namespace can be made here; undefined when one can. */
export async function reasonAgainstNamespace(): Promise<string | undefined> {
  try {
    const trial = Bun.spawn(inNamespace("true"), { stdio: ["ignore", "ignore", "pipe"] });
    const [errors, code] = await Promise.all([trial.stderr.text(), trial.exited]);
    return code === 0 ? undefined : errors.trim().replaceAll(/\s+/g, " ");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
