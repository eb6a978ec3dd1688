/** A client of the arena, for a bot as for a person: what it knows, what it foresees, what it measures. */
import type { Connection, Message, Networking } from "steam-sockets";
import { ByteReader, ByteWriter } from "../shared/bytes.ts";
import { writeGreeting, type ArenaEvent, type PlayerCard, type Welcome } from "../shared/events.ts";
import { History } from "../shared/history.ts";
import { writeInputs } from "../shared/inputs.ts";
import { placeOf } from "../shared/positions.ts";
import type { Place, Steering } from "../shared/rules.ts";
import { readSnapshot } from "../shared/snapshot.ts";
import { Interpolation } from "./interpolation.ts";
import { Prediction } from "./prediction.ts";

/** What a client has counted. */
export interface Measures {
  bytesReceived: number;
  bytesSent: number;
  /** Snapshots that came in time. */
  snapshots: number;
  /** Snapshots that did not. */
  lost: number;
  /** How far off the predictions were, all together. */
  error: number;
  /** How far off the worst one was. */
  worstError: number;
}

/** A client. Call {@link tick} at the arena's rate. */
export class ArenaClient {
  readonly history = new History();
  readonly interpolation = new Interpolation(this.history);
  readonly players = new Map<number, PlayerCard>();
  readonly measures: Measures = { bytesReceived: 0, bytesSent: 0, snapshots: 0, lost: 0, error: 0, worstError: 0 };
  readonly #reader = new ByteReader();
  readonly #writer = new ByteWriter();
  #connection: Connection | undefined;
  #prediction: Prediction | undefined;
  #id: number | undefined;

  private constructor() {}

  /**
   * Connects and says its name.
   * @throws ConnectError when there is no arena.
   */
  static async join(net: Networking, address: string, name: string): Promise<ArenaClient> {
    const client = new ArenaClient();
    client.#connection = await net.connect(address, {
      socket: {
        message: (_, message) => {
          client.measures.bytesReceived += message.length;
          if (message.reliable) client.#hear(JSON.parse(message.text()));
          else client.#see(message);
        },
      },
    });
    client.#connection.send(writeGreeting(name));
    return client;
  }

  /** Whether the server is there. */
  get isOpen(): boolean {
    return this.#connection?.isOpen ?? false;
  }

  /** Its number, once it was welcomed. */
  get id(): number | undefined {
    return this.#id;
  }

  /** Where its own player is, as it foresees. */
  get place(): Place | undefined {
    return this.#prediction?.place;
  }

  /** The round trip in milliseconds. */
  get ping(): number {
    return this.#connection?.ping ?? -1;
  }

  /** One tick passes: obeys the steering here, and has the server obey it too. */
  tick(steering: Steering): void {
    this.interpolation.advance();
    if (this.#connection === undefined || this.#prediction === undefined) return;
    this.#prediction.obey(steering);
    const at = this.#connection.take();
    if (at < 0) return; // no room: the next message has this input, too
    const { first, pending } = this.#prediction;
    const writer = this.#writer.begin(this.#connection.view, at);
    writeInputs(writer, { acknowledged: this.history.newest, first, steerings: pending });
    this.#connection.commit(writer.length, { reliable: false });
    this.measures.bytesSent += writer.length;
  }

  /** Leaves. */
  leave(): void {
    this.#connection?.close(1000, "goodbye");
  }

  #hear(event: ArenaEvent | Welcome): void {
    if (event.type === "welcome") {
      this.#id = event.id;
      for (const player of event.players) this.players.set(player.id, player);
    } else if (event.type === "left") this.players.delete(event.id);
    else {
      const { id, score } = event;
      const name = event.type === "joined" ? event.name : (this.players.get(id)?.name ?? "");
      this.players.set(id, { id, name, score });
    }
  }

  #see({ view, offset, length }: Message): void {
    const { newest } = this.history;
    const head = readSnapshot(this.#reader.begin(view, offset, length), this.history);
    if (head === undefined) return;
    this.measures.snapshots++;
    if (newest > 0) this.measures.lost += head.tick - newest - 1;
    const positions = this.history.at(head.tick);
    const place = positions && this.#id !== undefined ? placeOf(positions, this.#id) : undefined;
    if (place === undefined) return;
    const motion = { ...place, velocityX: head.velocityX, velocityY: head.velocityY };
    this.#prediction ??= new Prediction(motion);
    const error = this.#prediction.reconcile(head.obeyed, motion);
    this.measures.error += error;
    this.measures.worstError = Math.max(this.measures.worstError, error);
  }
}
