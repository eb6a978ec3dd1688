/** Shows the game to web browsers: a page, and a WebSocket that tells it what happens. */
import { join } from "node:path";
import type { Frame } from "steam-sockets";
import type { PlayerCard } from "../shared/events.ts";
import { bodies, bodiesOf, mostPlayers } from "../shared/positions.ts";
import { arena as size, playerRadius, sparkRadius } from "../shared/rules.ts";
import type { Arena, Traffic } from "./arena.ts";
import type { SpectatorMessage } from "./spectator-messages.ts";

const ticksPerFrame = 4; // 32 frames a second
const topic = "spectators";

/** The web server. It shares the event loop with the game. */
export class Spectators {
  readonly #web: Bun.Server<undefined>;
  #ticks = 0;
  #work = 0;
  #toldAt = 0;
  #before: Traffic = { snapshots: 0, full: 0, bytes: 0 };

  /** @param players who plays at the moment. */
  constructor(port: number, players: () => readonly PlayerCard[]) {
    this.#web = Bun.serve({
      port,
      routes: {
        "/": new Response(Bun.file(join(import.meta.dir, "spectator.html"))),
        "/watch": (request, web) =>
          web.upgrade(request) ? undefined : new Response("This is a WebSocket", { status: 426 }),
      },
      websocket: {
        open: (socket) => {
          socket.send(written({ type: "welcome", ...size, playerRadius, sparkRadius, players: players() }));
          socket.subscribe(topic);
        },
        message: () => {},
      },
    });
  }

  /** The page's address. */
  get url(): string {
    return this.#web.url.href;
  }

  /** Tells all pages something. */
  tell(message: SpectatorMessage): void {
    this.#web.publish(topic, written(message));
  }

  /** A tick of the game has passed. */
  tick({ number, time, work }: Frame, { positions, traffic }: Arena): void {
    this.#work += work;
    if (number % ticksPerFrame === 0) {
      const listed = (from: number, to: number) =>
        [...bodiesOf(positions, from, to)].flatMap((it) => [it.body, it.x, it.y]);
      const [players, sparks] = [listed(0, mostPlayers), listed(mostPlayers, bodies)];
      this.tell({ type: "frame", time: Math.round(time * 1000), players, sparks });
    }
    this.#ticks++;
    if (time - this.#toldAt >= 1) this.#tellStatistics(time, traffic);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    await this.#web.stop(true);
  }

  #tellStatistics(time: number, traffic: Traffic): void {
    const seconds = time - this.#toldAt;
    const snapshots = traffic.snapshots - this.#before.snapshots;
    const bytes = traffic.bytes - this.#before.bytes;
    const snapshotBytes = bytes / Math.max(1, snapshots);
    this.tell({
      type: "statistics",
      ticks: Math.round(this.#ticks / seconds),
      work: this.#work / this.#ticks,
      snapshotBytes,
      snapshots: Math.round(snapshots / seconds),
      bytes: Math.round(bytes / seconds),
    });
    this.#ticks = this.#work = 0;
    this.#toldAt = time;
    this.#before = { ...traffic };
  }
}

function written(message: SpectatorMessage): string {
  return JSON.stringify(message);
}
