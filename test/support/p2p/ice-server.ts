/**
 * A server for those behind routers: it tells them which address they have outside (STUN) and gives them one of its own
 * (TURN). Small: IPv4 over UDP, and what the library's own client asks for.
 */
import type { Namespace } from "./namespace.ts";
import { ScriptProcess } from "./script-process.ts";
import type { Place } from "./stun-message.ts";

/** What it offers. */
export interface IceServerOptions {
  /** Passwords by user: who may have an address here. Without it, nobody, and TURN is not known. */
  readonly users?: Readonly<Record<string, string>>;
  /** Seconds for which an address is given: 600 when it is left out. */
  readonly lifetime?: number;
  /** Seconds for which somebody hears of the peers whom he has named: 300 when it is left out, as usual. */
  readonly permission?: number;
}

/** What it has done. */
export interface IceServerCounts {
  /** How often it told somebody's address outside. */
  readonly bindings: number;
  /** How often it asked who somebody is. */
  readonly challenges: number;
  /** Requests of those who were not who they said. */
  readonly refused: number;
  /** Addresses given. */
  readonly allocations: number;
  /** How often one was asked to stay. */
  readonly refreshes: number;
  /** Peers of whom somebody wished to hear. */
  readonly permissions: number;
  /** Addresses that nobody asked to stay. */
  readonly expired: number;
  /** Datagrams from clients to peers. */
  readonly relayedOut: number;
  /** Datagrams from peers to clients. */
  readonly relayedIn: number;
  /** Those that nobody had wished for. */
  readonly notPermitted: number;
}

/** Starts one. It tells what it has done. */
export async function startIceServer(
  namespace: Namespace,
  place: Place,
  options: IceServerOptions,
): Promise<ScriptProcess<IceServerCounts>> {
  return await ScriptProcess.start<IceServerCounts>(namespace, "ice-server-script.ts", place, options);
}
