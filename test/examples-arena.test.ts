/**
 * Proves of the arena example:
 *  - whatever is written reads the same: numbers, inputs, differences, snapshots; damaged ones are a RangeError, and
 *    nothing is read past a message's end;
 *  - a difference takes bytes only for what has moved, and never more than its bound;
 *  - each input is obeyed once, in order, and no faster than time passes;
 *  - a prediction is exact when nobody interferes, and comes to the server's word when somebody does;
 *  - interpolation goes straight from snapshot to snapshot, over those that are missing, and never between two lives;
 *  - over UDP, on a good network and a bad one, each client's snapshots are what the server had at that tick, and when
 *    all rest nobody's prediction is off.
 */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { openNetworking, type NetworkConditions } from "steam-sockets";
import { ArenaClient } from "../examples/arena/client/arena-client.ts";
import { Bot, steer } from "../examples/arena/client/bot.ts";
import { Interpolation } from "../examples/arena/client/interpolation.ts";
import { Prediction } from "../examples/arena/client/prediction.ts";
import { Arena } from "../examples/arena/server/arena.ts";
import { InputQueue } from "../examples/arena/server/input-queue.ts";
import { World } from "../examples/arena/server/world.ts";
import { ByteReader, ByteWriter } from "../examples/arena/shared/bytes.ts";
import { longestDifference, readDifference, writeDifference } from "../examples/arena/shared/difference.ts";
import { readGreeting, writeGreeting } from "../examples/arena/shared/events.ts";
import { History, historyTicks } from "../examples/arena/shared/history.ts";
import { longestInputs, mostInputs, readInputs, writeInputs } from "../examples/arena/shared/inputs.ts";
import { bodies, mostPlayers, noPositions, placeOf, putAt } from "../examples/arena/shared/positions.ts";
import { arena, move, playerRadius, ticksPerSecond, type Motion } from "../examples/arena/shared/rules.ts";
import { baselineFor, longestSnapshot, readSnapshot, writeSnapshot } from "../examples/arena/shared/snapshot.ts";

const before = 5;
const behind = 7;

/** The bytes that a function writes. */
function written(write: (writer: ByteWriter) => void): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(4096));
  const writer = new ByteWriter().begin(view, before);
  write(writer);
  return new Uint8Array(view.buffer, before, writer.length).slice();
}

/** A reader of these bytes, which lie in memory that holds something else before and behind. */
function readerOf(bytes: Uint8Array): ByteReader {
  const memory = new Uint8Array(before + bytes.length + behind).fill(0xff);
  memory.set(bytes, before);
  return new ByteReader().begin(new DataView(memory.buffer), before, bytes.length);
}

const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const int8 = fc.integer({ min: -128, max: 127 });
const int16 = fc.integer({ min: -32_768, max: 32_767 });
const tables = fc
  .array(fc.tuple(fc.integer({ min: 0, max: bodies - 1 }), uint16, uint16), { maxLength: 2 * bodies, size: "max" })
  .map((places) => {
    const positions = noPositions();
    for (const [body, x, y] of places) putAt(positions, body, { x, y });
    return positions;
  });
const steerings = fc.array(fc.record({ right: int8, down: int8 }), { maxLength: mostInputs });

describe("numbers", () => {
  test("read as they were written", () => {
    fc.assert(
      fc.property(int8, int16, uint32, uint32, fc.integer(), (...numbers) => {
        const bytes = written((writer) => {
          writer.int8(numbers[0]);
          writer.int16(numbers[1]);
          writer.uint32(numbers[2]);
          writer.count(numbers[3]);
          writer.difference(numbers[4]);
        });
        const reader = readerOf(bytes);
        const read = [reader.int8(), reader.int16(), reader.uint32(), reader.count(), reader.difference()];
        expect(read).toEqual(numbers);
        expect(reader.left).toBe(0);
        expect(() => reader.int8()).toThrow(RangeError);
      }),
    );
  });

  test("take one byte where they are small", () => {
    for (const small of [-64, -1, 0, 63]) expect(written((writer) => writer.difference(small))).toHaveLength(1);
    for (const larger of [-65, 64]) expect(written((writer) => writer.difference(larger))).toHaveLength(2);
    expect(() => readerOf(new Uint8Array(6).fill(0x80)).count()).toThrow(RangeError);
  });
});

