/** What differs between a function there and here, beyond what holds for all of them. */
import type { apiSignals } from "../../lib/command/doctor/api.ts";
import type { NetworkingEvents } from "../../lib/events/events.ts";

/** For one function. Left out where nothing does. */
export interface Difference {
  readonly godotSteam?: string;
  readonly csharp?: string;
}

const made = "what can't be made throws `CreationError` with the library's words";
const whom = "who is meant: an identity as text, or a Steam ID as a bigint";
const noHandle = "a handle of nothing throws `HandleError`";
const texts = "the text is the result; no length of a buffer";

/** The fields of each signal. */
export const signalFields: {
  readonly [Name in keyof typeof apiSignals]: Readonly<Record<keyof NetworkingEvents[Name], true>>;
} = {
  connectionStatusChanged: { connectHandle: true, connection: true, oldState: true },
  fakeIPResult: { result: true, identity: true, fakeIP: true, portList: true },
  messagesSessionFailed: { connection: true },
  messagesSessionRequest: { identity: true },
  networkAuthenticationStatus: { available: true, debugMessage: true, state: true },
};

/** By name here. */
export const differences: Readonly<Record<string, Difference>> = {
  acceptSessionWithUser: { godotSteam: whom },
  closeChannelWithUser: { godotSteam: whom },
  closeConnection: {
    godotSteam: "only the connection must be given",
    csharp: "only the connection must be given",
  },
  closeSessionWithUser: { godotSteam: whom },
  configureConnectionLanes: {
    godotSteam: "the lists can be left out; lower priorities go first",
    csharp: "lists in place of first elements, which can be left out; lower priorities go first",
  },
  connectByIPAddress: { godotSteam: made, csharp: `the address as text; ${made}` },
  connectP2P: { godotSteam: `${whom}; ${made}`, csharp: `${whom}; ${made}` },
  connectP2PCustomSignaling: { csharp: `a \`Signaling\` of this library in place of a native object; ${made}` },
  connectToHostedDedicatedServer: { godotSteam: `${whom}; ${made}`, csharp: `${whom}; ${made}` },
  createFakeUDPPort: {
    godotSteam: "an object that sends and receives, to be destroyed",
    csharp: "an object that sends and receives, to be destroyed, in place of a pointer",
  },
  createHostedDedicatedServerListenSocket: { godotSteam: made, csharp: made },
  createListenSocketIP: {
    godotSteam: `port 0 is a free port; ${made}`,
    csharp: `the address as text; port 0 is a free port; ${made}`,
  },
  createListenSocketP2P: { godotSteam: made, csharp: made },
  createListenSocketP2PFakeIP: { godotSteam: made, csharp: made },
  createPollGroup: { godotSteam: made, csharp: made },
  createSocketPair: {
    godotSteam: `identities as text, which can be left out; ${made}`,
    csharp: `identities as text, which can be left out; an object with \`connection1\` and \`connection2\`; ${made}`,
  },
  findRelayAuthTicketForServer: {
    godotSteam: `${whom}; an object with \`secondsUntilExpiry\` and the \`ticket\``,
    csharp: `${whom}; an object with \`secondsUntilExpiry\` and the \`ticket\``,
  },
  getAuthenticationStatus: {
    godotSteam: "an object with `available`, `debugMessage` and `state`",
    csharp: "an object with `available`, `debugMessage` and `state`",
  },
  getCertificateRequest: {
    godotSteam: "`certificate` holds bytes",
    csharp: "an object with the bytes and the error's text; it asks for the size by itself",
  },
  getConnectionInfo: {
    godotSteam: "undefined when there is no such connection; `infoFlags` beside",
    csharp: "the object, or undefined when there is no such connection",
  },
  getConnectionName: { csharp: texts },
  getConnectionRealTimeStatus: {
    godotSteam:
      "`result` beside; `send_unacknowledged_reliable` is `sentUnacknowledgedReliable`, as it is for lanes; `maxJitter`, too",
    csharp: "an object with `result`, `connectionStatus` and `lanesStatus`, as many lanes as were asked for",
  },
  getConnectionUserData: {
    godotSteam: "a number, exact within ±2^53; `getConnectionUserDataBigInt` has all 64 bits",
    csharp: "a number, exact within ±2^53; `getConnectionUserDataBigInt` has all 64 bits",
  },
  getDetailedConnectionStatus: { csharp: "an object with `success` and the text" },
  getFakeIP: {
    godotSteam: "the fields of the event `fakeIPResult`: `identity` as text, `portList` without the empty ones",
    csharp: "the fields of the event `fakeIPResult`; the address as text",
  },
  getGameCoordinatorServerLogin: {
    godotSteam: "enabled: bytes of one's own in, `login` and `signedBlob` out",
    csharp: "bytes of one's own in; an object with `result`, `login` and `signedBlob` out",
  },
  getHostedDedicatedServerAddress: {
    godotSteam: "enabled: an object with `result` and `address`",
    csharp: "an object with `result` and `address`",
  },
  getIdentity: { csharp: '`"invalid"` while it is not known' },
  getListenSocketAddress: {
    godotSteam: "undefined when there is no such socket",
    csharp: "the address as text; undefined when there is no such socket",
  },
  getRemoteFakeIPForConnection: { csharp: "an object with `result`, `ipAddress`, `port` and `ipType`" },
  getSessionConnectionInfo: {
    godotSteam: `${whom}; both parts unless they are declined; \`send_unacknowledged_reliable\` is \`sentUnacknowledgedReliable\``,
  },
  receiveMessagesOnChannel: {
    godotSteam:
      "payloads as bytes; `lane` beside, but no `sender_user_data`, which never arrives; or an `Inbox`, without an object for each",
  },
  receiveMessagesOnConnection: {
    godotSteam: `payloads as bytes; \`lane\` beside; ${noHandle}; or an \`Inbox\`, without an object for each`,
    csharp: `objects in place of pointers, nothing to release; ${noHandle}; or an \`Inbox\``,
  },
  receiveMessagesOnPollGroup: {
    godotSteam: `payloads as bytes; \`lane\` beside; ${noHandle}; or an \`Inbox\`, without an object for each`,
    csharp: `objects in place of pointers, nothing to release; ${noHandle}; or an \`Inbox\``,
  },
  receivedP2PCustomSignal: { csharp: "bytes in place of an address and a length" },
  receivedRelayAuthTicket: {
    godotSteam: "the ticket's bytes in; what it says out, undefined when it is not good",
    csharp: "bytes in; what the ticket says out, undefined when it is not good",
  },
  resetIdentity: { godotSteam: whom, csharp: "an identity as text, which can be left out" },
  runNetworkingCallbacks: {
    godotSteam: "the same as `net.runCallbacks()`",
    csharp: "the same as `net.runCallbacks()`",
  },
  sendMessageToConnection: {
    godotSteam: "text, too; `messageNumber` is 0 when it was not sent",
    csharp: "text or bytes in place of an address; an object with `result` and `messageNumber`",
  },
  sendMessageToUser: { godotSteam: `${whom}; text, too; channel 0 when it is left out` },
  sendMessages: {
    godotSteam: "also objects with a connection, flags and lane each; or an `Outbox`, without a copy",
    csharp: "objects with connection, data, flags and lane; or an `Outbox`, without a copy",
  },
  setCertificate: { csharp: "bytes in; an object with `success` and the error's text" },
  setConnectionUserData: { godotSteam: "a bigint for all 64 bits", csharp: "a bigint for all 64 bits" },
};
