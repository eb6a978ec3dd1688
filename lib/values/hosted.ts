/** Servers in Valve's data centers: where they are, the tickets that let clients in, and their logins. */
import { layoutOf } from "../../ffi/layout.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import {
  SteamDatagramGameCoordinatorServerLogin,
  SteamDatagramHostedAddress,
  SteamDatagramRelayAuthTicket,
  SteamDatagramRelayAuthTicket_ExtraField,
} from "../../ffi/structs.ts";
import type { NativeLibrary } from "../../sdk/library.ts";
import { formatIPv4 } from "./ipv4.ts";
import { formatIdentity } from "./native-identity.ts";

/** How relays reach a hosted server. For one's own backend, not for clients. C: `SteamDatagramHostedAddress`. */
export interface HostedAddress {
  /** The data center. C: `GetPopID`. */
  readonly popId: number;
  /** The routing information, which only relays understand. C: `m_data`, `m_cbSize`. */
  readonly routing: Uint8Array;
}

/** What the maker of a ticket added to it. C: `SteamDatagramRelayAuthTicket::ExtraField`. */
export type TicketField =
  /** Text. */
  | { readonly name: string; readonly type: "string"; readonly value: string }
  /** A number with a sign, or an identifier, of 64 bits. */
  | { readonly name: string; readonly type: "int" | "fixed64"; readonly value: bigint };

/** What a ticket says that lets one client through the relays to one server. C: `SteamDatagramRelayAuthTicket`. */
export interface RelayAuthTicket {
  /** The server. C: `m_identityGameserver`. */
  readonly gameServer: string;
  /** The client that may use the ticket. C: `m_identityAuthorizedClient`. */
  readonly authorizedClient: string;
  /** The client's public IPv4 address, `"0.0.0.0"` when any will do. C: `m_unPublicIP`. */
  readonly publicIP: string;
  /** When the ticket expires, in seconds since 1970. C: `m_rtimeTicketExpiry`. */
  readonly expiry: number;
  /** How relays reach the server. C: `m_routing`. */
  readonly routing: HostedAddress;
  /** The app that the server is for. C: `m_nAppID`. */
  readonly appId: number;
  /** The only virtual port that the ticket is good for, -1 when it is good for all. C: `m_nRestrictToVirtualPort`. */
  readonly restrictToVirtualPort: number;
  /** What the maker of the ticket added. C: `m_vecExtraFields`, `m_nExtraFields`. */
  readonly extraFields: readonly TicketField[];
}

/** What a hosted server tells its backend. C: `SteamDatagramGameCoordinatorServerLogin`. */
export interface GameCoordinatorServerLogin {
  /** The server. C: `m_identity`. */
  readonly identity: string;
  /** How relays reach it. C: `m_routing`. */
  readonly routing: HostedAddress;
  /** The app that it is for. C: `m_nAppID`. */
  readonly appId: number;
  /** When this was made, in seconds since 1970. C: `m_rtime`. */
  readonly time: number;
  /** What the application added. C: `m_appData`, `m_cbAppData`. */
  readonly appData: Uint8Array;
}

const address = layoutOf(SteamDatagramHostedAddress);
const ticket = layoutOf(SteamDatagramRelayAuthTicket);
const extraField = layoutOf(SteamDatagramRelayAuthTicket_ExtraField);
const login = layoutOf(SteamDatagramGameCoordinatorServerLogin);

/** Bytes of each struct, for those who make room for them. */
export const hostedAddressBytes = address.size;
export const ticketBytes = ticket.size;
export const loginBytes = login.size;

/** Reads a `SteamDatagramHostedAddress` at `at`. */
export function readHostedAddress(library: NativeLibrary, memory: SharedMemory, at: number): HostedAddress {
  const { offsets, sizes, size } = address;
  const length = memory.view.getInt32(at + offsets.byteLength, true);
  const popId = library.functions.hostedAddress.GetPopID(memory.bytes.subarray(at, at + size));
  return { popId, routing: bytesAt(memory, at + offsets.data, Math.min(length, sizes.data)) };
}

/** Reads the text that stands in the place of a hosted address which could not be had. */
export function readHostedAddressProblem(memory: SharedMemory, at: number): string {
  return memory.text(at + address.offsets.data, address.sizes.data);
}

/** Reads a `SteamDatagramRelayAuthTicket` at 0. */
export function readTicket(library: NativeLibrary, memory: SharedMemory): RelayAuthTicket {
  const { view } = memory;
  const { offsets, sizes } = ticket;
  const most = sizes.extraFields / extraField.size;
  const fields = Math.max(0, Math.min(view.getInt32(offsets.extraFieldCount, true), most));
  return {
    gameServer: formatIdentity(library, memory, offsets.identityGameserver),
    authorizedClient: formatIdentity(library, memory, offsets.identityAuthorizedClient),
    publicIP: formatIPv4(view.getUint32(offsets.publicIP, true)),
    expiry: view.getUint32(offsets.ticketExpiry, true),
    routing: readHostedAddress(library, memory, offsets.routing),
    appId: view.getUint32(offsets.appID, true),
    restrictToVirtualPort: view.getInt32(offsets.restrictToVirtualPort, true),
    extraFields: Array.from({ length: fields }, (_, i) => readField(memory, offsets.extraFields + i * extraField.size)),
  };
}

/** Makes a `SteamDatagramGameCoordinatorServerLogin` with nothing in it but what the application adds. */
export function loginWith(appData: Uint8Array): SharedMemory {
  const memory = new SharedMemory(login.size);
  memory.view.setInt32(login.offsets.appDataByteLength, appData.length, true);
  memory.bytes.set(appData, login.offsets.appData);
  return memory;
}

/** Reads a `SteamDatagramGameCoordinatorServerLogin` at 0. */
export function readLogin(library: NativeLibrary, memory: SharedMemory): GameCoordinatorServerLogin {
  const { view } = memory;
  const { offsets, sizes } = login;
  const length = view.getInt32(offsets.appDataByteLength, true);
  return {
    identity: formatIdentity(library, memory, offsets.identity),
    routing: readHostedAddress(library, memory, offsets.routing),
    appId: view.getUint32(offsets.appID, true),
    time: view.getUint32(offsets.time, true),
    appData: bytesAt(memory, offsets.appData, Math.min(length, sizes.appData)),
  };
}

function readField(memory: SharedMemory, at: number): TicketField {
  const { view } = memory;
  const { offsets, sizes } = extraField;
  const name = memory.text(at + offsets.name, sizes.name);
  switch (view.getInt32(at + offsets.type, true)) {
    case 1:
      return { name, type: "int", value: view.getBigInt64(at + offsets.intValue, true) };
    case 2:
      return { name, type: "fixed64", value: view.getBigUint64(at + offsets.fixed64Value, true) };
    default:
      return { name, type: "string", value: memory.text(at + offsets.stringValue, sizes.stringValue) };
  }
}

function bytesAt(memory: SharedMemory, at: number, length: number): Uint8Array {
  return Uint8Array.from(memory.bytes.subarray(at, at + Math.max(0, length)));
}
