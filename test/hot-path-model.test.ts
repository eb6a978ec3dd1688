/**
 * The hot path beside a model of it.
 *
 * - Random sequences of take, free, push, pushCopy, broadcast, send, receive, release, clear, close and mistakes, on tiny
 *   pools, outboxes and inboxes: each slot is where the model has it, every message arrives once, in order and byte for
 *   byte, and after each step all counters are exact. Thousands of runs; what fails is told with its seed, made short.
 * - The same with a collection forced between every two steps.
 * - 10 million messages go through, each checked, and all counters are back at zero.
 */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Inbox, MessagePool, Outbox, SendFlags, type Networking } from "../lib/index.ts";
import { HotPath, hotPathStepNames, type HotPathSetup, type HotPathStep } from "./support/hot-path-model.ts";
import { manualPoll, openNetworking } from "./support/poll-mode.ts";
import { poolsInUse } from "./support/slots.ts";

const setups: fc.Arbitrary<HotPathSetup> = fc.record({
  slots: fc.integer({ min: 1, max: 7 }),
  slotBytes: fc.integer({ min: 1, max: 70 }),
  pairs: fc.integer({ min: 1, max: 3 }),
  messages: fc.integer({ min: 1, max: 8 }),
  mode: fc.constantFrom("auto", "copy", "view"),
  inboxMessages: fc.integer({ min: 1, max: 4 }),
  arena: fc.integer({ min: 0, max: 100 }),
});
const number = fc.nat({ max: 1000 });
const step: fc.Arbitrary<HotPathStep> = fc.tuple(fc.constantFrom(...hotPathStepNames), number, number, number);

function expectAgreement(runs: number, mostSteps: number, afterStep: () => void): void {
  using net = openNetworking();
  const steps = fc.array(step, { maxLength: mostSteps, size: "max" });
  fc.assert(
    fc.property(setups, steps, fc.boolean(), (setup, steps, poolFirst) => {
      const pools = poolsInUse();
      const hotPath = new HotPath(net, setup);
      for (const each of steps) {
        hotPath.step(each);
        afterStep();
      }
      hotPath.finish(poolFirst);
      expect(poolsInUse()).toBe(pools);
    }),
    { numRuns: runs, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true, includeErrorInReport: true },
  );
}

describe("the hot path is as its model", () => {
  test("in thousands of random runs", () => {
    // A network has up to 8,191 connections, also of those that were closed within the last seconds.
    const runs = 500;
    for (let part = 0; part < (manualPoll ? 2 : 8); part++) expectAgreement(runs, 80, () => {});
  });

  test("with a collection between every two steps", () => {
    expectAgreement(manualPoll ? 5 : 30, 40, () => Bun.gc(true));
  });
});

if (manualPoll) console.log("10 million messages are left out in manual poll mode: over a pair in memory nobody polls");

describe.skipIf(manualPoll)("10 million messages", () => {
  const batch = 1000;
  const total = 10_000_000;

  function passOn(net: Networking, flags: number): void {
    const { connection1, connection2 } = net.sockets.createSocketPair();
    using pool = new MessagePool({ slots: 2 * batch, slotBytes: 32 });
    using outbox = new Outbox(pool, { messages: batch });
    using inbox = new Inbox({ messages: batch });
    let wrong = 0;
    for (let done = 0; done < total; done += batch) {
      for (let at = 0; at < batch; at++) {
        const slot = pool.take();
        pool.view.setUint32(pool.offset(slot), done + at);
        outbox.push(connection1, slot, 32, flags);
      }
      if (net.sockets.sendMessages(outbox) !== batch) wrong++;
      if (net.sockets.receiveMessagesOnConnection(connection2, inbox) !== batch) wrong++;
      for (let i = 0; i < batch; i++) {
        if (inbox.view(i).getUint32(inbox.offset(i)) !== done + i || inbox.length(i) !== 32) wrong++;
      }
    }
    expect(wrong).toBe(0);
    expect(inbox.messageNumber(batch - 1)).toBe(total);
    inbox.release();
    expect([pool.available, pool.inFlight, pool.highWater]).toEqual([2 * batch, 0, 2 * batch]);
    expect(net.sockets.getUnacknowledgedSegments(connection1)).toBe(0);
  }

  test("go through, and all is as before", () => {
    using net = openNetworking();
    passOn(net, SendFlags.Reliable);
  });
});
