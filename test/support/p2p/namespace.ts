/** A network of its own for processes whose connections take a real interface, as ICE never uses the loopback's. */
import type { Subprocess } from "bun";

/** Set to skip, with a word, the tests that need a namespace, where none can be made. */
export const WITHOUT_NAMESPACES_VARIABLE = "STEAM_SOCKETS_WITHOUT_NAMESPACES";

const isRoot = process.getuid?.() === 0;
const ready = "ready";

function oneInterface(address: string): string {
  return `ip link add here type veth peer name there
ip addr add ${address} dev here nodad
ip link set here up
ip link set there up`;
}

// Where `ip` and `nft` are, which not everybody's path has.
const path = 'PATH="$PATH:/usr/sbin:/sbin"';

// It lasts as long as its standard input.
function holding(setUp: string): string[] {
  return shell(`ip link set lo up\n${setUp}\necho ${ready}\nread -r end || true`);
}

function shell(script: string): string[] {
  return ["sh", "-ec", `${path}\n${script}`];
}

/** A network namespace. It is there until the block that holds it ends, or this process. */
export class Namespace implements AsyncDisposable {
  readonly #holder: Subprocess<"pipe", "pipe", "pipe">;

  private constructor(holder: Subprocess<"pipe", "pipe", "pipe">) {
    this.#holder = holder;
  }

  /**
   * Makes one with one interface, which leads nowhere.
   * @throws when that is not to be had here, with the reason in one line.
   */
  static async make(address = "10.9.9.1/24"): Promise<Namespace> {
    return await Namespace.#hold(["unshare", isRoot ? "-n" : "-rn", ...holding(oneInterface(address))]);
  }

  /** Makes one without interfaces. */
  static async makeEmpty(): Promise<Namespace> {
    return await Namespace.#hold(["unshare", isRoot ? "-n" : "-rn", ...holding("")]);
  }

  static async #hold(command: readonly string[]): Promise<Namespace> {
    let holder: Subprocess<"pipe", "pipe", "pipe">;
    try {
      holder = Bun.spawn([...command], { stdio: ["pipe", "pipe", "pipe"] });
    } catch (error) {
      throw new Error(refusal(String(error)), { cause: error });
    }
    for await (const text of holder.stdout.pipeThrough(new TextDecoderStream())) {
      if (text.startsWith(ready)) return new Namespace(holder);
    }
    throw new Error(refusal(await new Response(holder.stderr).text()));
  }

  /** Makes another one without interfaces, of the same user, so that {@link run} may join the two. */
  async another(): Promise<Namespace> {
    return await Namespace.#hold(this.command("unshare", "-n", ...holding("")));
  }

  /** The process that `ip link` names to mean this namespace. */
  get pid(): number {
    return this.#holder.pid;
  }

  /**
   * Runs a shell script in it.
   * @throws when one of its commands fails, with what that said.
   */
  async run(script: string): Promise<void> {
    const child = Bun.spawn(this.command(...shell(script)), { stdio: ["ignore", "ignore", "pipe"] });
    const [code, complaint] = await Promise.all([child.exited, new Response(child.stderr).text()]);
    if (code !== 0) throw new Error(refusal(complaint));
  }

  /** The command line that runs another one in it, as the same process. */
  command(...line: readonly string[]): string[] {
    const user = isRoot ? [] : ["--user", "--preserve-credentials"];
    return ["nsenter", "--target", String(this.#holder.pid), "--net", ...user, ...line];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    void this.#holder.stdin.end();
    await this.#holder.exited;
  }
}

/**
 * Why tests that need a namespace are skipped; undefined when they are not: one can be made, or nobody asked to do
 * without, and then they fail.
 */
export async function reasonToSkip(): Promise<string | undefined> {
  if ((process.env[WITHOUT_NAMESPACES_VARIABLE] ?? "") === "") return undefined;
  try {
    await using _ = await Namespace.make();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function refusal(why: string): string {
  const words = why.trim().replaceAll(/\s+/g, " ");
  return `No network namespace can be made (${words}); with ${WITHOUT_NAMESPACES_VARIABLE}=1 its tests are skipped`;
}
