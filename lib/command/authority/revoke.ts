/** `steam-sockets authority revoke`: issues nothing more for a key. */
import { existsSync } from "node:fs";
import { Certificate, parseKeyId } from "../../authority/index.ts";
import { defineCommand } from "../command.ts";
import { readText } from "./files.ts";
import { AuthorityFolder } from "./folder.ts";

/** The command. */
export const revoke = defineCommand({
  name: "authority revoke",
  summary: "Issue nothing more for a key, and list the keys that are revoked, for those who verify.",
  operands: { placeholder: "FOLDER KEY...", least: 2, most: 1000 },
  options: { json: { does: "print the list as one line of JSON" } },
  details: `KEY is the number of a key, as show prints it, or a file with a certificate for it. The list is kept in the file
revoked, beside the authority's key. Game servers don't read it: what was issued before counts with them until it
expires. Tell them by net.certificates.revoke, and when they start by certificates.revoked.`,
  async run({ json }, [folder = "", ...keys]) {
    const lying = await AuthorityFolder.open(folder);
    const { authority } = lying;
    const keyIds = await Promise.all(keys.map(keyIdOf));
    const own = [authority.certificate, ...authority.issuers].find((certificate) => keyIds.includes(certificate.keyId));
    if (own !== undefined) {
      throw new Error(`Key ID${own.keyId} is an authority's. Revoke it where it is trusted, and make a new one`);
    }
    for (const keyId of keyIds) lying.revoke(keyId);
    const revoked = authority.revoked.map(String);
    process.stdout.write(json ? `${JSON.stringify({ revoked })}\n` : revoked.map((keyId) => `ID${keyId}\n`).join(""));
    return 0;
  },
});

async function keyIdOf(key: string): Promise<bigint> {
  if (/^(?:ID)?\d+$/.test(key) && !existsSync(key)) return parseKeyId(key);
  const [certificate] = await Certificate.readAll(readText(key));
  if (certificate === undefined) throw new Error(`There is no certificate in ${key}`);
  return certificate.keyId;
}
