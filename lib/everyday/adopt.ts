/** Serving a connection that was made otherwise. */
import { HandleError } from "../errors.ts";
import type { NetworkingSockets } from "../sockets/sockets.ts";
import type { ConnectionHandle } from "../values/handles.ts";
import { Connection } from "./connection.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { HandlerSet, mustBeFunctions, type ConnectionHandlers } from "./handlers.ts";
import { isPumped } from "./pump.ts";

/** How to serve a connection of one's own. */
export interface AdoptOptions<Data = undefined> {
  /** What happens on it. */
  readonly socket?: ConnectionHandlers<Data>;
  /** Makes its `data`, right before `open`. */
  readonly data?: (connection: Connection<Data>) => Data;
  /** Who has the work done; see {@link ListenOptions.pump}. */
  readonly pump?: "auto" | "manual";
}

/** @internal Use {@link Networking.adopt}. */
export function adoptThrough<Data>(
  dispatcher: Dispatcher,
  handle: ConnectionHandle,
  { socket = {}, data, pump }: AdoptOptions<Data>,
  sockets: NetworkingSockets = dispatcher.sockets,
): Connection<Data> {
  const set = new HandlerSet<Data>(socket);
  mustBeFunctions({ data });
  const info = sockets.getConnectionInfo(handle);
  const use = isPumped(pump) ? dispatcher.pump.user() : undefined;
  const connection = new Connection<Data>(
    dispatcher,
    set,
    { identity: info?.identity ?? "", address: info?.remoteAddress ?? "" },
    { data, left: () => use?.end() },
  );
  if (!dispatcher.adopt(connection, handle, (connect) => connection.begin(connect, sockets))) {
    use?.end();
    throw new HandleError("connection that nobody serves", handle);
  }
  return connection;
}
