/**
 * A steady load of the udp suite, the same in every variant and in udp.cpp. A message has its number at 0, its trial
 * at 4, and at 8 when it was due, so that who falls behind is seen to be late.
 */
import type { Command } from "../driver/contestant.ts";
import { numberOf } from "./obey.ts";

/** The number of the message after which none comes. */
export const endNumber = 0xffff_ffff;
/** How long a sender stays to see its messages acknowledged. */
export const settleMilliseconds = 60;

const overtimeMilliseconds = 300;

export interface Load {
  /** Tells its messages from those of an earlier load that come late. */
  readonly trial: number;
  readonly bytes: number;
  /** Messages a second. */
  readonly rate: number;
  readonly reliable: boolean;
  readonly milliseconds: number;
  /** Nanoseconds between two looks at what is due. */
  readonly tick: number;
}

/** What a sender answers. */
export interface SendAnswer {
  readonly sent: number;
  /** Not taken by the library, or not sent in time. */
  readonly refused: number;
  /** Processor time in nanoseconds. */
  readonly cpu: number;
}

/** What a receiver answers. */
export interface ReceiveAnswer {
  readonly received: number;
  /** Latencies in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  /** Whether the message after which none comes has come. */
  readonly ended: boolean;
}

export function loadOf(command: Command): Load {
  return {
    trial: numberOf(command, "trial"),
    bytes: numberOf(command, "bytes"),
    rate: numberOf(command, "rate"),
    reliable: command["reliable"] === true,
    milliseconds: numberOf(command, "milliseconds"),
    tick: tickOf(command),
  };
}

/** How many nanoseconds lie between two ticks of a sender or a receiver. */
export function tickOf(command: Command): number {
  return numberOf(command, "tickMicroseconds") * 1000;
}

/** When how many messages are due. */
export class Schedule {
  readonly total: number;
  /** When there is something to do for the first time. */
  readonly first: number;
  readonly #rate: number;
  readonly #start: number;
  readonly #most: number;

  constructor({ rate, milliseconds, tick }: Load, start: number) {
    this.total = Math.trunc((rate * milliseconds) / 1000);
    this.first = start + tick;
    this.#rate = rate;
    this.#start = start;
    this.#most = start + (milliseconds + overtimeMilliseconds) * 1e6;
  }

  dueAt(time: number): number {
    return Math.min(this.total, Math.trunc((this.#rate * (time - this.#start)) / 1e9));
  }

  goesOn(sent: number, time: number): boolean {
    return sent < this.total && time < this.#most;
  }
}
