/**
 * The demo's server process. It waits until all bots are there, plays with them at its rate, then says that it is the
 * end, and is done when each bot has taken its leave.
 */
import {
  ConnectionState,
  openNetworking,
  Result,
  type ConnectionHandle,
  type ConnectionStatusChangedEvent,
  type Networking,
  type PollGroupHandle,
} from "../../index.ts";
import { connectionOptions } from "./connection-options.ts";
import { Lateness } from "./lateness.ts";
import { Player } from "./player.ts";
import { Problems } from "./problems.ts";
import { goodEnd, type Assignment, type ServerState } from "./protocol.ts";
import { playRole, type Role } from "./role.ts";
import { lossOf, Traffic } from "./traffic.ts";

const gatherMilliseconds = 15_000;
// How much longer than planned a match may take where the rate can't be held.
const overtimeSeconds = 0.5;
const farewellMilliseconds = 10_000;
const closingMilliseconds = 2_000;

class Server implements Role<ServerState> {
  readonly net: Networking;
  readonly #assignment: Assignment;
  readonly #address: string;
  readonly #pollGroup: PollGroupHandle;
  readonly #openToListeningMilliseconds: number;
  readonly #traffic: Traffic;
  readonly #problems = new Problems();
  readonly #ticks: number;
  readonly #lateness: Lateness;

  /** A connection's user data is its player's place in here. */
  readonly #players: Player[] = [];
  readonly #leaving: Player[] = [];
  readonly #begin = performance.now();
  #connections = 0;
  #tick = 0;
  #playBegin: number | undefined;
  #playEnd: number | undefined;
  #allSaidFarewell: number | undefined;
  #cpuAtBegin = process.cpuUsage();
  #cpuPercent: number | undefined;

  constructor(assignment: Assignment) {
    this.#assignment = assignment;
    this.#ticks = Math.max(1, Math.round(assignment.seconds * assignment.hz));
    this.#lateness = new Lateness(this.#ticks);
    const beforeOpen = performance.now();
    this.net = openNetworking({ library: assignment.library });
    const { sockets } = this.net;
    const listenSocket = sockets.createListenSocketIP("127.0.0.1:0", connectionOptions);
    this.#openToListeningMilliseconds = performance.now() - beforeOpen;
    this.#address = sockets.getListenSocketAddress(listenSocket) ?? "";
    this.#pollGroup = sockets.createPollGroup();
    this.#traffic = new Traffic(assignment.bots, assignment.messageBytes, this.net.library.path);
    this.net.on("connectionStatusChanged", (event) => this.#onStatusChanged(event));
  }

  tick(lateness: number): boolean {
    this.#receive();
    if (this.#playBegin === undefined) {
      if (!this.#areAllHere()) return true;
      this.#playBegin = performance.now();
      this.#cpuAtBegin = process.cpuUsage();
    }
    if (this.#playEnd === undefined) {
      this.#lateness.add(lateness);
      this.#play();
    } else {
      this.#finish();
    }
    this.#traffic.send(this.net.sockets);
    return this.#playEnd === undefined || !this.#isOver(this.#playEnd);
  }

  state(): ServerState {
    return {
      at: performance.now(),
      library: this.net.library,
      address: this.#address,
      openToListeningMilliseconds: this.#openToListeningMilliseconds,
      connections: this.#connections,
      ticks: this.#tick,
      seconds: this.#seconds(),
      lateness: this.#lateness.summary(this.#playEnd === undefined ? Math.ceil(this.#assignment.hz) : undefined),
      traffic: this.#traffic.counts(),
      pingMilliseconds: mean(this.#players.map(({ pingMilliseconds }) => pingMilliseconds).filter((ping) => ping >= 0)),
      loss: lossOf(this.#players.map(({ inputs, newestInput }) => [inputs, newestInput])),
      cpuPercent: this.#cpuPercent,
      problems: this.#problems.list(),
    };
  }

  close(): void {
    for (const player of this.#players) {
      if (player.saidFarewell || player.isGone) continue;
      this.#problems.add(`${player.name} did not say farewell within ${farewellMilliseconds / 1000} s`);
    }
    this.#traffic.close();
    this.net.close();
  }

  #receive(): void {
    const { sockets } = this.net;
    const isAll = this.#traffic.receive(sockets, this.#pollGroup, (place) => {
      return this.#players[place]?.take(this.#traffic.reader, this.#tick) ?? false;
    });
    if (!isAll) return;
    // Not before all is received: closing drops the rest.
    for (const player of this.#leaving.splice(0)) {
      sockets.closeConnection(player.connection);
      player.isGone = true;
    }
  }

  #areAllHere(): boolean {
    const here = this.#players.filter(({ bot }) => bot >= 0).length;
    return here >= this.#assignment.bots || performance.now() - this.#begin > gatherMilliseconds;
  }

