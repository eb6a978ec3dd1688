/** `Networking.simulate`: the library plays a bad network. */
import { ConfigOptionError } from "../errors.ts";
import type { EventHub } from "../events/event-hub.ts";
import { describe, handle, integer, number } from "../validate.ts";
import { NETWORKING_CONNECTION_INVALID, type ConnectionHandle } from "../values/handles.ts";
import type { ConfigTable, ConfigTarget } from "./config.ts";

/**
 * What a network does to packets. Each one counts for each direction, out of this process and into it: a lag of 40
 * makes a ping 80 milliseconds longer. Where both ends of a connection are in this process, its packets go out of it
 * and into it, and so have everything twice. What is left out is as it is without.
 *
 * GameNetworkingSockets does this to the packets of all its UDP sockets alike. Only `rate` can be had for one
 * connection, and pairs in memory have no packets.
 */
export interface NetworkConditions {
  /** Milliseconds that each packet takes longer, a whole number up to 5000. C: `FakePacketLag_Send`, `_Recv`. */
  readonly lag?: number;
  /**
   * Milliseconds that a packet takes longer still, on average and at random: most take less, some up to four times as
   * much. Up to 1250. Packets stay in order, so a late one holds up those behind it, whichever connection they are of.
   * C: `FakePacketJitter_Send_Avg`, `_Max`, `_Pct`, and the same with `_Recv_`.
   */
  readonly jitter?: number;
  /** Percent of packets that are lost, 0 to 100: 0.5 is one of 200. C: `FakePacketLoss_Send`, `_Recv`. */
  readonly loss?: number;
  /**
   * Percent of packets that are held back so that later ones overtake them, 0 to 100. How long, says
   * `FakePacketReorder_Time`: 15 milliseconds unless it was set. C: `FakePacketReorder_Send`, `_Recv`.
   */
  readonly reorder?: number;
  /**
   * Percent of packets that come twice, 0 to 100; the second follows within `FakePacketDup_TimeMax`, which is 10
   * milliseconds unless it was set. The library sees through it: no message comes twice. C: `FakePacketDup_Send`,
   * `_Recv`.
   */
  readonly duplicate?: number;
  /**
   * Bytes a second that each connection sends at most, a whole number from 1024 to 104,857,600 (100 MiB). Messages wait
   * for their turn in the send buffer. It makes no connection faster than it is. Connections and listen sockets that
   * have a rate of their own keep it, unless this is for such a connection itself. The other direction is the peer's.
   * C: `SendRateMin`, `SendRateMax`; not `FakeRateLimit_`, which GameNetworkingSockets minds only after 2 GiB.
   */
  readonly rate?: number;
}

/**
 * Networks to choose from, by name.
 *
 * | name          | lag | jitter | loss  | reorder | duplicate | rate      | a ping of about     |
 * | ------------- | --- | ------ | ----- | ------- | --------- | --------- | ------------------- |
 * | wifi          | 3   | 4      | 0.5 % |         |           |           | 10 ms, uneven       |
 * | lte           | 25  | 8      | 0.5 % | 0.1 %   |           | 1,250,000 | 60 ms, very uneven  |
 * | transatlantic | 40  | 1      | 0.1 % |         |           |           | 80 ms, even         |
 * | terrible      | 125 | 40     | 8 %   | 2 %     | 1 %       | 64,000    | 300 ms and more     |
 */
export const NETWORK_PRESETS = {
  wifi: { lag: 3, jitter: 4, loss: 0.5 },
  lte: { lag: 25, jitter: 8, loss: 0.5, reorder: 0.1, rate: 1_250_000 },
  transatlantic: { lag: 40, jitter: 1, loss: 0.1 },
  terrible: { lag: 125, jitter: 40, loss: 8, reorder: 2, duplicate: 1, rate: 64_000 },
} as const satisfies Record<string, NetworkConditions>;

/** The name of one of {@link NETWORK_PRESETS}. */
export type NetworkPreset = keyof typeof NETWORK_PRESETS;

const ranges: Readonly<Record<keyof NetworkConditions, { least: number; most: number; whole: boolean }>> = {
  lag: { least: 0, most: 5000, whole: true },
  jitter: { least: 0, most: 1250, whole: false },
  loss: { least: 0, most: 100, whole: false },
  reorder: { least: 0, most: 100, whole: false },
  duplicate: { least: 0, most: 100, whole: false },
  rate: { least: 1024, most: 100 << 20, whole: true },
};

