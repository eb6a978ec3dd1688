/**
 * An authority in Node.js, where there is no Bun and no native library: it reads requests in base64, one a line, and
 * prints what it is and what it has issued as one line of JSON. test/authority-library.test.ts runs it.
 */
import { createInterface } from "node:readline";
import { Certificate, CertificateAuthority, SigningKey, verifyCertificate } from "steam-sockets/authority";

const key = await SigningKey.generate();
const root = await CertificateAuthority.create({ key });
const again = await CertificateAuthority.open(
  await SigningKey.read(await key.toOpenSSH()),
  await Certificate.read(root.certificate.toPEM()),
);
const middle = await again.createIntermediate({ lifetime: 3600 });
const issued = [];
for await (const line of createInterface({ input: process.stdin })) {
  const [identity, request] = line.split(" ");
  const certificate = await middle.issue(request, { identity, lifetime: 600 });
  const trust = { roots: [root.certificate], intermediates: [middle.certificate] };
  const { valid } = await verifyCertificate(await middle.renew(certificate), trust);
  issued.push({ certificate: certificate.toBase64(), valid });
}
const refused = await middle.issue("", { identity: "" }).catch((error) => error.name);
console.log(
  JSON.stringify({
    runtime: typeof Bun === "undefined" ? `Node.js ${process.version}` : "Bun",
    root: root.certificate.toBase64(),
    intermediate: middle.certificate.toBase64(),
    issued,
    refused,
  }),
);
