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
  type ReceivedMessage,
} from "../../index.ts";
import { Lateness } from "./lateness.ts";
import { MessageKind, MessageReader, Outgoing } from "./message.ts";
import { Problems } from "./problems.ts";
import { goodEnd, type Assignment, type ServerState } from "./protocol.ts";
import { playRole, type Role } from "./role.ts";
import { lossOf, Traffic } from "./traffic.ts";
import { connectionOptions } from "./connection-options.ts";

const gatherMilliseconds = 15_000;
const farewellMilliseconds = 5_000;
const mostMessagesPerTick = 1 << 20;

/** A bot as the server knows it. */
class Player {
  readonly connection: ConnectionHandle;
  readonly echo: Outgoing;
  readonly snapshot: Outgoing;
  readonly finish: Outgoing;
  /** The bot's own number, -1 until it has said hello. */
  bot = -1;
  actions = 0;
  inputs = 0;
  newestInput = 0;
  saidFarewell = false;
  isGone = false;
  ping = -1;

  constructor(connection: ConnectionHandle, snapshotBytes: number) {
    this.connection = connection;
    this.echo = new Outgoing(connection, MessageKind.Echo);
    this.snapshot = new Outgoing(connection, MessageKind.Snapshot, snapshotBytes);
    this.finish = new Outgoing(connection, MessageKind.Finish);
  }
}

class Server implements Role<ServerState> {
  readonly #assignment: Assignment;
  readonly #begin = performance.now();
  readonly #net;
  readonly #listenSocket;
  readonly #pollGroup;
  readonly #address: string;
  readonly #openToListening: number;
  readonly #reader: MessageReader;
  readonly #traffic = new Traffic();
  readonly #problems = new Problems();
  readonly #lateness: Lateness;
  readonly #ticks: number;

  /** A connection's user data is its player's place in here. */
  readonly #players: Player[] = [];
  readonly #leaving: Player[] = [];
  #connections = 0;
  #tick = 0;
  #playBegin: number | undefined;
  #playEnd: number | undefined;
  #cpuAtBegin = process.cpuUsage();
  #cpuPercent: number | undefined;

  constructor(assignment: Assignment) {
    this.#assignment = assignment;
    this.#ticks = Math.max(1, Math.round(assignment.seconds * assignment.hz));
    this.#lateness = new Lateness(this.#ticks);
    this.#reader = new MessageReader(assignment.messageBytes);
    this.#net = openNetworking({ library: assignment.library });
    const { sockets } = this.#net;
    this.#listenSocket = sockets.createListenSocketIP("127.0.0.1:0", connectionOptions);
    this.#openToListening = performance.now() - this.#begin;
    this.#address = sockets.getListenSocketAddress(this.#listenSocket) ?? "";
    this.#pollGroup = sockets.createPollGroup();
    this.#net.on("connectionStatusChanged", (event) => this.#onStatusChanged(event));
  }

