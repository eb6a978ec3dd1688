/** Logging in at the backend, as the game and its servers do. */

/** Gets a certificate for a request, as `certificates.renew` wants it. */
export type GetCertificate = (request: Uint8Array) => Promise<string>;

async function post(url: string, init: RequestInit): Promise<Response> {
  return await fetch(url, { method: "POST", ...init, signal: AbortSignal.timeout(20_000) });
}

/** @throws Error with the backend's words when it refuses. */
async function accepted(response: Response): Promise<Response> {
  if (!response.ok) throw new Error(`the backend refuses: ${await response.text()}`);
  return response;
}

/** Makes an account. */
export async function register(backend: string, name: string, password: string): Promise<void> {
  await accepted(await post(`${backend}accounts`, { body: JSON.stringify({ name, password }) }));
}

/**
 * Logs in, and once more whenever the session is over: a server runs for longer than that.
 * @returns what gets the first certificate, and each one after it.
 */
export async function login(backend: string, name: string, password: string): Promise<GetCertificate> {
  const logIn = async () => {
    const response = await accepted(await post(`${backend}login`, { body: JSON.stringify({ name, password }) }));
    return ((await response.json()) as { token: string }).token;
  };
  let token = await logIn();
  return async (request) => {
    const ask = async () =>
      await post(`${backend}certificate`, {
        headers: { authorization: `Bearer ${token}` },
        body: Buffer.from(request),
      });
    let response = await ask();
    if (response.status === 401) {
      token = await logIn();
      response = await ask();
    }
    return await (await accepted(response)).text();
  };
}
