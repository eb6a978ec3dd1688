/** A player. He logs in and plays; or he has no certificate, or one that he has stolen, and is turned away. */
import { ConnectError, openNetworking } from "steam-sockets";
import { readOptions } from "../options.ts";
import { trustIn } from "./authority.ts";
import { login, register, type GetCertificate } from "./login.ts";

const options = readOptions("A player. Exit code 1: the server did not let him in.", {
  name: { does: "the player's name; his password is in BOT_PASSWORD", usual: "alice" },
  address: { does: "the game server", usual: "127.0.0.1:27015" },
  backend: { does: "where to log in; empty to do without", usual: "http://127.0.0.1:8090/" },
  trust: { does: "the folder with the certificates to trust", usual: "keys/live" },
  seconds: { does: "how long to play", usual: 10, most: 86_400 },
  keep: { does: "a file to keep the certificate in, for others to steal", usual: "" },
  stolen: { does: "a file with somebody else's certificate, to play with that", usual: "" },
});

let renewals = -1;

/** Gets certificates from the backend, and says so. */
async function renewed(): Promise<GetCertificate> {
  const password = Bun.env["BOT_PASSWORD"] ?? "";
  await register(options.backend, options.name, password).catch(() => undefined); // He may have an account already.
  const ask = await login(options.backend, options.name, password);
  return async (request) => {
    const certificate = await ask(request);
    if (options.keep !== "") await Bun.write(options.keep, certificate);
    console.log(++renewals === 0 ? "has a certificate" : "has renewed the certificate");
    return certificate;
  };
}

const isHonest = options.backend !== "" && options.stolen === "";
const certificates = { ...(await trustIn(options.trust)), ...(isHonest ? { renew: await renewed() } : {}) };
using net = openNetworking({ identity: `str:${options.name}`, certificates });

if (options.stolen !== "") {
  const { success, errorMessage } = net.sockets.setCertificate(await Bun.file(options.stolen).text());
  console.log(success ? "uses a stolen certificate" : `can't use a stolen certificate: ${errorMessage}`);
}

// Who is honest wants to know that this is the server, and not another player who plays it.
const demands = isHonest ? { requireAuthentication: true, expect: "str:server/arena" } : {};
let answers = 0;
try {
  const server = await net.connect(options.address, { ...demands, socket: { message: () => void answers++ } });
  console.log("is in");
  const end = performance.now() + options.seconds * 1000;
  let sent = 0;
  while (performance.now() < end && server.isOpen) {
    server.send(String(++sent));
    await Bun.sleep(50);
  }
  for (const late = performance.now() + 5000; answers < sent && performance.now() < late;) await Bun.sleep(10);
  console.log(`has played: ${sent} sent, ${answers} answered, ${Math.max(0, renewals)} renewal(s)`);
  server.close(1000, "that was all");
  if (renewals > 0) {
    // The first certificate counts no more; the connection stood, and the newest one opens the door again.
    const again = await net.connect(options.address, demands);
    console.log("is in once more");
    again.close(1000, "just to see");
  }
} catch (error) {
  if (!(error instanceof ConnectError)) throw error;
  console.log(`was turned away: ${error.message}`);
  process.exitCode = 1;
}
