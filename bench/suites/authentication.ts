/** What certificates cost: at the handshake, at the authority, and afterwards. */
import { generateKeyPairSync, sign } from "node:crypto";
import { CertificateAuthority } from "../../lib/authority/index.ts";
import { openNetworking } from "../../lib/index.ts";
import { Contestant, type Command } from "../driver/contestant.ts";
import { freePort } from "../driver/port.ts";
import { ours, rowsOf, type Row } from "../driver/rows.ts";
import type { Bench } from "../driver/suite.ts";
import { takeTurns } from "../driver/turns.ts";
import type { Played } from "./arena.ts";

const rounds = 5;
const hz = 128;
const players = 200;
const issued = 200;

interface Served extends Played {
  readonly p99: number;
  readonly ticks: number;
  readonly cpu: number;
  /** Of the messages of both sides, in percent. */
  readonly came: number;
}

/** Starts a server or its clients. */
type Start = (name: string, identity: string) => Contestant;

/** A server and its clients, with certificates where there is an authority. */
class Party implements AsyncDisposable {
  readonly name: string;
  readonly #server: Contestant;
  readonly #clients: Contestant;
  #port = 0;

  private constructor(name: string, start: Start) {
    this.name = name;
    this.#server = start(name, "str:server");
    this.#clients = start(name, "str:clients");
  }

  static async open(name: string, start: Start, authority?: CertificateAuthority): Promise<Party> {
    const party = new Party(name, start);
    if (authority !== undefined) {
      await certify(party.#server, authority, "str:server");
      await certify(party.#clients, authority, "str:clients");
    }
    party.#port = await freePort();
    await party.#server.ask({ do: "listen", port: party.#port });
    return party;
  }

  /** Makes so many connections at once. Answers how many a second. */
  async connect(connections: number): Promise<number> {
    const [{ elapsed }] = await Promise.all([
      this.#clients.ask<{ elapsed: number }>({ do: "connect", port: this.#port, connections }),
      this.#server.ask({ do: "gather", connections }),
    ]);
    return connections / (elapsed / 1e9);
  }

  async disconnect(): Promise<void> {
    await this.#clients.ask({ do: "disconnect" });
    // Some of their farewells do not fit into the buffer of the server's socket, and it would wait for them in vain.
    await this.#server.ask({ do: "disconnect" });
    await this.#server.ask({ do: "gather", connections: 0 });
  }

  async play(milliseconds: number): Promise<Served> {
    const what: Command = { hz, milliseconds, bytes: 512, do: "serve" };
    const [served, played] = await Promise.all([
      this.#server.ask<Served>(what),
      this.#clients.ask<Played>({ ...what, bytes: 64, do: "play" }),
    ]);
    // Some are lost at a socket's full buffer while others have the processors: of both alike, or it tells.
    return { ...served, came: (100 * (served.received + played.received)) / (served.sent + played.sent) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#clients.kill();
    await this.#server.kill();
  }
}

async function certify(contestant: Contestant, authority: CertificateAuthority, identity: string): Promise<void> {
  const root = authority.certificate.toBase64();
  const { request } = await contestant.ask<{ request: string }>({ do: "request", identity, root });
  const certificate = await authority.issue(request, { identity });
  await contestant.ask({ do: "certify", certificate: certificate.toBase64() });
}

export async function* authentication({ library, native, quick, progress }: Bench): AsyncGenerator<Row[]> {
  const authority = await CertificateAuthority.create();
  const script =
    (root: string): Start =>
    (name, identity) =>
      Contestant.script(name, "authentication.ts", [identity, root], { STEAM_SOCKETS_LIBRARY: library });
  await using certified = await Party.open(ours, script(authority.certificate.toBase64()), authority);
  await using open = await Party.open("unauthenticated", script(""));
  const program: Start = (name) => Contestant.native(name, native);
  await using bare = await Party.open("native authenticated", program, authority);
  const parties = [certified, open];

  // More of them, and what they say at once does not fit into the buffer of the server's socket: who asks fastest has
  // to ask again most often, half a second later.
  for (const connections of quick ? [200] : [200, 1000]) {
    const rates = await takeTurns(
      [...parties, bare].map((party) => ({
        name: party.name,
        async measure() {
          progress(`authentication: connecting, ${party.name}`);
          const rate = await party.connect(connections);
          await party.disconnect();
          return rate;
        },
      })),
      rounds,
    );
    yield rowsOf("authentication", `${connections} connections made at once`, "connects/s", rates);
  }

  progress("authentication: issuing");
  yield rowsOf("authentication", "a certificate issued", "µs", await issue(authority));

  for (const party of parties) await party.connect(players);
  const milliseconds = quick ? 1500 : 8000;
  const served = new Map<string, Served[]>();
  await takeTurns(
    parties.map((party) => ({
      name: party.name,
      async measure() {
        progress(`authentication: ${hz} Hz with ${players} connections, ${party.name}`);
        const outcome = await party.play(milliseconds);
        served.set(party.name, [...(served.get(party.name) ?? []), outcome]);
        return outcome.cpu;
      },
    })),
    rounds,
    (variant) => variant.measure().then(() => served.clear()),
  );
  const name = `${hz} Hz, ${players} connections, 64 B in, 512 B out`;
  const rows = (what: string, unit: string, pick: (outcome: Served) => number) =>
    rowsOf("authentication", `${name}: ${what}`, unit, new Map([...served].map(([who, all]) => [who, all.map(pick)])));
  yield rows("CPU of the server", "ms/s", ({ cpu, ticks }) => cpu / 1e6 / (ticks / hz));
  yield rows("p99 lateness", "ms", ({ p99 }) => p99);
  yield rows("messages that came", "%", ({ came }) => came);
}

/** How long it takes to issue a certificate, beside the signature that it takes in any case. */
async function issue(authority: CertificateAuthority) {
  using net = openNetworking({ identity: "str:player" });
  const request = net.sockets.getCertificateRequest().certificate;
  const { privateKey } = generateKeyPairSync("ed25519");
  const microseconds = async (action: () => unknown) => {
    const begin = performance.now();
    for (let count = 0; count < issued; count++) await action();
    return ((performance.now() - begin) * 1000) / issued;
  };
  return await takeTurns(
    [
      { name: ours, measure: () => microseconds(() => authority.issue(request, { identity: "str:player" })) },
      { name: "bare signature", measure: () => microseconds(() => sign(null, request, privateKey)) },
    ],
    rounds,
  );
}
