/** Blocks of base64 between lines that name them, as keys and certificates are kept in files. */
import { fromBase64, toBase64, type Bytes } from "./bytes.ts";

/** The name of a block that is a certificate. */
export const certificateLabel = "STEAMDATAGRAM CERT";
/** The name of a block that is a private key as PKCS#8. */
export const pkcs8Label = "PRIVATE KEY";
/** The name of a block that is a private key of OpenSSH. */
export const openSSHLabel = "OPENSSH PRIVATE KEY";

/** A block. */
export interface Block {
  readonly label: string;
  readonly bytes: Bytes;
}

/** Whether there is a block in a text. */
export function hasBlocks(text: string): boolean {
  return text.includes("-----BEGIN ");
}

/** The blocks in a text, in order. @throws CertificateFormatError when one is not in base64. */
export function readBlocks(text: string): Block[] {
  const blocks = text.matchAll(/-----BEGIN ([A-Z\d ]+)-----([^-]*)-----END \1-----/g);
  return Array.from(blocks, ([, label = "", body = ""]) => ({ label, bytes: fromBase64(body) }));
}

/** A block as text, in lines of `lineLength`. */
export function printBlock({ label, bytes }: Block, lineLength: number): string {
  return `-----BEGIN ${label}-----\n${toBase64(bytes, lineLength)}\n-----END ${label}-----\n`;
}