describe("differences", () => {
  const difference = (from: Uint16Array<ArrayBuffer>, to: Uint16Array<ArrayBuffer>) =>
    written((writer) => writeDifference(writer, from, to));

  test("lead from any table to any other", () => {
    fc.assert(
      fc.property(tables, tables, (from, to) => {
        const bytes = difference(from, to);
        const read = noPositions();
        readDifference(readerOf(bytes), from, read);
        expect(read).toEqual(to);
        expect(bytes.length).toBeLessThanOrEqual(longestDifference);
      }),
    );
  });

  test("take bytes only for what has moved, three each when it is a little", () => {
    fc.assert(
      fc.property(tables, fc.uniqueArray(fc.integer({ min: 0, max: bodies - 1 }), { size: "large" }), (from, moved) => {
        const to = from.slice();
        for (const body of moved) to[2 * body]! += to[2 * body]! < 100 ? 26 : -26;
        const gaps = moved
          .toSorted((one, other) => one - other)
          .filter((body, at, all) => body - (all[at - 1] ?? -1) > 128);
        expect(difference(from, to)).toHaveLength(3 * moved.length + gaps.length);
      }),
    );
  });

  test("when damaged are a RangeError, or lead somewhere else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const reader = readerOf(bytes);
        try {
          readDifference(reader, noPositions(), noPositions());
          expect(reader.left).toBe(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

describe("snapshots", () => {
  /** A history that has these tables as the ticks 1, 2, 3 and so on. */
  const historyOf = (positions: readonly Uint16Array<ArrayBuffer>[]) => {
    const history = new History();
    positions.forEach((table, index) => {
      history.room(index + 1).set(table);
      history.keep(index + 1);
    });
    return history;
  };
  const snapshot = (history: History, tick: number, baseline: number) =>
    written((writer) => writeSnapshot(writer, { tick, baseline, obeyed: 7, velocityX: -5, velocityY: 6 }, history));

  test("go from what the client has to what the server has, whichever are lost", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(tables, fc.boolean(), fc.boolean()), { maxLength: 100 }), (ticks) => {
        const [server, client] = [new History(), new History()];
        let acknowledged = 0;
        for (const [index, [positions, comes, isAcknowledged]] of ticks.entries()) {
          const tick = index + 1;
          server.room(tick).set(positions);
          server.keep(tick);
          const bytes = snapshot(server, tick, baselineFor(tick, acknowledged, server));
          expect(bytes.length).toBeLessThanOrEqual(longestSnapshot);
          if (!comes) continue;
          expect(readSnapshot(readerOf(bytes), client)).toMatchObject({ tick, obeyed: 7, velocityX: -5, velocityY: 6 });
          expect(client.at(tick)).toEqual(positions);
          if (isAcknowledged) acknowledged = tick;
        }
      }),
      { numRuns: 30 },
    );
  });

  test("are full when nothing, or nothing that is still known, was acknowledged", () => {
    const history = historyOf(Array.from({ length: 2 * historyTicks }, noPositions));
    const newest = 2 * historyTicks;
    expect(baselineFor(newest, 0, history)).toBe(0);
    expect(baselineFor(newest, newest - historyTicks, history)).toBe(0);
    expect(baselineFor(newest, newest - historyTicks + 1, history)).toBe(newest - historyTicks + 1);
    expect(baselineFor(newest, newest + 1, history)).toBe(0);
  });

  test("that come late, twice, or to what was never had, are left", () => {
    const server = historyOf([noPositions(), noPositions(), noPositions()]);
    const client = new History();
    expect(readSnapshot(readerOf(snapshot(server, 3, 2)), client)).toBeUndefined();
    expect(readSnapshot(readerOf(snapshot(server, 2, 0)), client)).toBeDefined();
    expect(readSnapshot(readerOf(snapshot(server, 2, 0)), client)).toBeUndefined();
    expect(readSnapshot(readerOf(snapshot(server, 1, 0)), client)).toBeUndefined();
    expect(client.newest).toBe(2);
  });

  test("that are damaged are no ticks that are known", () => {
    const server = historyOf([noPositions()]);
    const client = new History();
    const bytes = new Uint8Array([...snapshot(server, 1, 0), 0x80]);
    expect(() => readSnapshot(readerOf(bytes), client)).toThrow(RangeError);
    expect(client.at(1)).toBeUndefined();
    expect(client.newest).toBe(0);
  });
});

describe("inputs", () => {
  test("read as they were written", () => {
    fc.assert(
      fc.property(uint32, uint32, steerings, (acknowledged, first, wanted) => {
        const inputs = { acknowledged, first, steerings: wanted };
        const bytes = written((writer) => writeInputs(writer, inputs));
        expect(bytes.length).toBeLessThanOrEqual(longestInputs);
        expect(readInputs(readerOf(bytes))).toEqual(inputs);
      }),
    );
    expect(() => readInputs(readerOf(new Uint8Array(7)))).toThrow(RangeError);
    expect(() => readInputs(readerOf(new Uint8Array(9)))).toThrow(RangeError);
    expect(() => readInputs(readerOf(new Uint8Array(longestInputs + 1)))).toThrow(RangeError);
  });

  const inputs = (first: number, count: number) => ({
    acknowledged: 0,
    first,
    steerings: Array.from({ length: count }, (_, index) => ({ right: (first + index) % 100, down: 0 })),
  });
  const drained = (queue: InputQueue) => {
    const taken: number[] = [];
    for (let next = queue.take(); next !== undefined; next = queue.take()) taken.push(next.right);
    return taken;
  };

  test("are obeyed once each, in order, however often they come", () => {
    const queue = new InputQueue();
    queue.pass(16);
    queue.add(inputs(1, 3));
    queue.add(inputs(1, 4));
    queue.add(inputs(2, 1));
    expect(drained(queue)).toEqual([1, 2, 3, 4]);
    expect(queue.obeyed).toBe(4);
    queue.add(inputs(7, 2)); // 5 and 6 are lost for good
    expect(drained(queue)).toEqual([7, 8]);
    expect(queue.obeyed).toBe(8);
  });

  test("are obeyed no faster than time passes", () => {
    const queue = new InputQueue();
    let obeyed = 0;
    for (let tick = 0; tick < 1000; tick++) {
      queue.pass(1);
      queue.add(inputs(1 + 3 * tick, 3));
      obeyed += drained(queue).length;
    }
    expect(obeyed).toBe(1000);
    queue.pass(1_000_000);
    queue.add(inputs(10_000, mostInputs));
    expect(drained(queue).length).toBeLessThan(mostInputs);
  });
});

describe("movement", () => {
  const start: Motion = { x: 6000, y: 3000, velocityX: 0, velocityY: 0 };

  test("stays on whole numbers and in the arena, whatever is steered", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ right: int8, down: int8 }), { maxLength: 600 }), (wanted) => {
        const motion = { ...start };
        for (const steering of wanted) for (let i = 0; i < 4; i++) move(motion, steering);
        expect(Object.values(motion).every((value) => Number.isInteger(value) && !Object.is(value, -0))).toBe(true);
        expect(motion.x).toBeWithin(playerRadius, arena.width - playerRadius + 1);
        expect(motion.y).toBeWithin(playerRadius, arena.height - playerRadius + 1);
        expect(Math.abs(motion.velocityX) + Math.abs(motion.velocityY)).toBeLessThan(2 ** 15);
      }),
    );
  });

  test("comes to rest", () => {
    const motion = { ...start };
    for (let i = 0; i < 100; i++) move(motion, { right: 127, down: -127 });
    for (let i = 0; i < 2 * ticksPerSecond; i++) move(motion, { right: 0, down: 0 });
    const rested = { ...motion };
    move(motion, { right: 0, down: 0 });
    expect(motion).toEqual(rested);
  });
});