  #play(): void {
    this.#tick++;
    for (const player of this.#players) {
      if (!player.isPlaying) continue;
      const { bot, echo, snapshot } = player;
      // One echo a tick is more than bots ask for; one that is refused is owed and comes with a later tick.
      if (echo.sent < player.actions) this.#traffic.say(echo, bot, echo.sent);
      this.#traffic.say(snapshot, bot, this.#tick, player.newestInput);
    }
    this.#measure(this.#players[this.#tick % this.#players.length]);
    if (this.#tick < this.#ticks && this.#seconds() < this.#assignment.seconds + overtimeSeconds) return;
    this.#playEnd = performance.now();
    const { user, system } = process.cpuUsage(this.#cpuAtBegin);
    this.#cpuPercent = (user + system) / 10_000 / this.#seconds();
  }

  #finish(): void {
    for (const { isPlaying, bot, echo, finish } of this.#players) {
      if (isPlaying && finish.sent === 0) this.#traffic.say(finish, bot, echo.sent);
    }
  }

  #isOver(playEnd: number): boolean {
    if (this.#players.every(({ isGone }) => isGone)) return true;
    const now = performance.now();
    // All that a bot had to say is here with its farewell. That it closed is told in one packet, which may get lost.
    if (this.#players.every(({ isGone, saidFarewell }) => isGone || saidFarewell)) {
      this.#allSaidFarewell ??= now;
      return now - this.#allSaidFarewell > closingMilliseconds;
    }
    return now - playEnd > farewellMilliseconds;
  }

  /** Time of play; the last tick lasts as long as the others. */
  #seconds(): number {
    if (this.#playBegin === undefined) return 0;
    return ((this.#playEnd ?? performance.now()) - this.#playBegin) / 1000 + 1 / this.#assignment.hz;
  }

  /** One player a tick, so that it costs no tick much. */
  #measure(player: Player | undefined): void {
    if (player === undefined || !player.isPlaying) return;
    const { result, connectionStatus } = this.net.sockets.getConnectionRealTimeStatus(player.connection);
    if (result === Result.OK && connectionStatus !== undefined) player.pingMilliseconds = connectionStatus.ping;
  }

  #onStatusChanged({ connectHandle, connection }: ConnectionStatusChangedEvent): void {
    const { connectionState, endReason, endDebug, userData } = connection;
    const player = this.#players[userData];
    switch (connectionState) {
      case ConnectionState.Connecting:
        return this.#accept(connectHandle);
      case ConnectionState.Connected:
        this.#connections++;
        return;
      case ConnectionState.ClosedByPeer:
      case ConnectionState.ProblemDetectedLocally:
        if (player === undefined) return;
        player.isLeaving = true;
        this.#leaving.push(player);
        if (endReason !== goodEnd.code || endDebug !== goodEnd.text) {
          this.#problems.add(`${player.name} was lost to the server: ${endReason} ${endDebug}`);
        }
    }
  }

  #accept(connection: ConnectionHandle): void {
    const { sockets } = this.net;
    if (this.#players.length >= this.#assignment.bots) {
      sockets.closeConnection(connection, 1002, "the match is full");
      return;
    }
    const place = this.#players.push(new Player(connection, this.#assignment.messageBytes)) - 1;
    sockets.setConnectionUserData(connection, place);
    sockets.setConnectionPollGroup(connection, this.#pollGroup);
    const result = sockets.acceptConnection(connection);
    if (result !== Result.OK) this.#problems.add(`A bot could not be accepted: result ${result}`);
  }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

await playRole((assignment: Assignment) => new Server(assignment));
