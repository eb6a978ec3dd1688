/** `steam-sockets authority init`: makes an authority. */
import { CertificateAuthority } from "../../authority/index.ts";
import { defineCommand } from "../command.ts";
import { AuthorityFolder } from "./folder.ts";

const secondsADay = 24 * 3600;

/** The command. */
export const init = defineCommand({
  name: "authority init",
  summary: "Make a certificate authority in a folder: a root, or one below another.",
  operands: { placeholder: "FOLDER", least: 1, most: 1 },
  options: {
    under: {
      does: "the folder of the authority that shall sign it; without it, it is a root",
      placeholder: "FOLDER",
      required: false,
    },
    days: {
      does: "for how many days it counts; without it a root 730, another 90, or as long as what is above it",
      placeholder: "D",
      least: 1,
      most: 7300,
      whole: true,
    },
    json: { does: "print what was made as one line of JSON" },
  },
  details: `authority.key is the private key, which only you can read: whoever has it can be anybody. root.cert is what programs
trust; for one below another there is intermediates.cert as well. Nothing is overwritten.
Keep a root away from the network, and let one below it issue.`,
  async run({ under, days, json }, [folder = ""]) {
    const lifetime = days === undefined ? {} : { lifetime: days * secondsADay };
    const above = under === undefined ? undefined : (await AuthorityFolder.open(under)).authority;
    const { authority, keyFile, rootFile, intermediatesFile } = await AuthorityFolder.make(folder, (key) =>
      above === undefined
        ? CertificateAuthority.create({ ...lifetime, key })
        : above.createIntermediate({ ...lifetime, key }),
    );
    const { certificate } = authority;
    const files = { key: keyFile, root: rootFile, intermediates: intermediatesFile };
    const rows = [
      `${keyFile} is the private key: keep it to yourself`,
      `${rootFile} is for certificates.roots of whoever trusts it`,
      ...(intermediatesFile === undefined ? [] : [`${intermediatesFile} is for certificates.intermediates`]),
    ];
    const text = `${String(certificate)}\n${rows.join("\n")}\n`;
    process.stdout.write(json ? `${JSON.stringify({ ...certificate.toJSON(), files })}\n` : text);
    return 0;
  },
});
