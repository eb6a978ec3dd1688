/**
 * The tick loop.
 *
 * - Each tick receives, ticks, sends, delivers events, in this order; `begin` comes before the first and `end` after the
 *   last, once each, however it ended.
 * - It holds its rate: places on the grid, taken or left out, are as many as the time has room for, from 30 to 240 Hz.
 * - A frame's number has no gaps, `time` is the sum of all `delta`, each a whole number of periods: those left out and one.
 * - Overruns: "skip" leaves ticks out and counts them; "catch-up" runs them late, with the usual `delta`, at most a
 *   quarter of a second of them.
 * - The event loop has its turns between ticks that take longer than there is time: timers fire, a server in the same
 *   process answers. At 128 Hz that server answers within one tick.
 * - It ends by stop, abort, close and signals of the system, with the work of the tick done where there is a network to
 *   do it for; after a signal its handlers are gone. What a phase, a tick or an event handler throws is its rejection.
 * - One run at a time; a wrong option is a typed error; a promise out of a tick too.
 * - Connections come about, and messages arrive, by a run alone.
 */
import { describe, expect, test } from "bun:test";
import {
  AlreadyRunningError,
  ClosedError,
  ConnectionState,
  SendFlags,
  type Frame,
  type RunOptions,
  type RunSummary,
} from "../lib/index.ts";
import { runLoop, type Phases } from "../lib/everyday/run.ts";
import { Acceptor } from "./support/acceptor.ts";
import { run } from "./support/life/run.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { untyped } from "./support/refusal.ts";
import { stateOf } from "./support/state-of.ts";

/** Phases that tell when they were, and can throw or close. */
class Log implements Phases {
  readonly entries: string[] = [];
  isOpen = true;
  failing: string | undefined;

  begin = () => this.add("begin");
  receive = () => this.add("receive");
  send = () => this.add("send");
  callbacks = () => this.add("callbacks");
  end = () => this.add("end");

  add(entry: string): void {
    this.entries.push(entry);
    if (this.failing === entry) throw new Error(`${entry} fails`);
  }
}

const aTick = ["receive", "tick", "send", "callbacks"];