describe("a prediction", () => {
  const start: Motion = { x: 6000, y: 3000, velocityX: 0, velocityY: 0 };

  test("is exact as long as nobody interferes, however late the answers are", () => {
    fc.assert(
      fc.property(steerings, fc.array(fc.integer({ min: 0, max: mostInputs })), (wanted, answers) => {
        const prediction = new Prediction(start);
        const server = [{ ...start }];
        for (const steering of wanted) {
          prediction.obey(steering);
          const next = { ...server.at(-1)! };
          move(next, steering);
          server.push(next);
        }
        for (const obeyed of answers.filter((answer) => answer <= wanted.length).sort((one, other) => one - other)) {
          expect(prediction.reconcile(obeyed, server[obeyed]!)).toBe(0);
          expect(prediction.pending).toHaveLength(wanted.length - obeyed);
          expect(prediction.first).toBe(obeyed + 1);
        }
        expect(prediction.place).toMatchObject({ x: server.at(-1)!.x, y: server.at(-1)!.y });
      }),
    );
  });

  test("comes to the server's word when somebody interferes", () => {
    const prediction = new Prediction(start);
    for (let i = 0; i < 5; i++) prediction.obey({ right: 127, down: 0 });
    const pushed: Motion = { ...start, x: start.x + 300, y: start.y + 400 };
    const expected = { ...pushed };
    for (let i = 0; i < 2; i++) move(expected, { right: 127, down: 0 });
    expect(prediction.reconcile(3, pushed)).toBeGreaterThan(400);
    expect(prediction.place).toEqual(expected);
    expect(prediction.reconcile(5, expected)).toBe(0);
  });

  test("repeats no more inputs than a message holds", () => {
    const prediction = new Prediction(start);
    for (let i = 0; i < 100; i++) prediction.obey({ right: 1, down: 1 });
    expect(prediction.pending).toHaveLength(mostInputs);
    expect(prediction.first).toBe(100 - mostInputs + 1);
  });
});