const longestJitter = 4;

/** What is simulated on a library that is open, whichever opening asked for it, and what was set before. */
export class Simulation {
  // One for all openings, as a hub is, and gone with the last of them.
  static readonly #simulations = new WeakMap<EventHub, Simulation>();

  /** The simulation on the library whose hub this is. */
  static of(hub: EventHub): Simulation {
    let simulation = Simulation.#simulations.get(hub);
    if (simulation === undefined) Simulation.#simulations.set(hub, (simulation = new Simulation()));
    return simulation;
  }

  /** What was set for each connection, and under no connection for everything; undefined where it was inherited. */
  readonly #before = new Map<ConnectionHandle, Map<string, unknown>>();

  private constructor() {}

  /** Sets conditions in place of those that were set so far; null is none. */
  set(config: ConfigTable, conditions: NetworkPreset | NetworkConditions | null, connection?: ConnectionHandle): void {
    const { rate, ...ofPackets } = checked(conditions);
    const settings = packetOptions(ofPackets);
    if (connection !== undefined) {
      handle(connection, "a connection");
      for (const [option] of settings) throw new ConfigOptionError(option, onlyForAll);
    }
    const key = connection ?? NETWORKING_CONNECTION_INVALID;
    this.#forgetTheGone(config);
    this.#restore(config, key);

    const target = targetOf(key);
    if (rate !== undefined) {
      for (const option of ["SendRateMin", "SendRateMax"]) {
        const present = config.read(config.settable(option), target) ?? rate;
        settings.set(option, Math.min(rate, Number(present)));
      }
    }
    const before = new Map([...settings.keys()].map((option) => [option, config.own(option, target)]));
    for (const [option, value] of settings) config.write(option, value, target);
    this.#before.set(key, before);
  }

  #restore(config: ConfigTable, key: ConnectionHandle): void {
    for (const [option, value] of this.#before.get(key) ?? []) {
      if (value === undefined) config.clear(option, targetOf(key));
      else config.write(option, value, targetOf(key));
    }
    this.#before.delete(key);
  }

  #forgetTheGone(config: ConfigTable): void {
    for (const key of this.#before.keys()) if (!config.exists(targetOf(key))) this.#before.delete(key);
  }
}

const onlyForAll =
  "the library does this to the packets of all connections alike. Leave the connection out, or keep that peer in a process of its own; for one connection there is only rate";

function targetOf(key: ConnectionHandle): ConfigTarget {
  return key === NETWORKING_CONNECTION_INVALID ? "global" : { connection: key };
}

function packetOptions({ lag, jitter, loss, reorder, duplicate }: NetworkConditions): Map<string, number> {
  const settings = new Map<string, number>();
  for (const direction of ["Send", "Recv"]) {
    const set = (option: string, value: number | undefined) => {
      if (value !== undefined) settings.set(option.replace("*", direction), value);
    };
    set("FakePacketLag_*", lag);
    set("FakePacketJitter_*_Avg", jitter);
    set("FakePacketJitter_*_Max", jitter && jitter * longestJitter);
    set("FakePacketJitter_*_Pct", jitter && 100);
    set("FakePacketLoss_*", loss);
    set("FakePacketReorder_*", reorder);
    set("FakePacketDup_*", duplicate);
  }
  return settings;
}

function checked(conditions: NetworkPreset | NetworkConditions | null): NetworkConditions {
  if (conditions === null) return {};
  if (typeof conditions === "string" && Object.hasOwn(NETWORK_PRESETS, conditions)) return NETWORK_PRESETS[conditions];
  if (typeof conditions !== "object") {
    const names = Object.keys(NETWORK_PRESETS).join(", ");
    throw new TypeError(`conditions must be one of ${names}, an object, or null; not ${describe(conditions)}`);
  }
  for (const [name, value] of Object.entries(conditions)) {
    if (!isCondition(name)) {
      throw new TypeError(`there is no condition ${name}; there are ${Object.keys(ranges).join(", ")}`);
    }
    const { least, most, whole } = ranges[name];
    if (value === undefined) continue;
    if (whole) integer(value, name, least, most);
    else number(value, name, least, most);
  }
  return conditions;
}

function isCondition(name: string): name is keyof NetworkConditions {
  return Object.hasOwn(ranges, name);
}
