/** `steam-sockets authority show`: what is in a file. */
import { Certificate, CertificateFormatError, readCertificateRequest, SigningKey } from "../../authority/index.ts";
import { defineCommand } from "../command.ts";
import { readBytes } from "./files.ts";
import { AuthorityFolder } from "./folder.ts";
import { requestIn } from "./issue.ts";

/** What was found, for people and for programs. */
interface Finding {
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** The command. */
export const show = defineCommand({
  name: "authority show",
  summary: "Print what is in files: certificates, requests, keys (their public half), folders of authorities.",
  operands: { placeholder: "FILE...", least: 1, most: 1000 },
  options: { json: { does: "print it as one line of JSON, an array" } },
  details: `It reads and doesn't verify: whether a certificate counts is up to who is trusted. - is standard input.`,
  async run({ json }, paths) {
    const findings: Finding[] = [];
    for (const path of paths) findings.push(...(await findingsIn(path)));
    const text = findings.map((finding) => finding.text).join("\n");
    process.stdout.write(json ? `${JSON.stringify(findings.map((finding) => finding.json))}\n` : text);
    return 0;
  },
});

async function findingsIn(path: string): Promise<Finding[]> {
  if (path !== "-" && AuthorityFolder.isIn(path)) {
    const { certificates, revoked } = await AuthorityFolder.look(path);
    const list = revoked.map((keyId) => `revoked       ID${keyId}\n`).join("");
    const found = certificates.map(ofCertificate);
    return revoked.length === 0 ? found : [...found, { text: list, json: { revoked: revoked.map(String) } }];
  }
  const bytes = readBytes(path);
  try {
    return await findingsOf(bytes);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function findingsOf(bytes: Buffer): Promise<Finding[]> {
  const text = bytes.toString("latin1");
  if (text.includes("PRIVATE KEY-----")) return [ofKey(await SigningKey.read(text))];
  if (text.includes("-----BEGIN ")) {
    const certificates = await Certificate.readAll(text);
    if (certificates.length === 0) throw new CertificateFormatError("There is no certificate in it");
    return certificates.map(ofCertificate);
  }
  const source = requestIn(bytes);
  try {
    return [ofCertificate(await Certificate.read(source))];
  } catch (error) {
    if (!(error instanceof CertificateFormatError)) throw error;
  }
  const { keyId, claimedIdentity } = await readCertificateRequest(source);
  const rows = [
    ["request for", claimedIdentity === undefined ? "nobody" : `${JSON.stringify(claimedIdentity)}, as it claims`],
    ["key", `ID${keyId}`],
  ];
  return [
    { text: textOf(rows), json: { request: { claimedIdentity: claimedIdentity ?? null, keyId: String(keyId) } } },
  ];
}

function ofCertificate(certificate: Certificate): Finding {
  return { text: String(certificate), json: { certificate: certificate.toJSON() } };
}

function ofKey(key: SigningKey): Finding {
  return { text: textOf([["private key", String(key)]]), json: { privateKey: key.toJSON() } };
}

function textOf(rows: readonly (readonly string[])[]): string {
  return rows.map(([name = "", value = ""]) => `${name.padEnd(14)}${value}\n`).join("");
}