  tick(lateness: number): boolean {
    this.#net.runCallbacks();
    for (const message of this.#net.sockets.receiveMessagesOnPollGroup(this.#pollGroup, mostMessagesPerTick)) {
      this.#take(message);
    }
    // Only now: closing drops what nobody has received.
    for (const { connection } of this.#leaving.splice(0)) this.#net.sockets.closeConnection(connection);

    if (this.#playBegin === undefined && this.#areAllHere()) this.#beginPlay();
    if (this.#playBegin === undefined) return true;
    if (this.#playEnd === undefined) {
      this.#lateness.add(lateness);
      this.#play();
    } else {
      this.#finish();
    }
    this.#traffic.send(this.#net.sockets);
    return this.#playEnd === undefined || !this.#isOver(this.#playEnd);
  }

  state(): ServerState {
    return {
      at: performance.now(),
      library: this.#net.library,
      address: this.#address,
      openToListeningMilliseconds: this.#openToListening,
      connections: this.#connections,
      ticks: this.#tick,
      seconds: this.#seconds(),
      latenessNow: this.#lateness.summary(Math.ceil(this.#assignment.hz)),
      lateness: this.#lateness.summary(this.#playEnd === undefined ? 0 : undefined),
      traffic: this.#traffic.counts(),
      pingMilliseconds: mean(this.#players.map(({ ping }) => ping).filter((ping) => ping >= 0)),
      loss: lossOf(this.#players.map(({ inputs, newestInput }) => [inputs, newestInput])),
      cpuPercent: this.#cpuPercent,
      problems: this.#problems.list(),
    };
  }

  close(): void {
    this.#players.forEach((player) => {
      if (player.isGone) return;
      const said = player.saidFarewell ? "did not close its connection" : "did not say farewell";
      this.#problems.add(
        `${nameOf(player)} ${said} within ${farewellMilliseconds / 1000} s after the end of the match`,
      );
    });
    this.#net.close();
  }

  /** Time of play; the last tick lasts as long as the others. */
  #seconds(): number {
    if (this.#playBegin === undefined) return 0;
    return ((this.#playEnd ?? performance.now()) - this.#playBegin) / 1000 + 1 / this.#assignment.hz;
  }

  #areAllHere(): boolean {
    const here = this.#players.filter(({ bot }) => bot >= 0).length;
    return here >= this.#assignment.bots || performance.now() - this.#begin > gatherMilliseconds;
  }

  #beginPlay(): void {
    this.#playBegin = performance.now();
    this.#cpuAtBegin = process.cpuUsage();
  }

  #play(): void {
    this.#tick++;
    for (const player of this.#players) {
      if (player.bot < 0 || player.isGone) continue;
      // One echo a tick is more than bots ask for; what is refused is owed and comes with a later tick.
      if (player.echo.sent < player.actions) this.#traffic.add(player.echo.write(player.bot, player.echo.sent));
      this.#traffic.add(player.snapshot.write(player.bot, this.#tick, player.newestInput));
    }
    this.#measure(this.#players[this.#tick % this.#players.length]);
    if (this.#tick < this.#ticks) return;
    this.#playEnd = performance.now();
    const { user, system } = process.cpuUsage(this.#cpuAtBegin);
    this.#cpuPercent = (user + system) / 10_000 / this.#seconds();
  }

  #finish(): void {
    for (const player of this.#players) {
      if (player.bot < 0 || player.isGone || player.finish.sent > 0) continue;
      this.#traffic.add(player.finish.write(player.bot, player.echo.sent));
    }
  }

  #isOver(playEnd: number): boolean {
    return this.#players.every(({ isGone }) => isGone) || performance.now() - playEnd > farewellMilliseconds;
  }

  #take({ payload, receiverUserData }: ReceivedMessage): void {
    const player = this.#players[receiverUserData];
    if (player !== undefined && this.#reader.read(payload) && this.#isRight(player)) {
      this.#traffic.countReceived(this.#reader.kind);
    } else {
      this.#traffic.corrupt++;
    }
  }

  #isRight(player: Player): boolean {
    const { kind, bot, counter, echo } = this.#reader;
    if (kind === MessageKind.Hello && player.bot < 0) {
      player.bot = bot;
      return true;
    }
    if (bot !== player.bot) return false;
    switch (kind) {
      case MessageKind.Input:
        player.inputs++;
        player.newestInput = Math.max(player.newestInput, counter);
        return echo <= this.#tick;
      case MessageKind.Action:
        return !player.saidFarewell && counter === player.actions++;
      case MessageKind.Farewell:
        if (player.saidFarewell) return false;
        player.saidFarewell = true;
        return counter === player.actions;
      default:
        return false;
    }
  }

  /** One player a tick, so that it costs no tick much. */
  #measure(player: Player | undefined): void {
    if (player === undefined || player.isGone) return;
    const { result, connectionStatus } = this.#net.sockets.getConnectionRealTimeStatus(player.connection);
    if (result !== Result.OK || connectionStatus === undefined) return;
    player.ping = connectionStatus.ping;
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
        player.isGone = true;
        this.#leaving.push(player);
        if (endReason !== goodEnd.code || endDebug !== goodEnd.text) {
          this.#problems.add(`${nameOf(player)} was lost to the server: ${endReason} ${endDebug}`);
        }
    }
  }

  #accept(connection: ConnectionHandle): void {
    const { sockets } = this.#net;
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

function nameOf({ bot }: Player): string {
  return bot < 0 ? "A bot that had not said hello" : `Bot ${bot}`;
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

await playRole((assignment) => new Server(assignment));
