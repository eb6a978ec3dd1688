/** Connects and exchanges messages. */
import { exchange, exchangeOptions, type Exchanged, type ExchangeSeeds } from "../support/exchange.ts";
import { Parent } from "../support/parent.ts";
import { openNetworking } from "../support/poll-mode.ts";

export interface Orders {
  exchange: { readonly address: string; readonly seeds: ExchangeSeeds };
  end: null;
}

export interface Reports {
  exchanged: Exchanged;
}

using parent = new Parent<Orders, Reports>();
using net = openNetworking();
const { address, seeds } = await parent.order("exchange");
const connection = net.sockets.connectByIPAddress(address, exchangeOptions);
parent.report("exchanged", await exchange(net, connection, seeds));
await parent.order("end", net);