describe("interpolation", () => {
  const shown = (missing: readonly number[], placeAt: (tick: number) => { x: number; y: number } | undefined) => {
    const history = new History();
    const interpolation = new Interpolation(history);
    const places = [];
    for (let tick = 1; tick <= 50; tick++) {
      if (!missing.includes(tick)) {
        putAt(history.room(tick), 3, placeAt(tick));
        history.keep(tick);
      }
      interpolation.advance();
      places.push({ time: interpolation.time, place: interpolation.placeOf(3) });
    }
    return places.slice(20);
  };

  test("goes straight, also over snapshots that are missing", () => {
    for (const { time, place } of shown([22, 23, 24, 30], (tick) => ({ x: 1000 + 20 * tick, y: 2000 - 10 * tick }))) {
      expect(place?.x).toBeCloseTo(1000 + 20 * time, 6);
      expect(place?.y).toBeCloseTo(2000 - 10 * time, 6);
    }
  });

  test("does not glide from one life to another, nor show who is not there", () => {
    const far = shown([], (tick) => (tick < 30 ? { x: 500, y: 500 } : { x: 9000, y: 6000 }));
    for (const { place } of far) expect([500, 9000]).toContain(place?.x ?? 0);
    const gone = shown([], (tick) => (tick < 30 ? { x: 500, y: 500 } : undefined));
    expect(gone[0]?.place).toEqual({ x: 500, y: 500 });
    expect(gone.at(-1)?.place).toBeUndefined();
  });
});

describe("the world", () => {
  test("pushes players apart until none overlap, and inside", () => {
    const world = new World(() => 0); // all begin on the same place, in a corner
    const players = Array.from({ length: 8 }, (_, index) => world.join(`player ${index}`)!);
    for (let i = 0; i < 2000; i++) world.step();
    for (const one of players) {
      expect(Number.isInteger(one.x) && Number.isInteger(one.y)).toBe(true);
      for (const other of players) {
        const apart = Math.hypot(one.x - other.x, one.y - other.y);
        if (one !== other) expect(apart).toBeGreaterThan(2 * playerRadius - 8);
      }
    }
  });

  test("gives a point for each spark, which is somewhere else then", () => {
    const world = new World();
    const player = world.join("collector")!;
    const positions = noPositions();
    world.write(positions);
    Object.assign(player, placeOf(positions, mostPlayers));
    expect(world.step()).toEqual([player]);
    expect(player.score).toBe(1);
    expect(placeOf(positions, mostPlayers)).not.toEqual((world.write(positions), placeOf(positions, mostPlayers)));
  });

  test("has room for so many, and numbers are used again", () => {
    const world = new World();
    const players = Array.from({ length: mostPlayers }, (_, index) => world.join(String(index)));
    expect(players.map((player) => player?.id)).toEqual(Array.from({ length: mostPlayers }, (_, index) => index));
    expect(world.join("one too many")).toBeUndefined();
    world.leave(players[17]!);
    expect(world.join("the next")?.id).toBe(17);
  });
});

