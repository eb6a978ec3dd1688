/** The world on the network: takes inputs, and tells each client what there is. */
import type { Connection, Message, Networking, Server } from "steam-sockets";
import { ByteReader, ByteWriter } from "../shared/bytes.ts";
import { readGreeting, type ArenaEvent, type PlayerCard, type Welcome } from "../shared/events.ts";
import { History } from "../shared/history.ts";
import { readInputs } from "../shared/inputs.ts";
import { mostPlayers, type Positions } from "../shared/positions.ts";
import { move } from "../shared/rules.ts";
import { baselineFor, writeSnapshot } from "../shared/snapshot.ts";
import { InputQueue } from "./input-queue.ts";
import { World, type Player } from "./world.ts";

/** What a connection has once it has said its name. */
interface Participant {
  readonly player: Player;
  readonly inputs: InputQueue;
  /** The latest snapshot that it has. */
  acknowledged: number;
}

/** What was sent so far. */
export interface Traffic {
  snapshots: number;
  /** How many of them were full ones. */
  full: number;
  bytes: number;
}

const nonsense = 2000;
const full = 2001;

/** An arena that listens. Call {@link tick} at the arena's rate. */
export class Arena {
  readonly server: Server<Participant | undefined>;
  readonly history = new History();
  readonly traffic: Traffic = { snapshots: 0, full: 0, bytes: 0 };
  readonly #world = new World();
  readonly #listener: (event: ArenaEvent) => void;
  readonly #reader = new ByteReader();
  readonly #writer = new ByteWriter();
  #tick = 0;

  /** @param listener is told what all clients are told. */
  constructor(net: Networking, address: string, listener: (event: ArenaEvent) => void = () => {}) {
    this.#listener = listener;
    this.server = net.listen<Participant | undefined>({
      address,
      idle: 10,
      limits: { connections: mostPlayers },
      socket: {
        message: (connection, message) => {
          // What comes once is reliable, what comes at each tick is not: that tells them apart.
          if (message.reliable) this.#greet(connection, readGreeting(message.text()));
          else this.#obey(connection.data, message);
        },
        close: ({ data }) => {
          if (data === undefined) return;
          this.#world.leave(data.player);
          this.#tell({ type: "left", id: data.player.id });
        },
        error: (connection, error) => {
          console.error(`${connection.address} is put out:`, error);
          connection.close(nonsense, "that made no sense");
        },
      },
    });
  }

  /** Who plays. */
  get players(): readonly PlayerCard[] {
    return this.#world.players.map(({ id, name, score }) => ({ id, name, score }));
  }

  /** Where everything is. */
  get positions(): Positions {
    return this.history.at(this.#tick)!;
  }

  /** @param ticks how many have passed in time: more than one when the server was late. */
  tick(ticks: number): void {
    for (const { data } of this.server) {
      if (data === undefined) continue;
      data.inputs.pass(ticks);
      for (let next = data.inputs.take(); next !== undefined; next = data.inputs.take()) move(data.player, next);
    }
    for (const { id, score } of this.#world.step()) this.#tell({ type: "scored", id, score });
    this.#world.write(this.history.room(++this.#tick));
    this.history.keep(this.#tick);
    for (const connection of this.server) this.#sendSnapshot(connection);
  }

  #greet(connection: Connection<Participant | undefined>, name: string): void {
    if (connection.data !== undefined) throw new TypeError("Somebody greets twice");
    const player = this.#world.join(name);
    if (player === undefined) return connection.close(full, "the arena is full");
    connection.data = { player, inputs: new InputQueue(), acknowledged: 0 };
    const welcome: Welcome = { type: "welcome", id: player.id, players: this.players };
    connection.send(JSON.stringify(welcome));
    this.#tell({ type: "joined", id: player.id, name, score: 0 });
  }

  #obey(participant: Participant | undefined, { view, offset, length }: Message): void {
    if (participant === undefined) return;
    const inputs = readInputs(this.#reader.begin(view, offset, length));
    participant.acknowledged = Math.max(participant.acknowledged, inputs.acknowledged);
    participant.inputs.add(inputs);
  }

  #sendSnapshot(connection: Connection<Participant | undefined>): void {
    if (connection.data === undefined) return;
    const at = connection.take();
    // No room: this client goes without this tick.
    if (at < 0) return;
    const { player, inputs, acknowledged } = connection.data;
    const { velocityX, velocityY } = player;
    const [tick, obeyed] = [this.#tick, inputs.obeyed];
    const baseline = baselineFor(tick, acknowledged, this.history);
    const writer = this.#writer.begin(connection.view, at);
    writeSnapshot(writer, { tick, baseline, obeyed, velocityX, velocityY }, this.history);
    connection.commit(writer.length, { reliable: false });
    this.traffic.snapshots++;
    this.traffic.bytes += writer.length;
    if (baseline === 0) this.traffic.full++;
  }

  #tell(event: ArenaEvent): void {
    this.server.broadcast(JSON.stringify(event));
    this.#listener(event);
  }
}
