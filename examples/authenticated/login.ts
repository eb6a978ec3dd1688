/** Logging in at the backend, as the game and its servers do. */

/** Gets a certificate for a request, as `certificates.renew` wants it. */
export type GetCertificate = (request: Uint8Array) => Promise<string>;

/** Asks the backend for something. @throws Error with its words when it refuses. */
async function ask(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { method: "POST", ...init, signal: AbortSignal.timeout(20_000) });
  if (!response.ok) throw new Error(`the backend refuses: ${await response.text()}`);
  return response;
}

/** Makes an account. */
export async function register(backend: string, name: string, password: string): Promise<void> {
  await ask(`${backend}accounts`, { body: JSON.stringify({ name, password }) });
}

/**
 * Logs in.
 * @returns what gets the first certificate, and each one after it.
 */
export async function login(backend: string, name: string, password: string): Promise<GetCertificate> {
  const response = await ask(`${backend}login`, { body: JSON.stringify({ name, password }) });
  const { token } = (await response.json()) as { token: string };
  return async (request) => {
    const headers = { authorization: `Bearer ${token}` };
    return await (await ask(`${backend}certificate`, { headers, body: Buffer.from(request) })).text();
  };
}
