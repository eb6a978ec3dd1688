/** What people see while the demo runs. */
import type { WriteStream } from "node:tty";
import type { Spectator } from "./company.ts";
import type { MatchProgress } from "./match.ts";
import type { Match, State } from "./protocol.ts";

/** Messages received a second, each way. */
interface Rates {
  readonly toServer: number | undefined;
  readonly toBots: number | undefined;
}

/** In a terminal a table that is drawn over; elsewhere a line a second. */
export class Table implements Spectator<MatchProgress> {
  readonly #match: Match;
  readonly #stream: WriteStream;
  readonly #drawMilliseconds: number;
  #lastDraw = performance.now();
  #last: MatchProgress = {};
  #drawnLines = 0;

  constructor(match: Match, stream: WriteStream) {
    this.#match = match;
    this.#stream = stream;
    this.#drawMilliseconds = stream.isTTY ? 240 : 990;
  }

  started(name: string, pid: number): void {
    this.#erase();
    this.#stream.write(`The ${name} is number ${pid}\n`);
  }

  progress(progress: MatchProgress): void {
    const now = performance.now();
    if (now - this.#lastDraw < this.#drawMilliseconds || progress.server === undefined) return;
    const rates = {
      toServer: receivedASecond(progress.server, this.#last.server),
      toBots: receivedASecond(progress.bots, this.#last.bots),
    };
    this.#lastDraw = now;
    this.#last = progress;
    if (this.#stream.isTTY) this.#drawOver(this.#table(progress, rates));
    else this.#stream.write(`${this.#line(progress, rates)}\n`);
  }

  #table({ server, bots }: MatchProgress, { toServer, toBots }: Rates): string[] {
    if (server === undefined) return [];
    const { hz, seconds } = this.#match;
    const { p50, p99, max } = server.lateness;
    const row = (name: string, ...cells: string[]) =>
      `  ${name.padEnd(18)}${cells.map((cell) => cell.padStart(12)).join("")}`;
    return [
      row("connections", `${server.connections} of ${this.#match.bots}`),
      row("ticks", whole(server.ticks), `of ${whole(seconds * hz)}`, `${hz} Hz`),
      row("lateness", `p50 ${milliseconds(p50)}`, `p99 ${milliseconds(p99)}`, `max ${milliseconds(max)}`),
      row("", "to server", "to bots"),
      row("messages/s", rate(toServer), rate(toBots)),
      row("loss", share(server.loss), share(bots?.loss)),
      row("ping", ping(server.pingMilliseconds)),
    ];
  }

  #line({ server, bots }: MatchProgress, { toServer, toBots }: Rates): string {
    if (server === undefined) return "";
    const { p50, p99, max } = server.lateness;
    return [
      `${server.seconds.toFixed(0).padStart(4)} s`,
      `${server.connections} connections`,
      `${server.ticks} ticks`,
      `late p50 ${milliseconds(p50)} p99 ${milliseconds(p99)} max ${milliseconds(max)}`,
      `messages/s to server ${rate(toServer)} to bots ${rate(toBots)}`,
      `loss ${share(server.loss)} and ${share(bots?.loss)}`,
      `ping ${ping(server.pingMilliseconds)}`,
    ].join("  ");
  }

  #drawOver(lines: readonly string[]): void {
    this.#erase();
    const width = this.#stream.columns - 1;
    this.#stream.write(lines.map((line) => `${line.slice(0, width)}\n`).join(""));
    this.#drawnLines = lines.length;
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#stream.write(`\x1b[${this.#drawnLines}A\x1b[J`);
    this.#drawnLines = 0;
  }
}

function receivedASecond(now: State | undefined, before: State | undefined): number | undefined {
  if (now === undefined || before === undefined || now.at === before.at) return undefined;
  return ((now.traffic.received - before.traffic.received) / (now.at - before.at)) * 1000;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function rate(value: number | undefined): string {
  return value === undefined ? "-" : whole(value);
}

function milliseconds(value: number): string {
  return `${value.toFixed(2)} ms`;
}

function share(value: number | undefined): string {
  return value === undefined ? "-" : `${(value * 100).toFixed(1)} %`;
}

function ping(value: number | undefined): string {
  // The library tells whole milliseconds.
  if (value === undefined) return "-";
  return value < 1 ? "under 1 ms" : `${value.toFixed(0)} ms`;
}
