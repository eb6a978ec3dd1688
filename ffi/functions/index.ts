import { address } from "./address.ts";
import { configValue } from "./config-value.ts";
import { fakeUDPPort } from "./fake-udp-port.ts";
import type { FlatFunctions } from "./function.ts";
import { gameServer } from "./game-server.ts";
import { gns } from "./gns.ts";
import { hostedAddress } from "./hosted-address.ts";
import { identity } from "./identity.ts";
import { message } from "./message.ts";
import { messages } from "./messages.ts";
import { sockets } from "./sockets.ts";
import { steam } from "./steam.ts";
import { utils } from "./utils.ts";

export { symbolOf, type FlatFunction, type FlatFunctions, type LibraryKind } from "./function.ts";
export { helper } from "./helper.ts";

/** Every flat function of a networking library, by interface. */
export const networking = {
  gns,
  steam,
  gameServer,
  sockets,
  messages,
  utils,
  fakeUDPPort,
  address,
  identity,
  message,
  configValue,
  hostedAddress,
} as const satisfies Readonly<Record<string, FlatFunctions>>;
