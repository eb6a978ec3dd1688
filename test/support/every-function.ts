/** Every function of the documents, and how it is called on a network that is open. */
import type { ConnectionHandle, ListenSocketHandle, Networking, PollGroupHandle } from "../../lib/index.ts";
import { addressOf } from "../../ffi/memory.ts";

const connection = 1 as ConnectionHandle;
const listenSocket = 2 as ListenSocketHandle;
const group = 3 as PollGroupHandle;
const alice = "str:alice";
const somewhere = "127.0.0.1:27015";
// What native code would have made; the libraries that these are called on do not look at it.
const native = new BigUint64Array(8);
const object = { address: Number(addressOf(native)) };

/** By name: a call with arguments that are right, though there is no such connection, socket or user. */
export const everyFunction: Readonly<Record<string, (net: Networking) => unknown>> = {
  acceptConnection: ({ sockets }) => sockets.acceptConnection(connection),
  acceptSessionWithUser: ({ messages }) => messages.acceptSessionWithUser(alice),
  beginAsyncRequestFakeIP: ({ sockets }) => sockets.beginAsyncRequestFakeIP(1),
  closeChannelWithUser: ({ messages }) => messages.closeChannelWithUser(alice, 1),
  closeConnection: ({ sockets }) => sockets.closeConnection(connection),
  closeListenSocket: ({ sockets }) => sockets.closeListenSocket(listenSocket),
  closeSessionWithUser: ({ messages }) => messages.closeSessionWithUser(alice),
  configureConnectionLanes: ({ sockets }) => sockets.configureConnectionLanes(connection, 2, [0, 1], [1, 2]),
  connectByIPAddress: ({ sockets }) => sockets.connectByIPAddress(somewhere),
  connectP2P: ({ sockets }) => sockets.connectP2P(alice, 0),
  connectP2PCustomSignaling: ({ sockets }) => sockets.connectP2PCustomSignaling(object, alice, 0),
  connectToHostedDedicatedServer: ({ sockets }) => sockets.connectToHostedDedicatedServer(alice, 0),
  createFakeUDPPort: ({ sockets }) => sockets.createFakeUDPPort(-1),
  createHostedDedicatedServerListenSocket: ({ sockets }) => sockets.createHostedDedicatedServerListenSocket(0),
  createListenSocketIP: ({ sockets }) => sockets.createListenSocketIP(somewhere),
  createListenSocketP2P: ({ sockets }) => sockets.createListenSocketP2P(0),
  createListenSocketP2PFakeIP: ({ sockets }) => sockets.createListenSocketP2PFakeIP(0),
  createPollGroup: ({ sockets }) => sockets.createPollGroup(),
  createSocketPair: ({ sockets }) => sockets.createSocketPair(),
  destroyPollGroup: ({ sockets }) => sockets.destroyPollGroup(group),
  findRelayAuthTicketForServer: ({ sockets }) => sockets.findRelayAuthTicketForServer(alice, 0),
  flushMessagesOnConnection: ({ sockets }) => sockets.flushMessagesOnConnection(connection),
  getAuthenticationStatus: ({ sockets }) => sockets.getAuthenticationStatus(),
  getCertificateRequest: ({ sockets }) => sockets.getCertificateRequest(),
  getConnectionInfo: ({ sockets }) => sockets.getConnectionInfo(connection),
  getConnectionName: ({ sockets }) => sockets.getConnectionName(connection),
  getConnectionRealTimeStatus: ({ sockets }) => sockets.getConnectionRealTimeStatus(connection, 1),
  getConnectionUserData: ({ sockets }) => sockets.getConnectionUserData(connection),
  getDetailedConnectionStatus: ({ sockets }) => sockets.getDetailedConnectionStatus(connection),
  getFakeIP: ({ sockets }) => sockets.getFakeIP(),
  getGameCoordinatorServerLogin: ({ sockets }) => sockets.getGameCoordinatorServerLogin("data"),
  getHostedDedicatedServerAddress: ({ sockets }) => sockets.getHostedDedicatedServerAddress(),
  getHostedDedicatedServerPOPId: ({ sockets }) => sockets.getHostedDedicatedServerPOPId(),
  getHostedDedicatedServerPort: ({ sockets }) => sockets.getHostedDedicatedServerPort(),
  getIdentity: ({ sockets }) => sockets.getIdentity(),
  getListenSocketAddress: ({ sockets }) => sockets.getListenSocketAddress(listenSocket),
  getRemoteFakeIPForConnection: ({ sockets }) => sockets.getRemoteFakeIPForConnection(connection),
  getSessionConnectionInfo: ({ messages }) => messages.getSessionConnectionInfo(alice),
  initAuthentication: ({ sockets }) => sockets.initAuthentication(),
  receiveMessagesOnChannel: ({ messages }) => messages.receiveMessagesOnChannel(1),
  receiveMessagesOnConnection: ({ sockets }) => sockets.receiveMessagesOnConnection(connection),
  receiveMessagesOnPollGroup: ({ sockets }) => sockets.receiveMessagesOnPollGroup(group),
  receivedP2PCustomSignal: ({ sockets }) => sockets.receivedP2PCustomSignal("signal", object),
  receivedRelayAuthTicket: ({ sockets }) => sockets.receivedRelayAuthTicket("ticket"),
  resetIdentity: ({ sockets }) => sockets.resetIdentity(alice),
  runNetworkingCallbacks: ({ sockets }) => sockets.runNetworkingCallbacks(),
  sendMessageToConnection: ({ sockets }) => sockets.sendMessageToConnection(connection, "message", 0),
  sendMessageToUser: ({ messages }) => messages.sendMessageToUser(alice, "message", 0),
  sendMessages: ({ sockets }) => sockets.sendMessages([{ connection, data: "message", flags: 0 }]),
  setCertificate: ({ sockets }) => sockets.setCertificate("certificate"),
  setConnectionName: ({ sockets }) => sockets.setConnectionName(connection, "name"),
  setConnectionPollGroup: ({ sockets }) => sockets.setConnectionPollGroup(connection, group),
  setConnectionUserData: ({ sockets }) => sockets.setConnectionUserData(connection, 5),
};
