/** `steam-sockets authority`: a certificate authority in a folder. */
import { init } from "./authority/init.ts";
import { issue } from "./authority/issue.ts";
import { revoke } from "./authority/revoke.ts";
import { show } from "./authority/show.ts";

/** The commands. */
export const authority = [init, issue, show, revoke] as const;
