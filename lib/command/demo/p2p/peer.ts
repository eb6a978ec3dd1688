/**
 * A peer's process of `demo p2p`. It reaches the relay, connects to its peer or is connected to, talks with it for as
 * long as it is told, and is done when both have said farewell and all has arrived.
 */
import {
  ConnectionState,
  openNetworking,
  type ConnectionHandle,
  type ConnectionStatusChangedEvent,
  type Networking,
  type PollGroupHandle,
} from "../../../index.ts";
import { connectRelay } from "../../../signaling/index.ts";
import { connectionOptions } from "../connection-options.ts";
import { Problems } from "../problems.ts";
import { playRole, type Role } from "../role.ts";
import { Traffic } from "../traffic.ts";
import { Conversation } from "./conversation.ts";
import { goodEnd, type PeerAssignment, type PeerState, type Route } from "./protocol.ts";

const virtualPort = 0;
const connectMilliseconds = 20_000;
const farewellMilliseconds = 10_000;
// Between ticks, so that signals don't wait for the next one.
const signalMilliseconds = 1;

class Peer implements Role<PeerState> {
  readonly net: Networking;
  readonly #assignment: PeerAssignment;
  readonly #pollGroup: PollGroupHandle;
  readonly #traffic: Traffic;
  readonly #problems = new Problems();
  readonly #callbacks: ReturnType<typeof setInterval>;
  #begin = performance.now();
  #connection: ConnectionHandle | undefined;
  #conversation: Conversation | undefined;
  #connectMilliseconds: number | undefined;
  #playBegin: number | undefined;
  #playEnd: number | undefined;
  #route: Route | undefined;
  #pingMilliseconds: number | undefined;
  #isPeerGone = false;
  #isOver = false;

  constructor(assignment: PeerAssignment) {
    const { library, relay, identity, peer, begins, messageBytes } = assignment;
    this.#assignment = assignment;
    this.net = openNetworking({ library, identity, config: connectionOptions });
    const { sockets, signaling } = this.net;
    this.#traffic = new Traffic(1, messageBytes, this.net.library.path);
    this.#pollGroup = sockets.createPollGroup();
    this.net.on("connectionStatusChanged", (event) => this.#onStatusChanged(event));
    const client = connectRelay(signaling, relay, { identity });
    client.once("refused", ({ reason }) => this.#fail(`The relay refused ${identity}: ${reason}`));
    client.once("connected", () => {
      this.#begin = performance.now();
      if (begins) this.#take(sockets.connectP2PCustomSignaling(signaling, peer, virtualPort));
    });
    this.#callbacks = setInterval(() => this.net.runCallbacks(), signalMilliseconds);
  }

  tick(): boolean {
    const { sockets } = this.net;
    const conversation = this.#conversation;
    this.#traffic.receive(sockets, this.#pollGroup, () => conversation?.hear(this.#traffic.reader) ?? false);
    if (conversation !== undefined && this.#playBegin !== undefined) this.#play(conversation, this.#playBegin);
    else if (performance.now() - this.#begin > connectMilliseconds) {
      this.#fail(`${this.#assignment.identity} was not connected within ${connectMilliseconds / 1000} s`);
    }
    this.#traffic.send(sockets);
    if (conversation !== undefined && this.#hasSaidAll(conversation)) this.#isOver = true;
    return !this.#isOver;
  }

  state(): PeerState {
    const end = this.#playEnd ?? performance.now();
    return {
      at: performance.now(),
      library: this.net.library,
      connectMilliseconds: this.#connectMilliseconds,
      route: this.#route,
      pingMilliseconds: this.#pingMilliseconds,
      seconds: this.#playBegin === undefined ? 0 : (end - this.#playBegin) / 1000,
      traffic: this.#traffic.counts(),
      problems: this.#problems.list(),
    };
  }

  close(): void {
    clearInterval(this.#callbacks);
    if (this.#connection !== undefined) {
      this.net.sockets.closeConnection(this.#connection, goodEnd.code, goodEnd.text);
    }
    this.#traffic.close();
    this.net.close();
  }

  #play(conversation: Conversation, begin: number): void {
    if (this.#playEnd === undefined) {
      conversation.speak(this.#traffic);
      const now = performance.now();
      if (now - begin >= this.#assignment.seconds * 1000) this.#playEnd = now;
      return;
    }
    conversation.end(this.#traffic);
    if (performance.now() - this.#playEnd > farewellMilliseconds) {
      this.#fail(`${this.#assignment.peer} did not say farewell within ${farewellMilliseconds / 1000} s`);
    }
  }

  #hasSaidAll(conversation: Conversation): boolean {
    if (this.#connection === undefined) return false;
    if (!conversation.hasHeardFarewell || !conversation.hasSaidFarewell) {
      if (this.#isPeerGone) this.#fail(`${this.#assignment.peer} went before all was said`);
      return this.#isPeerGone;
    }
    const { connectionStatus } = this.net.sockets.getConnectionRealTimeStatus(this.#connection);
    if (this.#isPeerGone || connectionStatus === undefined) return true;
    this.#pingMilliseconds = connectionStatus.ping;
    return connectionStatus.pendingReliable + connectionStatus.sentUnacknowledgedReliable === 0;
  }

  #onStatusChanged({ connectHandle, connection, oldState }: ConnectionStatusChangedEvent): void {
    const { connectionState, identity, remoteAddress, debugDescription, endReason, endDebug } = connection;
    const { sockets } = this.net;
    switch (connectionState) {
      case ConnectionState.Connecting:
        if (this.#assignment.begins || oldState !== ConnectionState.None) return;
        if (this.#connection !== undefined || identity !== this.#assignment.peer) {
          sockets.closeConnection(connectHandle, 1002, "somebody else is awaited");
          return;
        }
        this.#begin = performance.now();
        this.#take(connectHandle);
        sockets.acceptConnection(connectHandle);
        return;
      case ConnectionState.Connected:
        this.#playBegin = performance.now();
        this.#connectMilliseconds = this.#playBegin - this.#begin;
        this.#route = { description: debugDescription, address: remoteAddress };
        return;
      case ConnectionState.ClosedByPeer:
        this.#isPeerGone = true;
        if (endReason === goodEnd.code) return;
        this.#fail(`${this.#assignment.peer} closed the connection: ${endReason} ${endDebug}`);
        return;
      case ConnectionState.ProblemDetectedLocally:
        this.#fail(`${this.#assignment.identity} lost its connection: ${endReason} ${endDebug}`);
    }
  }

  #take(connection: ConnectionHandle): void {
    const { begins, messageBytes } = this.#assignment;
    this.#connection = connection;
    this.#conversation = new Conversation(connection, begins ? 0 : 1, messageBytes);
    this.net.sockets.setConnectionPollGroup(connection, this.#pollGroup);
  }

  #fail(problem: string): void {
    this.#problems.add(problem);
    this.#isOver = true;
  }
}

await playRole((assignment: PeerAssignment) => new Peer(assignment));
