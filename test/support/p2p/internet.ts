/** An internet of a test's own: homes behind routers that translate addresses, and a server that all of them reach. */
import { describe, test } from "bun:test";
import { startIceServer, type IceServerCounts, type IceServerOptions } from "./ice-server.ts";
import { Namespace, WITHOUT_NAMESPACES_VARIABLE } from "./namespace.ts";
import { Player } from "./player.ts";
import type { PlayerOptions } from "./player-script.ts";
import { Post } from "./post.ts";
import type { ScriptProcess } from "./script-process.ts";

/** What the router of a home does. */
export interface HomeOptions {
  /** The port outside of a socket inside: the same whomever it speaks to, as most routers have it, or one for each. */
  readonly ports?: "kept" | "random";
  /** Whom those inside may speak to: everybody, or only the server. */
  readonly reaches?: "everybody" | "server";
}

// What is reserved for documentation is a public address to the library.
const street = "203.0.113";
/** Where the server is. */
export const server = { hostname: `${street}.1`, port: 3478 } as const;
/** The same in one. */
export const serverAddress = `${server.hostname}:${server.port}`;

/** It is there until the block that holds it ends, with all homes, players and servers. */
export class Internet implements AsyncDisposable {
  readonly post = new Post();
  readonly #street: Namespace;
  readonly #all = new AsyncDisposableStack();
  #joined = 0;

  private constructor(namespace: Namespace) {
    this.#street = namespace;
    this.#all.use(namespace);
  }

  /** @throws when it is not to be had here, with the reason in one line. */
  static async make(): Promise<Internet> {
    const namespace = await Namespace.makeEmpty();
    try {
      await namespace.run(`${withoutIPv6}
ip link add name street type bridge
ip addr add ${server.hostname}/24 dev street
ip link set street up`);
      return new Internet(namespace);
    } catch (error) {
      await namespace[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A new home: 192.168.1.2 behind 203.0.113.11 is the first, 192.168.2.2 behind 203.0.113.12 the second, and so on. */
  async home({ ports = "kept", reaches = "everybody" }: HomeOptions = {}): Promise<Namespace> {
    const router = this.#all.use(await this.#street.another());
    const home = this.#all.use(await this.#street.another());
    const inside = `192.168.${await this.#join(router, "outside")}`;
    await router.run(`ip link add name inside type veth peer name here netns ${home.pid}
ip addr add ${inside}.1/24 dev inside
ip link set inside up
echo 1 > /proc/sys/net/ipv4/ip_forward
nft -f - <<'rules'
table ip router {
  chain input {
    type filter hook input priority filter; policy drop;
    iifname "inside" accept
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established accept
    iifname "inside" oifname "outside" ${reaches === "server" ? `ip daddr ${server.hostname} udp dport ${server.port} ` : ""}accept
  }
  chain outgoing {
    type nat hook postrouting priority srcnat;
    oifname "outside" masquerade ${ports === "random" ? "fully-random" : ""}
  }
}
rules`);
    await home.run(`${withoutIPv6}
ip addr add ${inside}.2/24 dev here
ip link set here up
ip route add default via ${inside}.1`);
    return home;
  }

  /** A new host with a public address: after the homes that there are, 203.0.113.11 and so on. */
  async host(): Promise<Namespace> {
    const host = this.#all.use(await this.#street.another());
    await this.#join(host, "here");
    return host;
  }

  /** The server. */
  async server(options: IceServerOptions = {}): Promise<ScriptProcess<IceServerCounts>> {
    return this.#all.use(await startIceServer(this.#street, server, options));
  }

  /** A new player at home. */
  async player(home: Namespace, name: string, options?: PlayerOptions): Promise<Player> {
    return this.#all.use(await Player.start(home, this.post, name, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#all.disposeAsync();
  }

  /** Gives a namespace an interface to the street. Answers its number there. */
  async #join(namespace: Namespace, name: string): Promise<number> {
    const number = ++this.#joined;
    await this.#street.run(`ip link add name door${number} type veth peer name ${name} netns ${namespace.pid}
ip link set door${number} master street up`);
    await namespace.run(`${withoutIPv6}
ip addr add ${street}.${10 + number}/24 dev ${name}
ip link set ${name} up`);
    return number;
  }
}

// Addresses of links lead past routers.
const withoutIPv6 = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6";

const reason = await reasonToSkip();

/** Describes what takes an internet. Where it is skipped, by {@link WITHOUT_NAMESPACES_VARIABLE}, a line tells why. */
export function describeOnInternet(what: string, tests: () => void): void {
  if (reason === undefined) return describe(what, tests);
  console.log(reason);
  describe(what, () => test.skip(reason, () => {}));
}

async function reasonToSkip(): Promise<string | undefined> {
  if ((process.env[WITHOUT_NAMESPACES_VARIABLE] ?? "") === "") return undefined;
  try {
    await using internet = await Internet.make();
    await internet.home();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
