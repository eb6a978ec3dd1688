/** Between two processes over loopback: what a message costs at a steady rate, and the highest rate that stays clean. */
import { Contestant } from "../driver/contestant.ts";
import { ours, rowsOf, type Row } from "../driver/rows.ts";
import type { Bench } from "../driver/suite.ts";
import { takeTurns, type Variant } from "../driver/turns.ts";
import { highestClean } from "./highest-clean.ts";
import { Link, type Outcome, type Traffic } from "./link.ts";

const mostLatencyMilliseconds = 5;
const tries = 3;
// The library ends a connection when there are a million unreliable messages between two reliable ones.
const mostMessages = 900_000;

export async function* udp({ library, native, quick, progress }: Bench): AsyncGenerator<Row[]> {
  const rounds = 5;
  const milliseconds = quick ? 400 : 1500;
  const environment = { STEAM_SOCKETS_LIBRARY: library };
  const script = (file: string) => () => Contestant.script(file, file, [], environment);
  await using own = await Link.open(ours, script("udp.ts"));
  const startNative = () => Contestant.native("native program", native);
  await using zeroCopy = await Link.open("native zero-copy", startNative, { style: "zero-copy" });
  await using copy = await Link.open("native per-message copy", startNative, { style: "copy" });
  await using webSocket = await Link.open("bun websocket", script("udp-websocket.ts"));
  await using udpSocket = await Link.open("bun udpSocket", script("udp-socket.ts"));
  const links = ({ reliable }: Traffic) => [own, zeroCopy, copy, reliable ? webSocket : udpSocket];

  for (const { megabytes, ...traffic } of [
    { bytes: 32, reliable: true, megabytes: 5 },
    { bytes: 32, reliable: false, megabytes: 5 },
    { bytes: 1024, reliable: true, megabytes: 25 },
    { bytes: 1024, reliable: false, megabytes: 25 },
  ]) {
    const name = `${megabytes} MB/s of ${describe(traffic)}`;
    progress(`udp: ${name}`);
    const rate = (megabytes * 1e6) / traffic.bytes;
    const variants = links(traffic).map((link): Variant => ({
      name: link.name,
      measure: () => costOf(link, traffic, rate, milliseconds),
    }));
    const warmUp = ({ name }: Variant) =>
      links(traffic)
        .find((link) => link.name === name)!
        .warmUp(traffic, rate);
    yield rowsOf("udp", name, "ns of CPU/message that came", await takeTurns(variants, rounds, warmUp));
  }

  const cases: Traffic[] = [
    { bytes: 32, reliable: false },
    { bytes: 1024, reliable: false },
    { bytes: 1024, reliable: true },
  ];
  for (const traffic of quick ? cases.slice(0, 2) : cases) {
    const name = `highest clean rate, ${describe(traffic)}`;
    const variants = links(traffic).map((link): Variant => {
      let last: number | undefined;
      return {
        name: link.name,
        async measure() {
          last = await highestClean(last, async (rate) => {
            progress(`udp: ${name}: ${link.name}: ${Math.round(rate)} messages/s`);
            const milliseconds = Math.min(quick ? 150 : 300, (1000 * mostMessages) / rate);
            return isClean(await link.run(traffic, rate, milliseconds));
          });
          if (last === 0) throw new Error(`${link.name}: there is no rate at which all that is sent comes in time`);
          return last;
        },
      };
    });
    yield rowsOf("udp", name, "messages/s", await takeTurns(variants, rounds));
  }
}

function describe({ bytes, reliable }: Traffic): string {
  return `${bytes} B, ${reliable ? "reliable" : "unreliable"}`;
}

function isClean({ sent, refused, received, ended, p99 }: Outcome): boolean {
  return ended && refused === 0 && received === sent && p99 < mostLatencyMilliseconds;
}

/**
 * Again where others had the cores for so long that messages were not sent in time or had no room. Unreliable ones may
 * be lost all the same: what counts is what those cost that came.
 */
async function costOf(link: Link, traffic: Traffic, rate: number, milliseconds: number): Promise<number> {
  let outcome: Outcome | undefined;
  for (let left = tries; left > 0; left--) {
    outcome = await link.run(traffic, rate, milliseconds);
    const { sent, refused, received, ended, nanosecondsPerMessage } = outcome;
    const mostLost = traffic.reliable ? 0 : left === 1 ? sent - 1 : sent / 100;
    if (ended && refused === 0 && received >= sent - mostLost) return nanosecondsPerMessage;
  }
  throw new Error(`${link.name}, ${describe(traffic)}: not all that was sent came: ${JSON.stringify(outcome)}`);
}
