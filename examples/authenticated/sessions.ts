/** Who has logged in: a password is asked for once, and not for each certificate. */

const seconds = 12 * 3600;

/** Sessions by their tokens. */
export class Sessions {
  readonly #sessions = new Map<string, { readonly name: string; readonly ends: number }>();

  /** Begins one. @returns its token, which nobody can guess. */
  begin(name: string): string {
    const now = Date.now();
    for (const [token, { ends }] of this.#sessions) if (ends <= now) this.#sessions.delete(token);
    const token = crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url" });
    this.#sessions.set(token, { name, ends: now + seconds * 1000 });
    return token;
  }

  /** Whose session it is; undefined when it is nobody's, or over. */
  nameOf(token: string): string | undefined {
    const session = this.#sessions.get(token);
    return session !== undefined && session.ends > Date.now() ? session.name : undefined;
  }
}
