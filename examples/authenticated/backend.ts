/** The backend: players log in with a password over HTTP, and get a certificate for the key of their game. */
import type { BunRequest, Server } from "bun";
import { CertificateError, type CertificateAuthority } from "steam-sockets/authority";
import { readOptions } from "../options.ts";
import { Accounts, BusyError } from "./accounts.ts";
import { openAuthority } from "./authority.ts";
import { Limiter } from "./limiter.ts";
import { Sessions } from "./sessions.ts";

const { hostname, port, keys, seconds } = readOptions("Logs players in, and issues certificates to them.", {
  hostname: { does: "the interface to listen at; a proxy that speaks TLS belongs before it", usual: "127.0.0.1" },
  port: { does: "the port, 0 for a free one", usual: 8090, most: 65_535 },
  keys: { does: "the folder of the authority", usual: "keys/live" },
  seconds: { does: "for how long a certificate counts", usual: 3600, least: 3 },
});

const accounts = new Accounts();
const sessions = new Sessions();
const perAddress = new Limiter(20, 3);
const perName = new Limiter(5, 10);
const authority: CertificateAuthority = await openAuthority(keys);

// No player can register this name: it has a slash.
const arena = "server/arena";
await accounts.register(arena, Bun.env["ARENA_PASSWORD"] ?? crypto.randomUUID());

interface Credentials {
  readonly name: string;
  readonly password: string;
}

function isCredentials(value: unknown): value is Credentials {
  if (typeof value !== "object" || value === null || !("name" in value) || !("password" in value)) return false;
  const { name, password } = value;
  return typeof name === "string" && typeof password === "string" && password.length >= 8 && password.length <= 128;
}

async function credentialsIn(request: Request): Promise<Credentials | undefined> {
  const body: unknown = await request.json().catch(() => undefined);
  return isCredentials(body) ? body : undefined;
}

async function register(request: BunRequest, server: Server<undefined>): Promise<Response> {
  if (!perAddress.allows(server.requestIP(request)?.address ?? "")) return refuse(429, "too many attempts");
  const credentials = await credentialsIn(request);
  if (credentials === undefined || !/^[a-z][a-z\d-]{2,19}$/.test(credentials.name)) return refuse(400, "no such name");
  const made = await accounts.register(credentials.name, credentials.password);
  return made ? new Response(null, { status: 201 }) : refuse(409, "the name is taken");
}

async function login(request: BunRequest, server: Server<undefined>): Promise<Response> {
  const credentials = await credentialsIn(request);
  if (credentials === undefined) return refuse(400, "name and password are missing");
  // By name as well, for guesses may come from many addresses.
  const isAllowed = perAddress.allows(server.requestIP(request)?.address ?? "") && perName.allows(credentials.name);
  if (!isAllowed) return refuse(429, "too many attempts");
  if (!(await accounts.verify(credentials.name, credentials.password))) return refuse(401, "wrong name or password");
  return Response.json({ token: sessions.begin(credentials.name) });
}

/** The heart of it: who has logged in gets a certificate for the key in the request, under his own name. */
async function certificate(request: BunRequest): Promise<Response> {
  const name = sessions.nameOf(request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "");
  if (name === undefined) return refuse(401, "log in first");
  const issued = await authority.issue(await request.bytes(), { identity: `str:${name}`, lifetime: seconds });
  console.log(`a certificate for ${name}, until ${issued.expires.toISOString()}`);
  return new Response(issued.toPEM());
}

function refuse(status: number, why: string): Response {
  return new Response(why, { status });
}

const server = Bun.serve({
  hostname,
  port,
  maxRequestBodySize: 8192,
  routes: {
    "/accounts": { POST: register },
    "/login": { POST: login },
    "/certificate": { POST: certificate },
  },
  fetch: () => refuse(404, "nothing here"),
  error(error) {
    if (error instanceof BusyError) return refuse(503, error.message);
    return error instanceof CertificateError ? refuse(400, error.message) : refuse(500, "it did not work");
  },
});
console.log(`listening at ${server.url}`);
