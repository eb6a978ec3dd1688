// The library, started with the options that every variant has, and the connections of this process.
#pragma once

#include <steam/steamnetworkingsockets_flat.h>

#include <cstdint>
#include <vector>

namespace bench {

class Network {
 public:
  Network();
  Network(const Network &) = delete;
  Network &operator=(const Network &) = delete;
  ~Network();

  // For all that is connected and listened at from now on.
  void RequireCertificates();
  void Listen(uint16_t port);
  // Accepts connections until there are so many, all of them in the poll group.
  void Gather(size_t connections);
  void Connect(uint16_t port, size_t connections);
  // Closes all connections.
  void Disconnect();
  // Two connections that talk to each other in memory.
  void MakePair();
  void RunCallbacks() const;

  [[nodiscard]] ISteamNetworkingSockets *Sockets() const { return sockets_; }
  [[nodiscard]] ISteamNetworkingUtils *Utils() const { return utils_; }
  [[nodiscard]] HSteamNetPollGroup PollGroup() const { return poll_group_; }
  [[nodiscard]] const std::vector<HSteamNetConnection> &Connections() const { return connections_; }

 private:
  // What the library calls knows of no object.
  static Network *present_;
  static void OnStatusChanged(SteamNetConnectionStatusChangedCallback_t *event);

  void Await(size_t connected) const;
  void Add(HSteamNetConnection connection);
  [[nodiscard]] bool Has(HSteamNetConnection connection) const;

  ISteamNetworkingSockets *sockets_;
  ISteamNetworkingUtils *utils_;
  HSteamNetPollGroup poll_group_;
  std::vector<HSteamNetConnection> connections_;
  size_t connected_ = 0;
  bool requires_certificates_ = false;
};

}  // namespace bench
