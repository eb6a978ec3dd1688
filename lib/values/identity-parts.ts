/** Identities taken apart, and their text form. */
import { maxGenericBytes, maxGenericString, maxIdentityString, maxXboxPairwiseID } from "../../ffi/constants.ts";
import { IdentityType } from "../../ffi/enums.ts";
import { addressOfText, printAddress, tryAddress } from "./address-parts.ts";

/** An identity, taken apart: its type, and what it consists of. C: `SteamNetworkingIdentity`. */
export type IdentityParts =
  | { readonly type: typeof IdentityType.Invalid }
  | {
      readonly type: typeof IdentityType.IPAddress;
      /** The address with its port, `"192.0.2.7:27015"`; FakeIPs are addresses, too. */
      readonly address: string;
    }
  | {
      readonly type: typeof IdentityType.GenericString;
      /** Up to 31 bytes of UTF-8. */
      readonly text: string;
    }
  | {
      readonly type: typeof IdentityType.GenericBytes;
      /** 1 to 32 bytes. */
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: typeof IdentityType.UnknownType;
      /** The whole text, `"kind:and the rest"`. */
      readonly raw: string;
    }
  | {
      readonly type: typeof IdentityType.SteamID;
      /** The Steam ID, 64 bits. */
      readonly steamID: bigint;
    }
  | {
      readonly type: typeof IdentityType.XboxPairwiseID;
      /** 1 to 32 bytes of UTF-8. */
      readonly xboxPairwiseID: string;
    }
  | {
      readonly type: typeof IdentityType.SonyPSN;
      /** The PlayStation Network ID, 64 bits. */
      readonly psnID: bigint;
    };

const mostNumber = 2n ** 64n - 1n;

/** Prints an identity as the library does. */
export function printParts(parts: IdentityParts): string {
  switch (parts.type) {
    case IdentityType.Invalid:
      return "invalid";
    case IdentityType.IPAddress: {
      const address = addressOfText(parts.address);
      return `ip:${printAddress(address, address.port !== 0)}`;
    }
    case IdentityType.GenericString:
      return `str:${parts.text}`;
    case IdentityType.GenericBytes:
      return `gen:${parts.bytes.toHex()}`;
    case IdentityType.UnknownType:
      return parts.raw;
    case IdentityType.SteamID:
      return `steamid:${parts.steamID}`;
    case IdentityType.XboxPairwiseID:
      return `xboxpwid:${parts.xboxPairwiseID}`;
    case IdentityType.SonyPSN:
      return `psn:${parts.psnID}`;
  }
}

/** Takes an identity's text apart; undefined for what the library does not take for one, and for numbers with more behind. */
export function tryIdentity(text: string): IdentityParts | undefined {
  const [kind = ""] = /^[a-z\d_]{1,16}(?=:)/.exec(text) ?? [];
  const rest = text.slice(kind.length + 1);
  switch (kind) {
    case "":
      return undefined;
    case "ip": {
      const address = tryAddress(rest);
      return address && { type: IdentityType.IPAddress, address: printAddress(address, true) };
    }
    case "str":
      return fits(rest, 0, maxGenericString - 1) ? { type: IdentityType.GenericString, text: rest } : undefined;
    case "gen":
      return /^(?:[\da-f]{2})+$/i.test(rest) && rest.length <= 2 * maxGenericBytes
        ? { type: IdentityType.GenericBytes, bytes: Uint8Array.fromHex(rest) }
        : undefined;
    case "steamid": {
      const steamID = number(rest);
      return steamID !== undefined && isValidSteamID(steamID) ? { type: IdentityType.SteamID, steamID } : undefined;
    }
    case "xboxpwid":
      return fits(rest, 1, maxXboxPairwiseID - 1)
        ? { type: IdentityType.XboxPairwiseID, xboxPairwiseID: rest }
        : undefined;
    case "psn": {
      const psnID = number(rest);
      return psnID === undefined ? undefined : { type: IdentityType.SonyPSN, psnID };
    }
    default:
      return fits(text, 0, maxIdentityString - 1) ? { type: IdentityType.UnknownType, raw: text } : undefined;
  }
}

// From the lowest bits: 32 of account, 20 of instance, 4 of type, 8 of universe.
const account = { individual: 1, gameServer: 3, clan: 7, most: 10 } as const;
const publicUniverse = { least: 1, most: 4 } as const;

/** Whether 64 bits can be a Steam ID. C: `CSteamID::IsValid`. */
export function isValidSteamID(steamID: bigint): boolean {
  const number = steamID & 0xffff_ffffn;
  const instance = (steamID >> 32n) & 0xf_ffffn;
  const type = Number((steamID >> 52n) & 0xfn);
  const universe = Number(steamID >> 56n);
  if (type === 0 || type > account.most) return false;
  if (universe < publicUniverse.least || universe > publicUniverse.most) return false;
  if (type === account.individual) return number !== 0n && instance === 1n;
  if (type === account.clan) return number !== 0n && instance === 0n;
  return type !== account.gameServer || number !== 0n;
}

function number(digits: string): bigint | undefined {
  if (!/^\d{1,20}$/.test(digits)) return undefined;
  const value = BigInt(digits);
  return value <= mostNumber ? value : undefined;
}

function fits(text: string, least: number, most: number): boolean {
  const length = Buffer.byteLength(text);
  return length >= least && length <= most;
}
