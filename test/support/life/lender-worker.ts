/** A Worker that makes a pool, posts a share of it, and stays. */
import { parentPort } from "node:worker_threads";
import { MessagePool } from "../../../lib/index.ts";

const pool = new MessagePool({ slots: 8, slotBytes: 1000 });
parentPort?.postMessage(pool.share(4));
setInterval(() => pool.available, 1000);
