/** What a certificate says, and its bytes: C++ calls the message `CMsgSteamDatagramCertificate`. */
import { concat, copyOf, textOf, utf8, type Bytes } from "./bytes.ts";
import { CertificateFormatError } from "./errors.ts";
import { publicKeyBytes } from "./key-id.ts";
import { bytesField, fixed32Field, readFields, varintField, WireType, type Field } from "./wire.ts";

/** What a certificate says. */
export interface CertificateContent {
  /** 32 bytes of Ed25519. */
  readonly publicKey: Bytes;
  /** Whom it is for, in the SDK's text form; an authority's names nobody. */
  readonly identity: string | undefined;
  /** The data centers that it is for, as numbers; none for all. */
  readonly dataCenters: readonly number[];
  /** Seconds since 1970. */
  readonly created: number;
  /** Seconds since 1970; 0 where it does not say. */
  readonly expires: number;
  /** The apps that it is for; none for all. */
  readonly appIds: readonly number[];
  /** The addresses that it is for. Nobody enforces it. */
  readonly addresses: readonly string[];
}

const Fields = {
  KeyType: 1,
  KeyData: 2,
  LegacySteamID: 4,
  DataCenters: 5,
  Created: 8,
  Expiry: 9,
  AppIds: 10,
  LegacyIdentity: 11,
  Identity: 12,
  Addresses: 13,
} as const;

const LegacyFields = { Bytes: 2, Text: 3, SteamID: 16 } as const;

const ed25519 = 1n;

/** The bytes of a certificate's content, as the library itself would write them. */
export function writeContent(content: CertificateContent): Bytes {
  const { publicKey, identity, dataCenters, created, expires, appIds, addresses } = content;
  return concat(
    varintField(Fields.KeyType, Number(ed25519)),
    bytesField(Fields.KeyData, publicKey),
    ...dataCenters.map((dataCenter) => fixed32Field(Fields.DataCenters, dataCenter)),
    fixed32Field(Fields.Created, created),
    fixed32Field(Fields.Expiry, expires),
    ...appIds.map((appId) => varintField(Fields.AppIds, appId)),
    ...(identity === undefined ? [] : [bytesField(Fields.Identity, utf8(identity))]),
    ...addresses.map((address) => bytesField(Fields.Addresses, utf8(address))),
  );
}

/**
 * Reads a certificate's content, as the library does: of what stands there twice the latter counts, and what is not
 * known is skipped.
 * @throws CertificateFormatError when it is none, or not for an Ed25519 key.
 */
export function readContent(bytes: Bytes): CertificateContent {
  let keyType = 0n;
  let publicKey: Bytes | undefined;
  let identity: string | undefined;
  let legacySteamID: bigint | undefined;
  const legacyIdentity: Bytes[] = [];
  let [created, expires] = [0, 0];
  const dataCenters: number[] = [];
  const appIds: number[] = [];
  const addresses: string[] = [];
  for (const field of readFields(bytes)) {
    if (is(field, Fields.KeyType, WireType.Varint)) keyType = field.value;
    else if (is(field, Fields.KeyData, WireType.Bytes)) publicKey = copyOf(field.bytes);
    else if (is(field, Fields.LegacySteamID, WireType.Fixed64)) legacySteamID = field.value;
    else if (is(field, Fields.LegacyIdentity, WireType.Bytes)) legacyIdentity.push(field.bytes);
    else if (is(field, Fields.Identity, WireType.Bytes)) identity = textOf(field.bytes);
    else if (is(field, Fields.DataCenters, WireType.Fixed32)) dataCenters.push(Number(field.value));
    else if (is(field, Fields.Created, WireType.Fixed32)) created = Number(field.value);
    else if (is(field, Fields.Expiry, WireType.Fixed32)) expires = Number(field.value);
    else if (is(field, Fields.AppIds, WireType.Varint)) appIds.push(Number(BigInt.asUintN(32, field.value)));
    else if (is(field, Fields.Addresses, WireType.Bytes)) addresses.push(textOf(field.bytes));
    else refusePacked(field);
  }
  if (keyType !== ed25519 || publicKey === undefined || publicKey.length !== publicKeyBytes) {
    throw new CertificateFormatError("It is not for an Ed25519 key");
  }
  identity ??= legacyIdentity.length > 0 ? readLegacyIdentity(concat(...legacyIdentity)) : undefined;
  identity ??= legacySteamID === undefined ? undefined : `steamid:${legacySteamID}`;
  return { publicKey, identity, dataCenters, created, expires, appIds, addresses };
}

function is(field: Field, number: number, type: number): boolean {
  return field.number === number && field.type === type;
}

// The library reads both forms of a list and writes but one. A list that is overlooked here would say "all".
function refusePacked(field: Field): void {
  if (is(field, Fields.AppIds, WireType.Bytes) || is(field, Fields.DataCenters, WireType.Bytes)) {
    throw new CertificateFormatError("A list in it is packed, which is not supported");
  }
}

// It must never come out as none: who has no identity is an authority.
function readLegacyIdentity(bytes: Bytes): string {
  let identity: string | undefined;
  for (const field of readFields(bytes)) {
    if (is(field, LegacyFields.SteamID, WireType.Fixed64)) identity = `steamid:${field.value}`;
    else if (is(field, LegacyFields.Text, WireType.Bytes)) identity ??= `str:${textOf(field.bytes)}`;
    else if (is(field, LegacyFields.Bytes, WireType.Bytes)) identity ??= `gen:${hex(field.bytes)}`;
  }
  if (identity === undefined) throw new CertificateFormatError("Its identity is of a kind that is not supported");
  return identity;
}

function hex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
