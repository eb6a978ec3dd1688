/**
 * The demo's bot process. Each bot connects, says hello, sends its input each tick and now and then an action, until
 * the server says that it is the end; then it takes its leave and closes its connection with linger.
 */
import {
  ConnectionState,
  openNetworking,
  type ConnectionStatusChangedEvent,
  type Networking,
  type PollGroupHandle,
} from "../../index.ts";
import { Bot } from "./bot.ts";
import { connectionOptions } from "./connection-options.ts";
import { Problems } from "./problems.ts";
import { goodEnd, type Assignment, type State } from "./protocol.ts";
import { playRole, type Role } from "./role.ts";
import { lossOf, Traffic } from "./traffic.ts";

class Bots implements Role<State> {
  readonly net: Networking;
  readonly #pollGroup: PollGroupHandle;
  readonly #traffic: Traffic;
  readonly #problems = new Problems();
  /** A connection's user data is its bot's place in here. */
  readonly #bots: readonly Bot[];
  #connections = 0;

  constructor({ library, address, bots, messageBytes }: Assignment) {
    if (address === undefined) throw new TypeError("Bots need the server's address");
    this.net = openNetworking({ library });
    this.#traffic = new Traffic(bots, messageBytes, this.net.library.path);
    const { sockets } = this.net;
    this.#pollGroup = sockets.createPollGroup();
    this.net.on("connectionStatusChanged", (event) => this.#onStatusChanged(event));
    this.#bots = Array.from({ length: bots }, (_, number) => {
      const connection = sockets.connectByIPAddress(address, { ...connectionOptions, ConnectionUserData: number });
      sockets.setConnectionPollGroup(connection, this.#pollGroup);
      return new Bot(number, connection);
    });
  }

  tick(): boolean {
    const { sockets } = this.net;
    this.#traffic.receive(sockets, this.#pollGroup, (place) => this.#bots[place]?.take(this.#traffic.reader) ?? false);
    for (const bot of this.#bots) bot.speak(this.#traffic);
    this.#traffic.send(sockets);
    for (const bot of this.#bots) {
      if (bot.isGone || bot.farewell.sent === 0) continue;
      sockets.closeConnection(bot.connection, goodEnd.code, goodEnd.text, true);
      bot.isGone = true;
    }
    return this.#bots.some(({ isGone }) => !isGone);
  }

  state(): State {
    return {
      at: performance.now(),
      connections: this.#connections,
      traffic: this.#traffic.counts(),
      loss: lossOf(this.#bots.map(({ snapshots, newestSnapshot }) => [snapshots, newestSnapshot])),
      problems: this.#problems.list(),
    };
  }

  close(): void {
    this.#traffic.close();
    this.net.close();
  }

  #onStatusChanged({ connectHandle, connection }: ConnectionStatusChangedEvent): void {
    const { connectionState, endReason, endDebug, userData } = connection;
    const bot = this.#bots[userData];
    if (bot === undefined) return;
    switch (connectionState) {
      case ConnectionState.Connected:
        bot.isConnected = true;
        this.#connections++;
        return;
      case ConnectionState.ClosedByPeer:
      case ConnectionState.ProblemDetectedLocally: {
        const what = bot.isConnected ? "lost its connection" : "could not connect";
        this.#problems.add(`Bot ${bot.number} ${what}: ${endReason} ${endDebug}`);
        this.net.sockets.closeConnection(connectHandle);
        bot.isGone = true;
      }
    }
  }
}

await playRole((assignment: Assignment) => new Bots(assignment));