test("a bot goes to the nearest spark, and away from others", () => {
  const here = { x: 1000, y: 1000 };
  expect(steer(here, [], [])).toEqual({ right: 0, down: 0 });
  expect(
    steer(
      here,
      [
        { x: 5000, y: 1000 },
        { x: 1000, y: 900 },
      ],
      [],
    ),
  ).toEqual({ right: 0, down: -127 });
  expect(steer(here, [{ x: 5000, y: 1000 }], [{ x: 1000, y: 1100 }]).down).toBeLessThan(0);
});

test("greetings have a name", () => {
  expect(readGreeting(writeGreeting(" Ada "))).toBe("Ada");
  expect(readGreeting(writeGreeting("x".repeat(1000))).length).toBeLessThan(30);
  for (const nonsense of ["{}", "null", '"Ada"', '{"name":1}', '{"name":"  "}']) {
    expect(() => readGreeting(nonsense)).toThrow(TypeError);
  }
  expect(() => readGreeting("no JSON")).toThrow(SyntaxError);
});

describe("over UDP", () => {
  const networks: { name: string; conditions: NetworkConditions | null }[] = [
    { name: "a good network", conditions: null },
    { name: "a bad network", conditions: { lag: 10, jitter: 4, loss: 5, reorder: 5, duplicate: 5 } },
  ];

  test.each(networks)("on $name clients see what the server has", async ({ conditions }) => {
    using net = openNetworking({ pool: { slotBytes: longestSnapshot } });
    const arena = new Arena(net, "127.0.0.1:0");
    const clients: ArenaClient[] = [];
    for (const name of ["Ada", "Bo", "Cleo", "Dag", "Edda"]) {
      clients.push(await ArenaClient.join(net, arena.server.address, name));
    }
    const bots = clients.map((client) => new Bot(client));
    net.simulate(conditions);
    let compared = 0;
    const seen = clients.map(() => 0);
    await net.run({
      hz: ticksPerSecond,
      tick({ delta, time, stop }) {
        arena.tick(Math.round(delta * ticksPerSecond));
        for (const bot of bots) {
          bot.tick();
          // At first they play, then they rest.
          bot.isPlaying = time < 1.5;
        }
        for (const [index, { history }] of clients.entries()) {
          const { newest } = history;
          if (newest === seen[index]) continue;
          seen[index] = newest;
          const truth = arena.history.at(newest);
          if (truth === undefined) continue;
          expect(history.at(newest)).toEqual(truth);
          compared++;
        }
        // Now all rest, and what was measured before is forgotten.
        if (time >= 3 && time < 3.1) for (const { measures } of clients) measures.worstError = 0;
        if (time >= 4) stop();
      },
    });
    net.simulate(null);

    expect(compared).toBeGreaterThan(500);
    for (const { measures, place, id, players } of clients) {
      expect(measures.worstError).toBe(0);
      expect(place).toMatchObject(placeOf(arena.positions, id!)!);
      expect(measures.snapshots).toBeGreaterThan(100);
      if (conditions !== null) expect(measures.lost).toBeGreaterThan(0);
      expect([...players.values()].toSorted((one, other) => one.id - other.id)).toEqual([...arena.players]);
    }
    const { full, snapshots } = arena.traffic;
    expect(snapshots).toBeGreaterThan(full * 4);
    expect(arena.players.some(({ score }) => score > 0)).toBe(true);
  });

  test("who sends nonsense is put out, and the others play on", async () => {
    using net = openNetworking({ pool: { slotBytes: longestSnapshot } });
    const arena = new Arena(net, "127.0.0.1:0");
    const client = await ArenaClient.join(net, arena.server.address, "Ada");
    const ended = Promise.withResolvers<string>();
    const vandal = await net.connect(arena.server.address, { socket: { close: (_, { text }) => ended.resolve(text) } });
    vandal.send("no JSON");
    const complain = console.error;
    console.error = () => {};
    try {
      expect(await ended.promise).toBe("that made no sense");
    } finally {
      console.error = complain;
    }
    expect(client.isOpen).toBe(true);
    expect(arena.players).toMatchObject([{ name: "Ada" }]);
    client.leave();
  });
});
