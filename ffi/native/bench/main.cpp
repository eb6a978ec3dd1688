// The native program that the benchmarks compare with. It does what its driver says, command by command, and answers
// each with a line; `native_bench startup PORT` starts, sends itself a message and ends.
#include <cstdlib>
#include <string_view>

#include "clock.h"
#include "suites.h"

namespace bench {

namespace {

void Obey(Network &network, const Command &command) {
  const std::string_view what = command.Text("do");
  const auto port = static_cast<uint16_t>(command.Integer("port"));
  const auto connections = static_cast<size_t>(command.Integer("connections"));
  if (what == "memory") {
    Memory(network, command);
  } else if (what == "fill") {
    Fill(network, command);
  } else if (what == "listen") {
    network.Listen(port);
    Answer().With("done", true);
  } else if (what == "gather") {
    network.Gather(connections);
    Answer().With("done", true);
  } else if (what == "connect") {
    const int64_t begin = Now();
    network.Connect(port, connections);
    Answer().With("elapsed", Now() - begin);
  } else if (what == "disconnect") {
    network.Disconnect();
    Answer().With("done", true);
  } else if (what == "request") {
    Request(network, command);
  } else if (what == "certify") {
    Certify(network, command);
  } else if (what == "send") {
    Send(network, command);
  } else if (what == "receive") {
    Receive(network, command);
  } else if (what == "serve") {
    Serve(network, command);
  } else if (what == "play") {
    Play(network, command);
  } else {
    Fail("The native program does not know this command");
  }
}

}  // namespace

}  // namespace bench

int main(int count, char **arguments) {
  if (count == 3 && std::string_view(arguments[1]) == "startup") {
    bench::Startup(static_cast<uint16_t>(std::strtol(arguments[2], nullptr, 10)));
    return 0;
  }
  bench::Network network;
  while (const auto command = bench::Command::Read()) {
    bench::Obey(network, *command);
  }
}
