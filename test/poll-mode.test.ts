/**
 * Who does the library's work: what is special to either mode. All else is the same in both, see manual-poll.test.ts.
 *
 * - In manual poll mode there is no service thread: everything happens in `poll`, and nothing without.
 * - `poll` is an error in the other mode.
 * - The mode is one for the process: another opening joins it, or AlreadyOpenError says what differs. It ends with the
 *   network.
 */
import { describe, expect, test } from "bun:test";
import { AlreadyOpenError, ConnectionState, NetworkingError, openNetworking, SendFlags } from "../lib/index.ts";
import { Acceptor } from "./support/acceptor.ts";
import { usage, usageIsKnown } from "./support/life/usage.ts";
import { pumpFor, pumpUntil } from "./support/pump.ts";
import { expectRoundTrip } from "./support/round-trip.ts";
import { stateOf } from "./support/state-of.ts";

const { Connecting, Connected } = ConnectionState;

describe("in manual poll mode", () => {
  test("poll does everything, and nothing is done without", async () => {
    using net = openNetworking({ manualPoll: true });
    const { sockets } = net;
    const acceptor = new Acceptor(net);
    const client = sockets.connectByIPAddress(acceptor.address);
    await pumpFor(net, 100);
    expect(acceptor.accepted).toEqual([]);
    expect(stateOf(net, client)).toBe(Connecting);

    const pollUntil = (what: string, condition: () => boolean) =>
      pumpUntil(net, what, () => {
        net.poll(1);
        return condition();
      });
    const server = () => acceptor.accepted[0]!;
    const stand = () => [client, server()].every((connection) => connection && stateOf(net, connection) === Connected);
    await pollUntil("the connection stood", stand);
    sockets.sendMessageToConnection(client, "by hand", SendFlags.ReliableNoNagle);
    await pumpFor(net, 50);
    expect(sockets.receiveMessagesOnConnection(server())).toEqual([]);
    const received: string[] = [];
    await pollUntil("the message came", () => {
      for (const { payload } of sockets.receiveMessagesOnConnection(server())) {
        received.push(new TextDecoder().decode(payload));
      }
      return received.length > 0;
    });
    expect(received).toEqual(["by hand"]);
  });

  test.skipIf(!usageIsKnown)("there is no service thread", () => {
    /** How many threads an opening adds: the least of several, because Bun starts some of its own now and then. */
    const threadsAdded = (manualPoll: boolean) =>
      Math.min(
        ...Array.from({ length: 5 }, () => {
          const before = usage().threads;
          using net = openNetworking({ manualPoll });
          net.sockets.createListenSocketIP("127.0.0.1:0");
          return usage().threads - before;
        }),
      );
    expect(threadsAdded(false)).toBe(1);
    expect(threadsAdded(true)).toBe(0);
  });
  if (!usageIsKnown) console.log("No thread is counted here: they are read from Linux's /proc");
});

test("poll is an error in the other mode", async () => {
  using net = openNetworking();
  expect(() => net.poll()).toThrow(NetworkingError);
  expect(() => net.poll()).toThrow(/manualPoll/);
  for (const wrong of [-1, 0.5, Number.NaN, 2 ** 31]) expect(() => net.poll(wrong)).toThrow(RangeError);
  await expectRoundTrip(net);
});

describe("the mode", () => {
  test.each([
    { manualPoll: false, words: /without manual poll mode/ },
    { manualPoll: true, words: /in manual poll mode/ },
  ])("is one for the process: manualPoll $manualPoll", ({ manualPoll, words }) => {
    using net = openNetworking({ manualPoll });
    expect(() => openNetworking({ manualPoll: !manualPoll })).toThrow(AlreadyOpenError);
    expect(() => openNetworking({ manualPoll: !manualPoll })).toThrow(words);
    openNetworking({ manualPoll }).close();
    using joining = openNetworking();
    const poll = () => joining.poll();
    if (manualPoll) expect(poll).not.toThrow();
    else expect(poll).toThrow(NetworkingError);
    expect(net.isOpen).toBe(true);
  });

  test("ends with the network", async () => {
    openNetworking({ manualPoll: true }).close();
    using net = openNetworking();
    await expectRoundTrip(net);
  });
});
