/** `steam-sockets authority issue`: issues a certificate. */
import { defineCommand } from "../command.ts";
import { readBytes } from "./files.ts";
import { AuthorityFolder } from "./folder.ts";

const secondsAnHour = 3600;

/** The command. */
export const issue = defineCommand({
  name: "authority issue",
  summary: "Issue a certificate for a request, to somebody whom you have authenticated.",
  operands: { placeholder: "FOLDER", least: 1, most: 1 },
  options: {
    identity: {
      does: "whom it is for, such as str:alice, whatever the request claims",
      placeholder: "WHO",
      required: true,
    },
    request: {
      does: "what getCertificateRequest gave, as it is or in base64; - is standard input",
      placeholder: "FILE",
      required: true,
    },
    hours: {
      does: "for how many hours it counts; without it 24, or as long as the authority",
      placeholder: "H",
      least: 0.01,
      most: 175_200,
      whole: false,
    },
    app: { does: "the app that it is for", placeholder: "A", default: 0, least: 0, most: 4_294_967_295, whole: true },
    json: { does: "print it as one line of JSON" },
  },
  details: `It prints the certificate for setCertificate. Exit code 1: none was issued, and why.`,
  async run({ identity, request, hours, app, json }, [folder = ""]) {
    const { authority } = await AuthorityFolder.open(folder);
    const certificate = await authority.issue(requestIn(readBytes(request)), {
      identity,
      ...(hours === undefined ? {} : { lifetime: Math.floor(hours * secondsAnHour) }),
      appIds: [app],
    });
    const line = { ...certificate.toJSON(), certificate: certificate.toBase64() };
    process.stdout.write(json ? `${JSON.stringify(line)}\n` : certificate.toPEM());
    return 0;
  },
});

/** A request as it lies in a file. In bytes it has characters that base64 has not. */
export function requestIn(bytes: Buffer): Uint8Array | string {
  const text = bytes.toString("latin1");
  return /^[\sA-Za-z\d+/=]+$/.test(text) ? text : bytes;
}
