/** What `steam-sockets authority init` has put into a folder. */
import { join } from "node:path";
import { Certificate, CertificateAuthority, SigningKey } from "steam-sockets/authority";

/** The certificates that the game's programs trust. They come with the game, and are no secret. */
export async function trustIn(folder: string): Promise<{ roots: string; intermediates: string }> {
  const [roots, intermediates] = await Promise.all(
    ["root.cert", "intermediates.cert"].map((name) => Bun.file(join(folder, name)).text()),
  );
  return { roots: roots ?? "", intermediates: intermediates ?? "" };
}

/** The authority itself, with its private key: only the backend has it. */
export async function openAuthority(folder: string): Promise<CertificateAuthority> {
  const key = await SigningKey.read(await Bun.file(join(folder, "authority.key")).text());
  const { roots, intermediates } = await trustIn(folder);
  const issuers = await Certificate.readAll(roots + intermediates);
  // Each stands after the one that has signed it, so the last is our own.
  const own = issuers.pop();
  if (own === undefined) throw new Error(`There is no certificate in ${folder}`);
  return await CertificateAuthority.open(key, own, issuers);
}
