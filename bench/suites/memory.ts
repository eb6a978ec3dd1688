/** Through a pair in memory, as fast as it goes: what sending and receiving themselves cost. */
import { SendFlags } from "../../lib/index.ts";
import { Contestant, type Command } from "../driver/contestant.ts";
import { ours, oursInViews, rowsOf, type Row } from "../driver/rows.ts";
import type { Bench } from "../driver/suite.ts";
import { takeTurns, type Variant as Measured } from "../driver/turns.ts";

interface Case {
  readonly bytes: number;
  readonly batch: number;
  readonly reliable: boolean;
  readonly touch: "transport" | "touched";
}

interface Variant extends Measured {
  warmUp(): Promise<number>;
}

interface Answer {
  readonly messages: number;
  readonly nanoseconds: number;
}

const largeBytes = 16_384;
// What is compiled while it runs needs some time for it.
const warmUpMilliseconds = 600;

export async function* memory({ library, native, quick, progress }: Bench): AsyncGenerator<Row[]> {
  const cases = quick ? fewCases() : allCases();
  const rounds = quick ? 9 : 11;
  const milliseconds = quick ? 50 : 80;
  const environment = { STEAM_SOCKETS_LIBRARY: library };
  for (const [index, { bytes, batch, reliable, touch }] of cases.entries()) {
    const name = `${bytes} B, batch ${batch}, ${reliable ? "reliable" : "unreliable"}, ${touch}`;
    progress(`memory ${index + 1}/${cases.length}: ${name}`);
    // Processes of its own for each case, as programs have one kind of work: JavaScript that was compiled for another
    // one would be measured else.
    await using nativeProgram = Contestant.native("native program", native);
    const flags = reliable ? SendFlags.Reliable : SendFlags.Unreliable;
    const work = [bytes, batch, flags, touch].map(String);
    await using checked = Contestant.script(ours, "memory.ts", ["checked", ...work], environment);
    await using unchecked = Contestant.script("unchecked", "memory.ts", ["unchecked", ...work], environment);
    await using views = Contestant.script(oursInViews, "memory.ts", ["view", ...work], environment);
    await using koffi = Contestant.script("koffi", "memory-koffi.ts", [], environment);
    const measure = async (contestant: Contestant, duration: number, extra: Command) => {
      const command = { do: "memory", bytes, batch, reliable, touch, milliseconds: duration, ...extra };
      const { messages, nanoseconds } = await contestant.ask<Answer>(command);
      return messages / (nanoseconds / 1e3);
    };
    const variant = (contestant: Contestant, name = contestant.name, extra: Command = {}): Variant => ({
      name,
      measure: () => measure(contestant, milliseconds, extra),
      warmUp: () => measure(contestant, warmUpMilliseconds, extra),
    });
    const variants = [
      variant(checked),
      ...(bytes === largeBytes ? [variant(views)] : []),
      variant(unchecked),
      variant(nativeProgram, "native zero-copy", { style: "zero-copy" }),
      variant(nativeProgram, "native per-message copy", { style: "copy" }),
      variant(koffi),
    ];
    yield rowsOf("memory", name, "million messages/s", await takeTurns(variants, rounds, (one) => one.warmUp()));
  }
}

function allCases(): Case[] {
  const cases: Case[] = [];
  for (const bytes of [32, 128, 1024, largeBytes])
    for (const batch of [1, 16, 64, 256])
      for (const reliable of [true, false])
        for (const touch of ["transport", "touched"] as const) cases.push({ bytes, batch, reliable, touch });
  return cases;
}

function fewCases(): Case[] {
  return [
    { bytes: 32, batch: 64, reliable: true, touch: "transport" },
    { bytes: 32, batch: 16, reliable: false, touch: "transport" },
    { bytes: 128, batch: 64, reliable: true, touch: "transport" },
    { bytes: 1024, batch: 64, reliable: true, touch: "transport" },
    { bytes: 1024, batch: 64, reliable: true, touch: "touched" },
    { bytes: 1024, batch: 256, reliable: false, touch: "transport" },
    { bytes: largeBytes, batch: 64, reliable: true, touch: "transport" },
  ];
}
