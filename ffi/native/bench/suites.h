// What the program can do, by the name that a command gives.
#pragma once

#include "command.h"
#include "network.h"

namespace bench {

// memory.cpp: through a pair in memory as fast as it goes, in one of two styles.
void Memory(Network &network, const Command &command);
// memory.cpp: the same with snapshots that are written field by field.
void Fill(Network &network, const Command &command);

// udp.cpp: one connection, messages at a steady rate.
void Send(Network &network, const Command &command);
void Receive(Network &network, const Command &command);

// tick.cpp: a game server and its bots.
void Serve(Network &network, const Command &command);
void Play(Network &network, const Command &command);

// certificates.cpp: trusts a root, takes an identity, and asks for a certificate.
void Request(const Network &network, const Command &command);
// certificates.cpp: takes the certificate, and from then on talks to nobody who has none.
void Certify(Network &network, const Command &command);

// startup.cpp: to be called before anything else is started; does all by itself.
void Startup(uint16_t port);

}  // namespace bench