function busyFor(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** Runs `ticks` ticks on nothing, and gives each frame as it was. */
async function frames(
  ticks: number,
  options: Omit<RunOptions, "tick">,
  work: (frame: Frame) => void = () => {},
): Promise<[frames: Frame[], summary: RunSummary]> {
  const seen: Frame[] = [];
  const summary = await runLoop(new Log(), {
    ...options,
    tick(frame) {
      seen.push({ ...frame });
      work(frame);
      if (frame.number === ticks) frame.stop();
    },
  });
  return [seen, summary];
}

test("a tick receives, ticks, sends and delivers events, between begin and end", async () => {
  const log = new Log();
  const summary = await runLoop(log, {
    hz: 500,
    tick(frame) {
      log.add("tick");
      if (frame.number === 3) frame.stop();
    },
  });
  expect(log.entries).toEqual(["begin", ...aTick, ...aTick, ...aTick, "end"]);
  expect(summary).toMatchObject({ ticks: 3, reason: "stop" });
});

describe("the rate", () => {
  test.each([30, 59.94, 128, 240])("of %d Hz is held", async (hz) => {
    using net = openNetworking();
    let ticks = 0;
    const signal = AbortSignal.timeout(2000);
    const summary = await net.run({ hz, signal, tick: () => void ticks++ });
    expect(summary.ticks).toBe(ticks);
    // The last one may be under way, or come late.
    const room = summary.seconds * hz;
    expect(ticks + summary.overruns).toBeLessThanOrEqual(room);
    expect(ticks + summary.overruns).toBeGreaterThan(room - Math.max(2, hz / 10));
    expect(ticks).toBeGreaterThan(room / 2);
  });
});

describe("a frame", () => {
  test("tells number, time, delta, lateness, work and overruns", async () => {
    const hz = 200;
    const [seen, summary] = await frames(60, { hz }, ({ number }) => busyFor(number % 20 === 0 ? 17 : 1));
    expect(seen.map(({ number }) => number)).toEqual(seen.map((_, index) => index + 1));
    let [time, overruns] = [0, 0];
    for (const frame of seen) {
      time += frame.delta;
      expect(frame.time).toBeCloseTo(time, 9);
      expect(frame.time).toBeCloseTo((frame.number + frame.overruns) / hz, 9);
      expect(frame.delta).toBeCloseTo((1 + frame.overruns - overruns) / hz, 9);
      expect(frame.lateness).toBeGreaterThanOrEqual(0);
      expect(frame.lateness).toBeLessThan(1000 / hz + 0.001);
      if (frame.number > 1) expect(frame.work).toBeGreaterThanOrEqual(1);
      overruns = frame.overruns;
    }
    expect(seen[0]?.work).toBe(0);
    expect(seen[20]?.work).toBeGreaterThanOrEqual(17);
    expect(summary).toMatchObject({ ticks: 60, overruns });
    expect(summary.seconds).toBeGreaterThanOrEqual(time);
  });

  test("is one object for all ticks", async () => {
    const seen = new Set<Frame>();
    await frames(5, { hz: 1000 }, (frame) => seen.add(frame));
    expect(seen.size).toBe(1);
  });
});

describe("ticks whose time has passed", () => {
  const hz = 100;
  const overrunAtTen = (milliseconds: number) => (frame: Frame) => busyFor(frame.number === 10 ? milliseconds : 0);

  test("are left out with skip, which is the default", async () => {
    for (const options of [{ hz }, { hz, overrun: "skip" } as const]) {
      const [seen] = await frames(12, options, overrunAtTen(75));
      const leftOut = seen[10]!.overruns - seen[9]!.overruns;
      expect(leftOut).toBeGreaterThanOrEqual(6);
      expect(seen[10]!.delta).toBeCloseTo((leftOut + 1) / hz, 9);
    }
  });

  test("are run late with catch-up, each with the usual delta", async () => {
    const [seen] = await frames(20, { hz, overrun: "catch-up" }, overrunAtTen(75));
    expect(seen[10]!.lateness).toBeGreaterThan(60);
    expect(seen[11]!.lateness).toBeGreaterThan(50);
    // Unless this machine stood still for a quarter of a second.
    for (const { delta, overruns } of seen) if (overruns === 0) expect(delta).toBeCloseTo(1 / hz, 9);
    expect(seen[15]!.lateness).toBeLessThan(seen[10]!.lateness);
  });

  test("are left out with catch-up too when they are more than a quarter of a second", async () => {
    const [seen] = await frames(12, { hz, overrun: "catch-up" }, overrunAtTen(600));
    const leftOut = seen[10]!.overruns - seen[9]!.overruns;
    expect(leftOut).toBeGreaterThanOrEqual(60 - 25 - 1);
    expect(seen[10]!.delta).toBeCloseTo((leftOut + 1) / hz, 9);
    expect(seen[10]!.lateness).toBeGreaterThan(240);
    expect(seen[10]!.lateness).toBeLessThan(261);
  });
});

describe("the event loop", () => {
  test.each(["skip", "catch-up"] as const)("has turns between ticks that take too long: %s", async (overrun) => {
    using server = Bun.serve({ port: 0, fetch: () => new Response("here") });
    const ended = new AbortController();
    let [turns, answers] = [0, 0];
    const turn = () => {
      turns++;
      if (!ended.signal.aborted) setTimeout(turn, 0);
    };
    turn();
    const asking = (async () => {
      while (!ended.signal.aborted) {
        await (await fetch(server.url)).text();
        answers++;
      }
    })();
    const ticks = 60;
    const [, { overruns }] = await frames(ticks, { hz: 128, overrun }, () => busyFor(16));
    ended.abort();
    await asking;
    expect(overruns).toBeGreaterThan(0);
    expect(turns).toBeGreaterThan(ticks / 2);
    expect(answers).toBeGreaterThan(ticks / 8);
  });

  test("has a server answer within one tick at 128 Hz", async () => {
    using net = openNetworking();
    using server = Bun.serve({ port: 0, fetch: () => new Response("here") });
    const stopped = new AbortController();
    const running = net.run({ hz: 128, signal: stopped.signal, tick: () => busyFor(0.5) });
    const waits: number[] = [];
    for (let count = 0; count < 200; count++) {
      const begin = performance.now();
      await (await fetch(server.url)).text();
      waits.push(performance.now() - begin);
    }
    stopped.abort();
    await running;
    waits.sort((one, other) => one - other);
    expect(waits[100]).toBeLessThan(1000 / 128);
  });
});

describe("a run ends", () => {
  test("by stop, after the tick", async () => {
    const log = new Log();
    await runLoop(log, { hz: 500, tick: ({ stop }) => stop() });
    expect(log.entries).toEqual(["begin", "receive", "send", "callbacks", "end"]);
  });

  test("by stop between two ticks, at once", async () => {
    const log = new Log();
    let kept: Frame | undefined;
    const running = runLoop(log, { hz: 10, tick: (frame) => void (kept = frame) });
    setTimeout(() => kept?.stop(), 150);
    expect(await running).toMatchObject({ reason: "stop" });
    kept?.stop();
    expect(log.entries.filter((entry) => entry === "end")).toEqual(["end"]);
  });

  test("by an abort, before it begins, before the first tick, and within a tick", async () => {
    const log = new Log();
    const slow = { hz: 1, tick: () => expect.unreachable(), signal: AbortSignal.timeout(20) };
    expect(await runLoop(log, slow)).toMatchObject({ ticks: 0, overruns: 0, reason: "abort" });
    expect(log.entries.splice(0)).toEqual(["begin", "end"]);

    const early = { hz: 500, tick: () => expect.unreachable(), signal: AbortSignal.abort() };
    expect(await runLoop(log, early)).toMatchObject({ ticks: 0, reason: "abort" });
    expect(log.entries.splice(0)).toEqual(["begin", "end"]);

    const abort = new AbortController();
    const within = { hz: 500, signal: abort.signal, tick: () => abort.abort() };
    expect(await runLoop(log, within)).toMatchObject({ ticks: 1, reason: "abort" });
    expect(log.entries).toEqual(["begin", "receive", "send", "callbacks", "end"]);
  });

  test("when the network is closed, and does nothing for it any more", async () => {
    for (const phase of ["receive", "tick", "send", "callbacks"] as const) {
      const log = new Log();
      const add = log.add.bind(log);
      log.add = (entry) => {
        add(entry);
        if (entry === phase) log.isOpen = false;
      };
      expect(await runLoop(log, { hz: 500, tick: () => log.add("tick") })).toMatchObject({ reason: "close" });
      expect(log.entries).toEqual(["begin", ...aTick.slice(0, aTick.indexOf(phase) + 1), "end"]);
    }
    const net = openNetworking();
    expect(await net.run({ hz: 500, tick: () => net.close() })).toMatchObject({ ticks: 1, reason: "close" });
    const other = openNetworking();
    setTimeout(() => other.close(), 20);
    let isOpen = true;
    expect(await other.run({ hz: 100, tick: () => void (isOpen &&= other.isOpen) })).toMatchObject({ reason: "close" });
    expect(isOpen).toBe(true);
  });

  test.each(["SIGINT", "SIGTERM"])("at %s, which then does what it did before", async (signal) => {
    const { end, output, errors } = await run("signalled.ts", [signal]);
    expect(errors).toBe("");
    expect(JSON.parse(output)).toEqual({ reason: signal, isOpen: true, listeners: 0 });
    expect(end).toBe(untyped<NodeJS.Signals>(signal));
  });

  test("with what was thrown, after end", async () => {
    for (const phase of ["receive", "tick", "send", "callbacks"]) {
      const log = new Log();
      log.failing = phase;
      const running = runLoop(log, { hz: 500, tick: () => log.add("tick") });
      await expect(running).rejects.toThrow(`${phase} fails`);
      expect(log.entries).toEqual(["begin", ...aTick.slice(0, aTick.indexOf(phase) + 1), "end"]);
    }
    const log = new Log();
    log.failing = "end";
    await expect(runLoop(log, { hz: 500, tick: ({ stop }) => stop() })).rejects.toThrow("end fails");
    const mistake = new Error("first");
    const both = () => {
      throw mistake;
    };
    await expect(runLoop(log, { hz: 500, tick: both })).rejects.toBe(mistake);
    log.failing = "begin";
    await expect(runLoop(log, { hz: 500, tick: () => expect.unreachable() })).rejects.toThrow("begin fails");
  });

  test("with what an event handler throws", async () => {
    using net = openNetworking();
    const mistake = new Error("a mistake");
    net.once("connectionStatusChanged", () => {
      throw mistake;
    });
    net.sockets.connectByIPAddress(new Acceptor(net).address);
    expect(await net.run({ hz: 100, tick() {} }).catch((error) => error)).toBe(mistake);
  });
});

describe("what is refused", () => {
  test("a second run of the same network, and a run after close", async () => {
    using net = openNetworking();
    const abort = new AbortController();
    const running = net.run({ hz: 100, signal: abort.signal, tick() {} });
    expect(await net.run({ hz: 100, tick() {} }).catch((error) => error)).toBeInstanceOf(AlreadyRunningError);
    abort.abort();
    expect(await running).toMatchObject({ reason: "abort" });
    expect(await net.run({ hz: 100, tick: ({ stop }) => stop() })).toMatchObject({ ticks: 1 });
    net.close();
    expect(await net.run({ hz: 100, tick() {} }).catch((error) => error)).toBeInstanceOf(ClosedError);
  });

  test("a tick that is async", async () => {
    const log = new Log();
    const answer = await runLoop(log, { hz: 500, tick: async () => {} }).catch((error) => error);
    expect(answer).toBeInstanceOf(TypeError);
    expect(answer.message).toMatch(/must not be async: begin what takes longer in a tick/);
    expect(log.entries).toEqual(["begin", "receive", "end"]);
  });

  test.each([
    [{ hz: "60" }, TypeError, /hz must be a number, not the string "60"/],
    [{ hz: 0 }, RangeError, /hz must be from 1 to 1000, not 0/],
    [{ hz: NaN }, RangeError, /hz must be/],
    [{ hz: 1001 }, RangeError, /hz must be/],
    [{ tick: undefined }, TypeError, /tick must be a function, not undefined/],
    [{ signal: {} }, TypeError, /signal must be an AbortSignal/],
    [{ overrun: "drop" }, TypeError, /overrun must be "skip" or "catch-up", not the string "drop"/],
    [{ signals: 1 }, TypeError, /signals must be true or false/],
  ] as const)("the option %j", async (option, type, words) => {
    using net = openNetworking();
    const options = untyped<RunOptions>({ hz: 100, tick: ({ stop }: Frame) => stop(), ...option });
    const answer = await net.run(options).catch((error) => error);
    expect(answer).toBeInstanceOf(type);
    expect(answer.message).toMatch(words);
    expect(await net.run({ hz: 100, tick: ({ stop }) => stop() })).toMatchObject({ ticks: 1 });
  });

  test("options that are none", async () => {
    using net = openNetworking();
    await expect(net.run(untyped<RunOptions>(undefined))).rejects.toThrow(/takes an object of options, not undefined/);
  });
});

test("connections come about, and messages arrive, by a run alone", async () => {
  using net = openNetworking();
  const { sockets } = net;
  const acceptor = new Acceptor(net);
  const client = sockets.connectByIPAddress(acceptor.address);
  const heard: string[] = [];
  const summary = await net.run({
    hz: 100,
    signal: AbortSignal.timeout(15_000),
    tick(frame) {
      const [server] = acceptor.accepted;
      if (server === undefined || stateOf(net, client) !== ConnectionState.Connected) return;
      for (const { payload } of sockets.receiveMessagesOnConnection(server)) {
        heard.push(new TextDecoder().decode(payload));
        if (heard.length === 3) frame.stop();
      }
      sockets.sendMessageToConnection(client, `tick ${frame.number}`, SendFlags.ReliableNoNagle);
    },
  });
  expect(summary.reason).toBe("stop");
  expect(heard).toHaveLength(3);
});
