/**
 * The demo's bot process. Each bot connects, says hello, sends its input each tick and now and then an action, until
 * the server says that it is the end; then it takes its leave and closes its connection with linger.
 */
import {
  ConnectionState,
  openNetworking,
  type ConnectionHandle,
  type ConnectionStatusChangedEvent,
  type ReceivedMessage,
} from "../../index.ts";
import { connectionOptions } from "./connection-options.ts";
import { MessageKind, MessageReader, Outgoing } from "./message.ts";
import { Problems } from "./problems.ts";
import { goodEnd, type Assignment, type State } from "./protocol.ts";
import { playRole, type Role } from "./role.ts";
import { lossOf, Traffic } from "./traffic.ts";

const inputsPerAction = 16;
// The library ends the process when too much that is reliable waits to be acknowledged.
const mostActionsUnderWay = 64;
const mostMessagesPerTick = 1 << 20;

class Bot {
  readonly number: number;
  readonly connection: ConnectionHandle;
  readonly hello: Outgoing;
  readonly input: Outgoing;
  readonly action: Outgoing;
  readonly farewell: Outgoing;
  isConnected = false;
  echoes = 0;
  snapshots = 0;
  newestSnapshot = 0;
  isFinished = false;
  isGone = false;

  constructor(number: number, connection: ConnectionHandle) {
    this.number = number;
    this.connection = connection;
    this.hello = new Outgoing(connection, MessageKind.Hello);
    this.input = new Outgoing(connection, MessageKind.Input);
    this.action = new Outgoing(connection, MessageKind.Action);
    this.farewell = new Outgoing(connection, MessageKind.Farewell);
  }
}

class Bots implements Role<State> {
  readonly #net;
  readonly #pollGroup;
  readonly #reader: MessageReader;
  readonly #traffic = new Traffic();
  readonly #problems = new Problems();
  /** A connection's user data is its bot's place in here. */
  readonly #bots: readonly Bot[];
  #connections = 0;

  constructor({ library, address, bots, messageBytes }: Assignment) {
    if (address === undefined) throw new TypeError("Bots need the server's address");
    this.#reader = new MessageReader(messageBytes);
    this.#net = openNetworking({ library });
    const { sockets } = this.#net;
    this.#pollGroup = sockets.createPollGroup();
    this.#net.on("connectionStatusChanged", (event) => this.#onStatusChanged(event));
    this.#bots = Array.from({ length: bots }, (_, number) => {
      const options = { ...connectionOptions, ConnectionUserData: number };
      const connection = sockets.connectByIPAddress(address, options);
      sockets.setConnectionPollGroup(connection, this.#pollGroup);
      return new Bot(number, connection);
    });
  }

  tick(): boolean {
    const { sockets } = this.#net;
    this.#net.runCallbacks();
    for (const message of sockets.receiveMessagesOnPollGroup(this.#pollGroup, mostMessagesPerTick)) this.#take(message);
    for (const bot of this.#bots) this.#play(bot);
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
    this.#net.close();
  }

  #play(bot: Bot): void {
    const { number, action, input } = bot;
    if (bot.isGone || !bot.isConnected) return;
    if (bot.isFinished) {
      this.#traffic.add(bot.farewell.write(number, action.sent));
    } else if (bot.hello.sent === 0) {
      this.#traffic.add(bot.hello.write(number, 0));
    } else if (bot.newestSnapshot > 0) {
      // Not all bots at the same tick.
      const wantsAction = (input.sent + number) % inputsPerAction === 0;
      if (wantsAction && action.sent - bot.echoes < mostActionsUnderWay) {
        this.#traffic.add(action.write(number, action.sent));
      }
      this.#traffic.add(input.write(number, input.sent + 1, bot.newestSnapshot));
    }
  }

  #take({ payload, receiverUserData }: ReceivedMessage): void {
    const bot = this.#bots[receiverUserData];
    if (bot !== undefined && this.#reader.read(payload) && this.#isRight(bot)) {
      this.#traffic.countReceived(this.#reader.kind);
    } else {
      this.#traffic.corrupt++;
    }
  }

  #isRight(bot: Bot): boolean {
    const { kind, counter, echo } = this.#reader;
    if (this.#reader.bot !== bot.number) return false;
    switch (kind) {
      case MessageKind.Snapshot:
        bot.snapshots++;
        bot.newestSnapshot = Math.max(bot.newestSnapshot, counter);
        return echo <= bot.input.sent;
      case MessageKind.Echo:
        return !bot.isFinished && counter === bot.echoes++ && counter < bot.action.sent;
      case MessageKind.Finish:
        if (bot.isFinished) return false;
        bot.isFinished = true;
        return counter === bot.echoes;
      default:
        return false;
    }
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
        this.#net.sockets.closeConnection(connectHandle);
        bot.isGone = true;
      }
    }
  }
}

await playRole((assignment) => new Bots(assignment));
