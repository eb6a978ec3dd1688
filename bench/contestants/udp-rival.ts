/** The udp suite for what Bun itself has: rivals send from the event loop, and are told of messages by it. */
import { cpuTime, now, sleepUntil } from "./clock.ts";
import { Latencies } from "./latencies.ts";
import { endNumber, loadOf, Schedule, settleMilliseconds, type Load, type SendAnswer } from "./load.ts";
import { numberOf, obey, say } from "./obey.ts";

const quietMilliseconds = 50;
// A timer may end late by so much; the rest is slept exactly.
const timerSlackNanoseconds = 1.2e6;

/** A rival's way to move messages. */
export interface Rival {
  listen(port: number): Promise<void> | void;
  connect(port: number): Promise<void> | void;
  /**
   * Sends as many messages as it can now, up to `count`: the first has the number `first`.
   * @returns how many.
   */
  send(load: Load, first: number, count: number, due: number): number;
  /** Sends the message after which none comes. */
  end(trial: number): void;
}

/** Who waits for messages now. */
let take: ((message: Buffer) => void) | undefined;

/** To be called with each message that comes. */
export function received(message: Buffer): void {
  take?.(message);
}

/** Serves the driver. */
export async function compete(rival: Rival): Promise<void> {
  await obey({
    async listen(command) {
      await rival.listen(numberOf(command, "port"));
      return { done: true };
    },
    gather: () => ({ done: true }),
    async connect(command) {
      await rival.connect(numberOf(command, "port"));
      return { done: true };
    },
    async send(command): Promise<SendAnswer> {
      const load = loadOf(command);
      const cpu = cpuTime();
      const schedule = new Schedule(load, now());
      let sent = 0;
      for (let deadline = schedule.first; schedule.goesOn(sent, deadline); deadline += load.tick) {
        await turnUntil(deadline);
        const due = schedule.dueAt(deadline);
        if (sent < due) sent += rival.send(load, sent, due - sent, deadline);
      }
      rival.end(load.trial);
      await Bun.sleep(settleMilliseconds);
      return { sent, refused: schedule.total - sent, cpu: cpuTime() - cpu };
    },
    async receive(command) {
      const trial = numberOf(command, "trial");
      const latencies = new Latencies();
      const cpu = cpuTime();
      let used = 0;
      const ended = Promise.withResolvers<void>();
      take = (message) => {
        if (message.readUInt32LE(4) !== trial) return;
        if (message.readUInt32LE(0) === endNumber) {
          used ||= cpuTime() - cpu;
          ended.resolve();
        } else latencies.add(now() - message.readDoubleLE(8));
      };
      say({ ready: true });
      const timer = setTimeout(ended.resolve, numberOf(command, "milliseconds"));
      await ended.promise;
      clearTimeout(timer);
      await Bun.sleep(quietMilliseconds);
      take = undefined;
      return latencies.answer(used);
    },
  });
}

/** Lets the event loop have a turn, or several, until then. */
async function turnUntil(deadline: number): Promise<void> {
  const timer = Math.floor((deadline - now() - timerSlackNanoseconds) / 1e6);
  await (timer >= 1 ? Bun.sleep(timer) : new Promise((resolve) => setImmediate(resolve)));
  sleepUntil(deadline);
}
